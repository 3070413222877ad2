"""Words that label a part of an entry, in the languages that listings are written in.

A label says what a part *is*, so it is evidence about that part wherever it stands; nothing here
names a site. All are casefolded and without the arrows and points around them.
"""

from __future__ import annotations

import re

__all__ = [
    "META_NAMES",
    "PROSE_NAMES",
    "TITLE_NAMES",
    "is_advert",
    "is_label",
    "is_service",
    "plain_label",
    "word_set",
]


def _labels(table: str) -> frozenset[str]:
    """Return the labels of a table whose lines part them by bars."""
    labels = (label.strip() for label in table.replace("\n", "|").split("|"))
    return frozenset(label for label in labels if label)


def word_set(table: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(table.split())


#: Labels of the link that leads to the whole text.
_MORE = _labels(
    """
    comment|comments|no comments|leave a comment|add a comment|add comment|kommentare
    kommentieren|commentaires|comentarios|commenti|reacties|komentarze|комментарии
    コメント|댓글|评论
    read more|more|read|read on|continue|continue reading|continue reading...|read full story
    full story|full article
    read article|read the article|read the full story|read this article|learn more|view more
    see more|find out more
    more info|more information|more details|details|view details|view|open|go|watch|watch video
    watch now|video|listen
    play|download|pdf|view pdf|download pdf|view/download pdf|permalink|link|here|click here
    show more
    read release|read press release|view release|read the release|discover|discover more
    register
    all news|more news|view all|view all news|see all|see all news|all articles|all posts
    all press releases|older news
    alle meldungen|weitere meldungen|weitere aktuelle meldungen|alle nachrichten
    mehr nachrichten|alle artikel|alle anzeigen
    toutes les actualités|toutes les actus|tous les articles|tous les communiqués
    todas las noticias|más noticias|ver todas
    todas as notícias|mais notícias|tutte le notizie|altre notizie|alle nieuws|al het nieuws
    meer nieuws|alla nyheter|alle nyheter
    wszystkie aktualności|więcej aktualności|všechny aktuality|összes hír|toate știrile
    все новости|всі новини|всички новини
    tüm haberler|όλα τα νέα|كل الأخبار|所有新闻|更多新闻|全部新闻|ニュース一覧|お知らせ一覧
    一覧を見る|전체 뉴스|뉴스 더보기
    read post|view post|view article|keep reading|go to article|read story|audio|transcript
    photos|gallery|html|web
    weiterlesen|mehr|mehr lesen|mehr erfahren|weiter|lesen|mehr dazu|zum artikel|zur meldung
    artikel lesen|zur pressemitteilung
    mehr infos|mehr informationen|details anzeigen|ansehen|herunterladen|alles lesen|jetzt lesen
    lire la suite|lire plus|lire|suite|en savoir plus|plus|voir plus|la suite|lire l'article
    voir|consulter|télécharger
    en lire plus|plus d'infos|découvrir|voir l'article|lire le communiqué
    leer más|leer mas|leer|más|mas|ver más|ver mas|más información|seguir leyendo
    continuar leyendo|ver|leer noticia|descargar
    saber más|ver noticia|leer artículo|sigue leyendo|más info|ampliar
    ler mais|leia mais|saiba mais|mais|ver mais|continuar a ler|continue lendo|ler|consultar
    ler notícia|continuar lendo
    leggi tutto|leggi|continua|leggi di più|continua a leggere|approfondisci|scopri di più|vai
    dettagli|scarica|leggi l'articolo
    lees meer|lees verder|meer|meer lezen|lees het volledige artikel|meer info|bekijk|lees
    lees artikel|verder lezen
    läs mer|läs vidare|mer|visa mer|les mer|les videre|mer info|læs mere|læs|mere|lue lisää
    lisää|lue|katso
    czytaj więcej|czytaj dalej|więcej|czytaj|zobacz|zobacz więcej|czytaj całość|pełna treść
    dowiedz się więcej|szczegóły
    číst více|více|celý článek|čítať viac|viac|zobrazit více|pokračovat|číst dál|celý text
    čítaj viac|čítať ďalej
    tovább|bővebben|tovább olvasom|részletek|elolvasom|több|olvass tovább
    citește mai mult|citeste mai mult|mai mult|citește|citeste|detalii|vezi|află mai multe
    citește mai departe|continuare
    прочети|прочетете|още|виж още|прочети още|повече|вижте още|прочети повече
    читать|читать далее|далее|подробнее|читать полностью|подробно|ещё|еще|больше|читать дальше
    перейти|смотреть|узнать больше
    читати|читати далі|далі|детальніше|докладніше|більше|читати більше|дивитися
    прочитај|опширније|више|прочитај више|opširnije|više|pročitaj više|saznaj više|pročitaj
    detaljnije|preberi več|več|preberi|beri dalje
    skaityti|skaityti daugiau|daugiau|plačiau|lasīt|lasīt vairāk|vairāk|loe|loe edasi
    loe lähemalt|rohkem|loe rohkem
    περισσότερα|διαβάστε περισσότερα|διαβάστε|δείτε|συνέχεια|διαβάστε τη συνέχεια
    δείτε περισσότερα
    devamı|devamını oku|oku|detay|detaylar|daha fazla|detaylı bilgi|haberin devamı|tümünü oku
    incele
    selengkapnya|baca selengkapnya|baca|baca juga|lihat|lanjut|lanjutkan|baca lebih lanjut
    xem thêm|chi tiết|đọc tiếp|xem|đọc thêm
    اقرأ المزيد|المزيد|قراءة المزيد|التفاصيل|اقرأ|تابع القراءة|للمزيد|شاهد|ادامه مطلب|ادامه
    بیشتر|بیشتر بخوانید|مزید پڑھیں
    קרא עוד|עוד|המשך קריאה|לקריאה|למידע נוסף|קראו עוד|להמשך
    और पढ़ें|आगे पढ़ें|पूरा पढ़ें|विस्तार से|अधिक|বিস্তারিত|আরও পড়ুন|আরো পড়ুন|বিস্তারিত পড়ুন
    อ่านต่อ|อ่านเพิ่มเติม|ดูเพิ่มเติม|รายละเอียด
    続きを読む|もっと見る|詳細|詳しく見る|詳細を見る|続きはこちら|詳しくはこちら|一覧|全文を読む|続き|もっと読む|詳しく
    阅读更多|更多|查看更多|阅读全文|详情|查看详情|全文|详细|继续阅读|閱讀更多|閱讀全文|查看全文|詳情|詳全文|繼續閱讀|了解更多|看更多|展开
    더보기|더 보기|자세히|자세히 보기|자세히보기|계속 읽기|전체보기|상세보기|바로가기|이어서 읽기
    """
)
#: "View all press releases": an invitation, all or more, and what a listing is called, in this
#: order; in German and Dutch the invitation may come last.
_INVITATIONS = word_set(
    """
    view see show browse read discover explore voir consulter ver vedi bekijk toon visa se vis
    zobacz anzeigen ansehen zeigen bekijken tonen
    """
)
_ALL = word_set(
    """
    all more other older earlier latest alle weitere mehr ältere toutes tous autres plus todas todos
    más otras mais outras tutte tutti altre altri meer overige alla fler flere wszystkie więcej
    všechny další všetky összes további toate все всі ещё больше остальные всички όλα όλες tüm
    """
)
_LISTED = word_set(
    """
    news releases stories articles posts events announcements notices updates publications
    decisions opinions judgments statements speeches reports bulletins blogs entries results items
    headlines meldungen nachrichten pressemitteilungen mitteilungen beiträge artikel termine
    veranstaltungen bekanntmachungen entscheidungen actualités actus articles communiqués
    publications événements décisions avis brèves noticias comunicados artículos eventos
    publicaciones anuncios notas notícias artigos notizie comunicati articoli eventi avvisi
    pubblicazioni nieuws nieuwsberichten berichten artikelen persberichten nyheter pressmeddelanden
    nyheder pressemeddelelser pressemeldinger artikler aktualności wiadomości artykuły komunikaty
    ogłoszenia aktuality zprávy články novinky správy hírek cikkek știri știrile articole новости
    статьи публикации объявления новини статті ανακοινώσεις νέα haberler duyurular
    """
)
_DIGITS = re.compile(r"\d")
#: Counters and invitations that stand beside an entry.
_COUNTER = re.compile(
    r"^\W*\d*\W*(?:comments?|comentarios?|commentaires?|kommentarer?|komentarz[eya]?|коммента\w*"
    r"|reacties?|commenti|views?|shares?|likes?|replies|min(?:utes?)?\s+read|words?|hits?"
    r"|コメント|댓글|评论|阅读)\W*\d*\W*$",
    re.IGNORECASE,
)

#: Labels of links that serve a letter or a page and never lead to an entry.
_SERVICE = _labels(
    """
    unsubscribe|subscribe|update your preferences|manage preferences|update preferences
    preferences|privacy
    privacy policy|forward to a friend|forward this email|view in browser|view in your browser
    view online
    view this email in your browser|open in browser|open in your browser|print|share|contact us
    contact|imprint|terms|terms of use
    legal notice
    abmelden|abbestellen|im browser ansehen|datenschutz|impressum|kontakt|online ansehen
    newsletter abbestellen
    se désabonner|se désinscrire|désinscription|mentions légales|voir en ligne|version en ligne
    confidentialité
    darse de baja|cancelar suscripción|ver en el navegador|privacidad|aviso legal
    cancelar inscrição|privacidade
    annulla iscrizione|disiscriviti|visualizza nel browser|uitschrijven|afmelden
    bekijk in browser|privacybeleid
    wypisz się|zrezygnuj|polityka prywatności|отписаться|відписатися|配信停止|退订|取消訂閱|수신거부
    إلغاء الاشتراك
    """
)

#: What an entry says that is paid for; words that also mean an announcement are left out, as
#: "annonce" and "إعلان" do.
_ADVERTS = _labels(
    """
    advert|advertisement|advertising|advertorial|sponsored|sponsored content|sponsored post
    paid content|paid post|promoted|partner content|in partnership with
    anzeige|werbung|gesponsert|advertorial|publicité|sponsorisé|contenu sponsorisé
    publicidad|patrocinado|contenido patrocinado|publieditorial|publicidade|conteúdo patrocinado
    pubblicità|sponsorizzato|contenuto sponsorizzato|advertentie|gesponsord|reklame|mainos
    reklama|materiał sponsorowany|artykuł sponsorowany|hirdetés|publicitate
    реклама|на правах рекламы
    διαφήμιση|sponsorlu|reklam|iklan|quảng cáo|إعلان ممول|פרסומת|विज्ञापन|বিজ্ঞাপন|โฆษณา
    广告|廣告|広告|スポンサー|광고
    """
)

#: Words in class names, by what they say of the part.
TITLE_NAMES = word_set(
    """
    title headline heading header subject hl titel titre titulo título titolo tytul tytuł
    caption name hed betreff überschrift asunto oggetto assunto onderwerp başlık заголовок
    название назва 标题 標題 題名 件名 タイトル 제목 عنوان
    """
)
META_NAMES = word_set(
    """
    date time meta author byline category cat tag tags label badge kicker more readmore btn
    button comment comments count views share social source type posted info datum fecha data
    topic eyebrow overline credit dateline timestamp icon number section rubric published
    descriptor flag nr no ref reference docket fecha дата 日期 日付 날짜
    """
)
PROSE_NAMES = word_set(
    """
    summary teaser excerpt desc description intro lead lede body text content abstract
    standfirst dek deck snippet blurb copy subtitle subhead introtext synopsis perex chapeau
    beschreibung descripción descrizione descrição omschrijving opis описание 摘要 概要 내용
    """
)

_EDGES = " \t.…»›→>«‹<[](){}|:-–—+▶►▸■●•·&*\u200b\u00a0/"


def plain_label(text: str) -> str:
    """Return *text* as labels are compared: casefolded, without the arrows around it.

    >>> plain_label("Read more »")
    'read more'
    """
    return " ".join(text.casefold().strip(_EDGES).split())


def is_label(text: str) -> bool:
    """Tell whether *text* only names a link or counts something, in any language known here.

    >>> is_label("Weiterlesen …"), is_label("3 comments"), is_label("More houses for Leeds")
    (True, True, False)
    """
    plain = plain_label(text)
    if not plain or plain in _MORE or (plain.isdigit() and text.lstrip()[0] in "(["):
        return True
    if _DIGITS.search(plain) is not None:
        return _COUNTER.match(plain) is not None
    return _invites_to_all(plain.split())


def _invites_to_all(words: list[str]) -> bool:
    """Tell whether *words* lead to a whole listing, not to one entry of it."""
    if not 2 <= len(words) <= 6:
        return False
    if words[0] in _INVITATIONS:
        words = words[1:]
    if words[-1] in _INVITATIONS:
        words = words[:-1]
    return len(words) > 1 and words[0] in _ALL and words[-1] in _LISTED


def is_advert(text: str) -> bool:
    """Tell whether *text* says that what it stands in is paid for.

    >>> is_advert("Sponsored"), is_advert("Sponsored walk raises a thousand")
    (True, False)
    """
    return len(text) <= 40 and plain_label(text) in _ADVERTS


def is_service(text: str) -> bool:
    """Tell whether *text* labels a link that never leads to an entry.

    >>> is_service("Unsubscribe"), is_service("Unsubscribing from the union")
    (True, False)
    """
    return len(text) <= 40 and plain_label(text) in _SERVICE
