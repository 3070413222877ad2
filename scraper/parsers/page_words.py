"""Words that say where a link leads within a listing: on to its next page, or back.

Listings label their pagers in the language of the reader, and the label is often the only thing
that all pagers share. The words are in four grades, because "next page" can mean nothing else while
"more" stands below every teaser too:

* ``STRONG`` names the next page, or older entries, outright;
* ``PLAIN`` is "next" alone, which may be a slide or an article;
* ``WEAK`` is "more" or "go on", which needs an address that agrees;
* ``ARROW`` is a sign and no word.

Listings run from new to old, so "older" leads on and "newer" leads back.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Final

__all__ = [
    "ARROW",
    "BACK",
    "CURRENT",
    "LAST",
    "LIKELY_LABELS",
    "OPENINGS",
    "PLAIN",
    "STRONG",
    "WEAK",
    "label_grade",
    "names_page",
    "read_number",
]

#: Grades of a label, by what they say of the link.
STRONG, PLAIN, ARROW, WEAK, BACK, LAST = 5, 4, 2, 1, -1, -2

_STRONG_WORDS = """
next page|go to next page|next page of results|next results|next posts|next entries|next articles
older posts|older entries|older articles|older news|older stories|older items|older|older post
earlier days|earlier weeks
earlier posts|earlier news|previous posts|previous entries|previous articles|previous news
previous stories|view older posts|see older posts|more older posts|show older posts
older press releases|older announcements|next set|next 10|next 20|next 25|next 50|nächste seite
zur nächsten seite|gehe zur nächsten seite|eine seite vor|ältere beiträge|ältere artikel
ältere meldungen|ältere einträge|ältere nachrichten|ältere|nächste treffer|nächste einträge
seite vor|eine seite weiter|nächste meldungen|page suivante|aller à la page suivante
articles plus anciens|articles précédents|plus anciens|plus ancien|pages suivantes
résultats suivants|actualités plus anciennes|messages plus anciens|anciens articles
articles suivants|página siguiente|siguiente página|ir a la página siguiente|entradas antiguas
entradas anteriores|entradas más antiguas|más antiguas|más antiguos|noticias anteriores
artículos anteriores|noticias más antiguas|pàgina següent|entrades anteriors|página seguinte
próxima página|seguinte página|ir para a próxima página|mais antigas|mais antigos
posts mais antigos|postagens mais antigas|notícias mais antigas|mensagens antigas
publicações mais antigas|artigos mais antigos|posts antigos|pagina successiva|prossima pagina
pagina seguente|vai alla pagina successiva|articoli più vecchi|più vecchi|articoli precedenti
post più vecchi|notizie precedenti|articoli meno recenti|meno recenti|volgende pagina
ga naar volgende pagina|oudere berichten|ouder|oudere artikelen|ouder nieuws|oudere
ga naar de volgende pagina|næste side|ældre indlæg|ældre|ældre nyheder|gå til næste side|neste side
eldre innlegg|eldre|eldre saker|gå til neste side|nästa sida|äldre inlägg|äldre|äldre nyheter
gå till nästa sida|seuraava sivu|siirry seuraavalle sivulle|vanhemmat|vanhemmat artikkelit
vanhemmat uutiset|vanhemmat kirjoitukset|næsta síða|eldri færslur|eldri fréttir|następna strona
przejdź do następnej strony|starsze wpisy|starsze|starsze posty|starsze artykuły
starsze aktualności|další stránka|další strana|starší příspěvky|starší|starší články
starší aktuality|následující stránka|ďalšia strana|ďalšia stránka|nasledujúca strana
nasledujúca stránka|staršie príspevky|staršie|staršie články|starší článok|következő oldal
régebbi bejegyzések|régebbi|korábbi bejegyzések|régebbi hírek|következő lap|korábbiak
pagina următoare|pagina urmatoare|articole mai vechi|mai vechi|postări mai vechi|pagina viitoare
следваща страница|по-стари публикации|по-стари|по-стари новини|по-стари статии
към следващата страница|следующая страница|на следующую страницу|более старые|старые записи
предыдущие записи|более ранние записи|ранее|старые новости|перейти на следующую страницу
следующие новости|более ранние|наступна сторінка|перейти на наступну сторінку|старіші записи
старіші|давніші записи|старіші новини|раніші записи|следећа страна|следећа страница|старији чланци
старије|следеќа страница|постари|sledeća strana|sledeća stranica|stariji članci|starije
sljedeća stranica|sljedeća strana|starije objave|stariji postovi|starije vijesti|starije novosti
naslednja stran|starejši prispevki|starejše|starejše objave|starejše novice|na naslednjo stran
kitas puslapis|senesni įrašai|senesni|ankstesni įrašai|senesnės naujienos|tolesnis puslapis
sekantis puslapis|nākamā lapa|vecāki ieraksti|vecāki|nākošā lapa|vecākas ziņas|uz nākamo lapu
järgmine leht|järgmine lehekülg|vanemad postitused|vanemad|vanemad uudised|järgmisele lehele
επόμενη σελίδα|παλαιότερες αναρτήσεις|παλαιότερα|παλιότερα|παλαιότερα άρθρα|παλιότερες αναρτήσεις
παλαιότερες δημοσιεύσεις|sonraki sayfa|eski yazılar|daha eski yazılar|daha eski|daha eski kayıtlar
eski kayıtlar|önceki yazılar|eski haberler|الصفحة التالية|الصفحة القادمة|مقالات أقدم|أقدم
المقالات الأقدم|رسائل أقدم|الأقدم|المشاركات الأقدم|مواضيع أقدم|اخبار اقدم|صفحه بعد|صفحه بعدی
نوشته‌های قدیمی‌تر|قدیمی‌تر|نوشته های قدیمی تر|مطالب قدیمی‌تر|مطالب قدیمی تر|اگلا صفحہ
پرانی تحریریں|העמוד הבא|לעמוד הבא|עמוד הבא|רשומות ישנות יותר|הרשומות הקודמות|ישנות יותר
פוסטים ישנים יותר|ישן יותר|अगला पृष्ठ|अगला पेज|अगले पृष्ठ पर जाएं|पुराने पोस्ट|पुरानी पोस्ट
पुराने लेख|पुराने समाचार|पुरानी ख़बरें|पुढील पृष्ठ|पुढील पान|পরের পাতা|পরবর্তী পাতা|পরবর্তী পৃষ্ঠা
পুরোনো পোস্ট|পুরনো পোস্ট|আগের খবর|পুরানো খবর|পুরানো পোস্টসমূহ|หน้าถัดไป|เรื่องเก่ากว่า
บทความเก่ากว่า|เก่ากว่า|ข่าวเก่า|หน้าต่อไป|அடுத்த பக்கம்|తరువాత పేజీ|അടുത്ത പേജ്|આગલું પૃષ્ઠ
trang sau|trang tiếp|trang tiếp theo|trang kế|trang kế tiếp|bài viết cũ hơn|bài cũ hơn|cũ hơn
tin cũ hơn|các tin cũ hơn|halaman berikutnya|halaman selanjutnya|pos-pos lama|postingan lama
lebih lama|artikel lama|berita lama|halaman seterusnya|kiri lama|susunod na pahina|下一页|下一頁
下页|下頁|后一页|後一頁|较旧文章|更早的文章|较早的文章|较早文章|舊文章|較舊的文章|較早文章|更早
较旧的帖子|次のページ|次ページ|次頁|次のページへ|次ページへ|以前の記事|過去の記事|古い記事|古い投稿
次の一覧|以前の投稿|古い記事へ|次へ進む|次の10件|次の20件|다음 페이지|다음페이지|다음 쪽|다음 목록
지난 글|다음페이지로|다음 페이지로 이동|faqja tjetër|orrialdea hurrengoa|páxina seguinte
følgende side|შემდეგი გვერდი|հաջորդ էջ|келесі бет|keyingi sahifa|növbəti səhifə|дараагийн хуудас
sekanti lapa|an chéad leathanach eile|y dudalen nesaf|tudalen nesaf|ukurasa unaofuata
"""
_PLAIN_WORDS = """
next|nxt|go to next|go next|nächste|nächster|nächstes|suivant|suivante|suivants
suivantes|siguiente|siguientes|próximo|próxima|seguinte|seguintes|proximo|proxima
següent|successivo|successiva|successivi|successive|prossimo|prossima|seguente|volgende
volgend|næste|neste|nästa|seuraava|seuraavat|næsta|næst|następna|następny|następne|nastepna|dalsze
dalsza|další|nasledující|nasledujúca|ďalší|ďalšia|ďalšie|ďalej|nasledujúce|következő|következők
kovetkezo|előre|următoarea|următorul|următor|urmatoarea|urmatorul|următoarele|înainte|inainte
următorii|următoare|следваща|следващи|следващо|следващ|напред|следующая|следующие|следующий
следующее|след|вперед|вперёд|следущая|наступна|наступні|наступний|уперед|следећа|следеће|следећи
следно|следна|sledeća|sledeće|sledeći|sledeca|sljedeća|sljedeće|sljedeći|sljedeca|slijedeća|iduća
iduće|naslednja|naslednje|naslednji|naprej|kitas|kiti|toliau|tolesnis|sekantis|pirmyn|nākamā
nākamie|nākošā|nākamais|uz priekšu|tālāk|järgmine|järgmised|edasi|επόμενη|επόμενο|επόμενα|επόμενες
επόμενοι|sonraki|ileri|التالي|التالية|التالى|بعدی|بعد|صفحهٔ بعد|اگلا|اگلی|הבא|הבאה
הבאים|अगला|अगली|अगले|आगे|पुढे|पुढील|পরের|পরবর্তী|পরে|ถัดไป|ต่อไป|sau|tiếp|tiếp theo|kế tiếp|kế|tiep
berikutnya|selanjutnya|seterusnya|lanjut|susunod|后页|後頁|次|次へ|つぎへ|進む|다음|다음으로
다음 10개|அடுத்து|తరువాత|അടുത്ത|ಮುಂದೆ|tjetra|hurrengoa|შემდეგი|հաջորդը|келесі|keyingi|növbəti
дараах|ar aghaidh|nesaf|inayofuata
"""
_WEAK_WORDS = """
more|load more|show more|view more|see more|more news|more posts|more articles|more stories
more results|load more news|load more posts|more entries|load more articles|more press releases
show more results|view more news|see more news|more items|continue|weiter|mehr|mehr laden|weitere
mehr anzeigen|weitere meldungen|weitere artikel|mehr meldungen|mehr artikel|weitere beiträge
weitere nachrichten|weitere ergebnisse|weitere laden|weitere anzeigen|mehr nachrichten
mehr beiträge|suite|voir plus|la suite|charger plus|afficher plus|plus d'actualités|plus d'articles
plus de résultats|plus|voir plus d'actualités|más|ver más|cargar más|más noticias|mostrar más
más resultados|más entradas|más artículos|mais|ver mais|carregar mais|mais notícias|mostrar mais
mais resultados|altri|altro|carica altri|altre notizie|mostra altri|mostra di più|altri articoli
carica altro|continua|meer|meer laden|toon meer|meer nieuws|meer berichten|laad meer|verder
meer resultaten|mere|vis flere|flere|indlæs flere|vis mere|flere nyheder|mer|last inn flere
last flere|vis mer|fler|visa fler|visa mer|ladda fler|läs fler|fler nyheter|lisää|näytä lisää
lataa lisää|dalej|więcej|pokaż więcej|załaduj więcej|więcej aktualności|zobacz więcej|dále|více
načíst další|zobrazit více|zobrazit další|viac|zobraziť viac|načítať ďalšie|zobraziť ďalšie|tovább
több|továbbiak|további hírek|több hír|mai mult|mai multe|încarcă mai multe|vezi mai multe|още
виж още|зареди още|още новини|покажи още|далее|дальше|ещё|еще|показать ещё|показать еще
загрузить ещё|загрузить еще|больше новостей|ещё новости|еще новости|далі|ще|показати ще
завантажити ще|більше новин|još|учитај још|još vijesti|učitaj još|učitaj više|prikaži više|више
više|više vijesti|več|naloži več|prikaži več|več novic|daugiau|rodyti daugiau|daugiau naujienų
vairāk|rādīt vairāk|vēl|rohkem|näita rohkem|lae rohkem|veel|περισσότερα|φόρτωση περισσότερων
δείτε περισσότερα|daha fazla|daha fazla göster|devamı|daha fazla yükle|المزيد|تحميل المزيد
عرض المزيد|المزيد من الأخبار|بیشتر|نمایش بیشتر|مزید|עוד|טען עוד|הצג עוד|עוד חדשות|और|और देखें
और लोड करें|और समाचार|আরও|আরো|আরও দেখুন|আরও খবর|আরো খবর|আরও পড়ুন|ดูเพิ่มเติม|โหลดเพิ่มเติม
เพิ่มเติม|ข่าวเพิ่มเติม|xem thêm|tải thêm|thêm|lainnya|muat lebih banyak|lihat lainnya
berita lainnya|muat lainnya|selengkapnya|更多|加载更多|查看更多|載入更多|顯示更多|显示更多|更多新闻
更多新聞|看更多|もっと見る|さらに表示|さらに読み込む|続きを見る|もっと読む|더보기|더 보기
더 불러오기
"""
_BACK_WORDS = """
prev|previous|previous page|back|newer|newer posts|newer entries|newer articles|newer news|first
first page|zurück|vorherige|vorherige seite|neuere beiträge|neuere|précédent|précédente
page précédente|retour|plus récents|articles plus récents|anterior|anteriores|página anterior
entradas más recientes|más recientes|anteriore|mais recentes|precedente|indietro|pagina precedente
più recenti|vorige|nieuwere|vorige pagina|nieuwere berichten|forrige|forrige side|nyere
nyere indlæg|nyere innlegg|föregående|nyare|nyare inlägg|edellinen|uudemmat|poprzednia|poprzedni
poprzednia strona|nowsze|nowsze wpisy|předchozí|novější|predchádzajúca|novšie|előző|újabb
előző oldal|anterioară|precedenta|înapoi|mai noi|предишна|назад|по-нови|предыдущая|предыдущие
более новые|новые записи|попередня|новіші|претходна|новије|prethodna|novije|prejšnja|novejše
ankstesnis|naujesni|atgal|iepriekšējā|jaunāki|eelmine|uuemad|tagasi|προηγούμενη|νεότερα
νεότερες αναρτήσεις|önceki|geri|yeni yazılar|önceki sayfa|السابق|السابقة|أحدث|الصفحة السابقة|قبلی
قبل|جدیدتر|הקודם|חדשות יותר|पिछला|पिछले|नए पोस्ट|পূর্ববর্তী|আগের|ก่อนหน้า|ใหม่กว่า|trước
trang trước|mới hơn|sebelumnya|lebih baru|上一页|上一頁|上页|较新文章|前へ|前のページ|新しい記事|前
이전|이전 페이지|이전페이지|首页|首頁|처음|最初
"""
_LAST_WORDS = """
last|last page|end|letzte|letzte seite|dernière|dernière page|fin|última|último|última página
ultima|ultimo|ultima pagina|laatste|laatste pagina|sidste|siste|sista|viimeinen|ostatnia|poslední
posledná|utolsó|ultima pagină|последна|последняя|остання|последња|posljednja|zadnja|paskutinis
pēdējā|viimane|τελευταία|son|son sayfa|الأخيرة|آخر|الأخير|האחרון|अंतिम|শেষ|หน้าสุดท้าย|สุดท้าย|cuối
trang cuối|terakhir|末页|尾页|末頁|最后一页|最後|最後のページ|最終|마지막|끝|맨끝|go to last page
"""


def _split(words: str) -> set[str]:
    return {" ".join(word.split()) for word in words.replace("\n", "|").split("|")} - {""}


def _spellings(label: str) -> set[str]:
    first, _, rest = label.rpartition(" ")
    noun = f"{first} {rest.capitalize()}" if first else label
    likely = {label, label.upper(), label.title(), noun}
    return likely | {spelt[:1].upper() + spelt[1:] for spelt in (label, noun)}


# What a listing may hold, to be paired with "older" and "more".
_ENTRIES = """
posts|entries|articles|news|news items|notices|items|stories|releases|press releases|updates|topics
announcements|documents|decisions|opinions|publications|reports|results|records|content|threads|messages
headlines|alerts|advisories|bulletins|statements|speeches|blog posts|blogs|rulings|orders|circulars
"""
_EINTRAEGE = """
beiträge|artikel|meldungen|nachrichten|mitteilungen|pressemitteilungen|einträge|news|posts|berichte
bekanntmachungen|dokumente|treffer|ergebnisse|themen|blogbeiträge|pressemeldungen
"""
_ENTREES = """
articles|actualités|communiqués|billets|messages|résultats|publications|documents|avis|nouvelles
annonces|communiqués de presse|posts|entrées|news
"""
_ENTRADAS = """
noticias|entradas|artículos|publicaciones|resultados|comunicados|notas|avisos|documentos|posts
"""
_POSTAGENS = """
notícias|postagens|artigos|publicações|resultados|comunicados|notas|avisos|posts|documentos
"""
_NOTIZIE = """
notizie|articoli|comunicati|post|risultati|avvisi|pubblicazioni|news|comunicati stampa|documenti
"""
_BERICHTEN = "berichten|artikelen|nieuwsberichten|resultaten|persberichten|items|posts|nieuws"
_PAIRS: Final = (
    (WEAK, "more|load more|show more|view more|see more", _ENTRIES),
    (WEAK, "weitere|mehr", _EINTRAEGE),
    (WEAK, "plus de|plus d'|autres|voir plus de", _ENTREES),
    (WEAK, "más|ver más|otras|cargar más", _ENTRADAS),
    (WEAK, "mais|ver mais|carregar mais|outras", _POSTAGENS),
    (WEAK, "altre|altri|carica altre|carica altri", _NOTIZIE),
    (WEAK, "meer|toon meer|laad meer", _BERICHTEN),
    (BACK, "newer", _ENTRIES),
    (BACK, "neuere", _EINTRAEGE),
    (STRONG, "older|view older|show older|see older|earlier|next", _ENTRIES),
    (STRONG, "ältere|nächste|frühere", _EINTRAEGE),
    (STRONG, _ENTREES, "plus anciens|plus anciennes|précédents|précédentes|suivants|suivantes"),
    (STRONG, _ENTRADAS, "anteriores|antiguas|antiguos|más antiguas|más antiguos|siguientes"),
    (STRONG, _POSTAGENS, "anteriores|antigas|mais antigas|mais antigos|seguintes"),
    (STRONG, _NOTIZIE, "precedenti|più vecchi|più vecchie|meno recenti|successivi|successive"),
    (STRONG, "oudere|eerdere|volgende", _BERICHTEN),
)
_GRADED: Final = {
    **{
        " ".join(label): grade for grade, *parts in _PAIRS for label in product(*map(_split, parts))
    },
    **dict.fromkeys(_split(_WEAK_WORDS), WEAK),
    **dict.fromkeys(_split(_LAST_WORDS), LAST),
    **dict.fromkeys(_split(_BACK_WORDS), BACK),
    **dict.fromkeys(_split(_PLAIN_WORDS), PLAIN),
    **dict.fromkeys(_split(_STRONG_WORDS), STRONG),
}
_GRADES: Final = {label.casefold(): grade for label, grade in _GRADED.items()}
#: What a label with a count in it begins with.
OPENINGS: Final = frozenset(
    {"next ", "Next ", "NEXT ", "older", "Older", "previ", "Previ", "nächs", "Nächs"}
)
#: Labels as pages print them, so that one look-up tells most links of a page apart.
LIKELY_LABELS: Final = frozenset(spelt for label in _GRADED for spelt in _spellings(label))

_EDGES = " \t\u00a0.…»›→>«‹<←[](){}|:-–—+▶►▸◀◄◂❯❮⟩⟨≫≪⇒⇐➡⬅·•*/\\\u200b\u200e\u200f⏩⏪↓▼▾"
_FORWARD = frozenset("»›→>▶►▸❯⟩≫⇒➡")
_ARROWS = frozenset("»›→>▶►▸❯⟩≫⇒➡«‹←<◀◄◂❮⟨≪⇐⬅")

# Words that stand beside a page's number.
_PAGE_WORDS: Final = _split(
    """
page|pg|pag|pág|página|pagina|seite|sida|side|sivu|strona|strana|stránka|stránky|stran|stranica|oldal
страница|стр|страна|сторінка|σελίδα|sayfa|halaman|trang|صفحة|الصفحة|صفحه|עמוד|पृष्ठ|पेज|পাতা|পৃষ্ঠা|หน้า
第|页|頁|ページ|페이지|쪽|puslapis|lapa|leht|lehekülg|síða|go|to|current|gehe|zu|zur|aller|à|la|ir|a|vai
alla|ga|naar|gå|til|till|przejdź|do|aktuelle|actuelle|actual|you're|on|you|are
"""
)
#: What authors call the number of the page that is shown.
CURRENT: Final = re.compile(
    r"aria-current|(?:current|active|this)page|disabled|(?<![a-z])(?:is-?)?(?:active|current|selected|actual|aktiv|cur|on)(?![a-z])",
    re.IGNORECASE,
)
# "Next 10 articles" says no more than "next articles".
_COUNT = re.compile(r" \d{1,3} ")
_NUMBER = re.compile(r"\D*?(\d{1,5})\D*\Z")
_RANGE = re.compile(r"\W*(\d{1,5})\s*(?:[-–—~]|to|bis|à)\s*(\d{1,5})\W*\Z")


def label_grade(text: str) -> int:
    """Return the grade of a label, 0 for none.

    >>> label_grade("Next page ›"), label_grade("›"), label_grade("« Newer posts")
    (5, 2, -1)
    >>> label_grade("Older 20 posts")
    5
    """
    if len(text) > 60:
        return 0
    bare = " ".join(text.casefold().strip(_EDGES).split())
    if bare:
        grade = _GRADES.get(bare, 0)
        if not grade and _COUNT.search(bare):
            grade = _GRADES.get(_COUNT.sub(" ", bare), 0)
        return grade
    signs = _ARROWS.intersection(text)
    if not signs or "|" in text:
        return 0
    return (ARROW if len(text) == 1 else WEAK) if signs <= _FORWARD else BACK


def names_page(label: str) -> bool:
    """Tell whether a label begins with a word for a page, whatever it says then.

    >>> names_page("Page courante 1"), names_page("Pages 14"), names_page("Comments 3")
    (True, False, False)
    """
    return label.split(maxsplit=1)[0].casefold() in _PAGE_WORDS


def read_number(text: str) -> int | None:
    """Return the number of the page that a label names, or None.

    Digits may be of any script; a range counts by its place.

    >>> [read_number(text) for text in ("3", "[3]", "Page 3", "৩", "21-30", "3 comments")]
    [3, 3, 3, 3, 3, None]
    """
    if text.isdecimal():
        return int(text) if len(text) <= 5 else None
    match = _NUMBER.match(text)
    if match is None:
        match = _RANGE.match(text)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2])
        size = last - first + 1
        return (first - 1) // size + 1 if size > 1 and (first - 1) % size == 0 else None
    beside = f"{text[: match.start(1)]} {text[match.end(1) :]}".casefold().split()
    said = {word.strip(_EDGES) for word in beside} - {""}
    return int(match[1]) if said <= _PAGE_WORDS else None
