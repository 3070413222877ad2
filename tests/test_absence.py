import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.models import Page
from scraper.parsers.absence import explain_absence, looks_like_one_article
from scraper.parsers.document import Document

URL = "https://city.example/news"
PROSE = "The harbour office repaired the old crane on the quay, and it lifted again on Monday. "


def look_at(html, url=URL, **page):
    return Document(Page(url=url, body=html.encode(), encoding="utf-8", **page))


def category(html, **page):
    return explain_absence(look_at(html, **page)).category


MISSING = {
    "ar": "الصفحة غير موجودة",
    "bg": "Страницата не е намерена",
    "bn": "পাতাটি পাওয়া যায়নি",
    "cs": "Stránka nenalezena",
    "da": "Siden blev ikke fundet",
    "de": "Seite nicht gefunden",
    "el": "Η σελίδα δεν βρέθηκε",
    "en": "Page not found",
    "es": "Página no encontrada",
    "et": "Lehte ei leitud",
    "fa": "صفحه پیدا نشد",
    "fi": "Sivua ei löytynyt",
    "fr": "Page introuvable",
    "he": "הדף לא נמצא",
    "hi": "पृष्ठ नहीं मिला",
    "hr": "Stranica nije pronađena",
    "hu": "Az oldal nem található",
    "id": "Halaman tidak ditemukan",
    "it": "Pagina non trovata",
    "ja": "ページが見つかりません",
    "ko": "페이지를 찾을 수 없습니다",
    "lt": "Puslapis nerastas",
    "lv": "Lapa nav atrasta",
    "nb": "Fant ikke siden",
    "nl": "Pagina niet gevonden",
    "pl": "Nie znaleziono strony",
    "pt": "Página não encontrada",
    "ro": "Pagina nu a fost găsită",
    "ru": "Страница не найдена",
    "sk": "Stránka sa nenašla",
    "sl": "Strani ni mogoče najti",
    "sr": "Страница није пронађена",
    "sv": "Sidan hittades inte",
    "th": "ไม่พบหน้าที่คุณต้องการ",
    "tr": "Sayfa bulunamadı",
    "uk": "Сторінку не знайдено",
    "vi": "Không tìm thấy trang",
    "zh": "页面不存在",
    "zh-Hant": "找不到頁面",
}

# Heading and button of a wall.
CONSENT = {
    "ar": ("خصوصيتك", "قبول الكل"),
    "bg": ("Поверителност", "Приемам"),
    "cs": ("Vaše soukromí", "Souhlasím"),
    "da": ("Dit privatliv", "Acceptér alle"),
    "de": ("Wir brauchen Ihre Zustimmung", "Alle akzeptieren"),
    "el": ("Το απόρρητό σας: συγκατάθεση", "Αποδοχή"),
    "en": ("Your privacy", "Accept all"),
    "es": ("Su privacidad", "Aceptar"),
    "et": ("Teie nõusolek", "Nõustun"),
    "fi": ("Yksityisyytesi", "Hyväksy"),
    "fr": ("Votre consentement", "Tout accepter"),
    "he": ("פרטיות", "אישור"),
    "hi": ("आपकी गोपनीयता", "स्वीकार करें"),
    "hr": ("Vaša privatnost", "Prihvaćam"),
    "hu": ("Hozzájárulás", "Elfogad"),
    "id": ("Privasi Anda", "Terima"),
    "it": ("La tua privacy", "Accetta"),
    "ja": ("プライバシー", "同意する"),
    "ko": ("개인정보", "동의"),
    "lt": ("Privatumas", "Sutinku"),
    "lv": ("Privātums", "Piekrītu"),
    "nb": ("Ditt personvern", "Godta"),
    "nl": ("Jouw privacy", "Akkoord"),
    "pl": ("Twoja prywatność", "Zgadzam się"),
    "pt": ("Sua privacidade", "Aceitar"),
    "ro": ("Consimțământ", "Accept"),
    "ru": ("Конфиденциальность", "Принять"),
    "sk": ("Vaše súkromie", "Súhlasím"),
    "sl": ("Zasebnost", "Sprejmi vse"),
    "sr": ("Ваша приватност", "Прихвати"),
    "sv": ("Din integritet", "Godkänn"),
    "th": ("ความเป็นส่วนตัว", "ยอมรับ"),
    "tr": ("Gizliliğiniz", "Kabul et"),
    "uk": ("Конфіденційність", "Прийняти"),
    "vi": ("Quyền riêng tư", "Đồng ý"),
    "zh": ("您的隐私", "接受"),
}

LOGIN = {
    "ar": "تسجيل الدخول",
    "cs": "Přihlášení",
    "da": "Log ind",
    "de": "Anmelden",
    "el": "Σύνδεση",
    "en": "Sign in",
    "es": "Iniciar sesión",
    "et": "Logi sisse",
    "fa": "ورود",
    "fi": "Kirjaudu",
    "fr": "Connexion",
    "he": "התחברות",
    "hi": "लॉग इन",
    "hr": "Prijava",
    "hu": "Bejelentkezés",
    "id": "Masuk",
    "it": "Accedi",
    "ja": "ログイン",
    "ko": "로그인",
    "lt": "Prisijungti",
    "lv": "Pieslēgties",
    "nb": "Logg inn",
    "nl": "Inloggen",
    "pl": "Zaloguj",
    "pt": "Iniciar sessão",
    "ro": "Autentificare",
    "ru": "Войти",
    "sk": "Prihlásenie",
    "sv": "Logga in",
    "th": "เข้าสู่ระบบ",
    "tr": "Giriş",
    "uk": "Увійти",
    "vi": "Đăng nhập",
    "zh": "登录",
}


@pytest.mark.parametrize("language", MISSING)
def test_pages_that_are_missing_say_so_in_any_language(language):
    text = MISSING[language]
    assert category(f"<title>{text} | City</title><p>x") == "error-page"
    assert category(f"<title>City</title><h1>{text}</h1><p>x") == "error-page"


@pytest.mark.parametrize("language", CONSENT)
def test_walls_ask_for_consent_in_any_language(language):
    heading, answer = CONSENT[language]
    assert category(f"<h1>{heading}</h1><p>Cookies.</p><button>{answer}</button>") == "consent"


@pytest.mark.parametrize("language", LOGIN)
def test_forms_ask_for_a_name_in_any_language(language):
    assert category(f"<title>{LOGIN[language]}</title><form><input name=q></form>") == "login"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # Error pages.
        ("<title>404</title>", "error-page"),
        ("<title>403 Forbidden</title><h1>Forbidden</h1><hr>nginx", "error-page"),
        ("<title>Oops</title><h1>Error 404</h1><p>This page is gone.", "error-page"),
        ('<title>City</title><body class="home error404"><p>Gone.', "error-page"),
        ("<title>City</title><p>Page not found.</p>", "error-page"),
        # Proof that a person reads.
        ("<title>Just a moment...</title><p>Checking your browser", "challenge"),
        ("<title>Attention Required! | City</title><p>Please complete the check.", "challenge"),
        ("<title>Access Denied</title><p>Reference 18.2f", "challenge"),
        ("<title>City</title><h1>Access denied</h1><p>You cannot see this page.", "challenge"),
        ("<title>403</title><h1>Verify you are human</h1>", "challenge"),
        ("<title>安全验证</title><p>请完成验证", "challenge"),
        ('<title>city.example</title><div class="g-recaptcha"></div>', "challenge"),
        ("<p><script src=//a.example/cdn-cgi/challenge-platform/h.js></script>", "challenge"),
        # Logins.
        ('<h1>Staff</h1><form><input type="password"></form>', "login"),
        ("<h1>Staff</h1><form><INPUT name=p TYPE=password></form>", "login"),
        # Walls that name themselves only in the text.
        (
            "<title>City</title><p>We use cookies.</p><button>Accept all</button>"
            "<script src='/cmp.js'></script>",
            "consent",
        ),
        # Shells.
        ('<title>News</title><div id="root"></div><script src="/a.js"></script>', "app-shell"),
        ("<title>News</title><div id=app>Loading…</div><script src=/a.js></script>", "app-shell"),
        ('<div id="__next"></div><script id="x">{}</script>', "app-shell"),
        ("<app-root></app-root><script src=/m.js></script>", "app-shell"),
        ("<noscript>Please enable JavaScript.</noscript><script src=/m.js></script>", "app-shell"),
        # Nothing at all.
        ("", "empty"),
        ("<html><body></body></html>", "empty"),
        ("<title>News</title><p> </p>", "empty"),
        # Articles.
        (f"<h1>Crane lifts again</h1><article>{f'<p>{PROSE * 3}</p>' * 4}</article>", "article"),
        # Anything else.
        ("<title>City</title><h1>Opening hours</h1><p>Monday to Friday, nine to five.", None),
        ("<title>Number 404 bus</title><h1>Bus 404 has a new timetable from May</h1>"
         + f"<p>{PROSE}</p>" * 2, None),
    ],
)  # fmt: skip
def test_what_a_page_is_instead(html, expected):
    assert category(html) == (expected or "unrecognised")


def test_a_challenge_that_comes_with_a_status_is_one_still():
    assert category("<title>Just a moment...</title>", status=403) == "challenge"


def test_a_form_with_a_captcha_makes_no_challenge_of_a_long_page():
    body = f"<title>City</title><p>{PROSE * 5}</p><form class=g-recaptcha></form>"
    assert category(body) == "unrecognised"


def test_a_status_says_that_a_page_is_an_error():
    assert category("<title>City</title><p>Welcome to the city.", status=404) == "error-page"


@pytest.mark.parametrize(
    "banner",
    [
        "<div class=cookie-bar>We use cookies. <button>Accept all</button></div>"
        "<script src=/cmp.js></script>",
        "<form><input type=password></form>",
        "<div id=root></div><script></script>",
        "<p>404</p>",
    ],
)
def test_a_banner_or_a_form_does_not_make_a_wall_of_a_long_page(banner):
    body = "".join(f"<p>{PROSE}<a href='/{i}'>Story {i}</a></p>" for i in range(40))
    assert category(f"<title>City news</title>{banner}{body}") not in {
        "consent",
        "login",
        "app-shell",
        "error-page",
    }


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<meta property="og:type" content="article"><h1>Crane</h1>{story}', True),
        ('<script>{{"@type":"NewsArticle"}}</script><h1>Crane</h1>{story}', True),
        ('<div itemtype="https://schema.org/NewsArticle"><h1>Crane</h1>{story}</div>', True),
        # News are written in paragraphs, too.
        ("<h1>News</h1>{story}", False),
        # Whole posts in a row.
        ('<meta property="og:type" content="article"><h1>Blog</h1>{story}{story}', False),
        # Entries in a row: their headings are links.
        (
            '<meta property="og:type" content="article"><h1>News</h1><div>'
            + f'<h2><a href="/a">Crane</a></h2><p>{PROSE * 3}</p>' * 5 + "</div>",
            False,
        ),
        ('<script>{{"@type":"ItemList"}}</script><h1>Crane</h1>{story}', False),
        ('<meta property="og:type" content="article"><h1>Short</h1><p>One line.</p>', False),
    ],
)  # fmt: skip
def test_one_article_is_a_block_of_prose_that_declares_itself(html, expected):
    story = f"<section>{f'<p>{PROSE * 3}</p>' * 4}</section>"
    assert looks_like_one_article(look_at(html.format(story=story))) is expected


def test_the_answer_names_the_page_and_what_to_do_in_one_line():
    error = explain_absence(look_at("<h1>Sign in</h1><form><input type=password></form>"))
    assert str(error) == (
        f"{URL}: a page that asks for a password; "
        "sign in with a browser, save the page from it and name the file"
    )


def test_a_page_of_unknown_address_is_the_page():
    assert explain_absence(look_at("", url=None)).subject == "the page"


@given(st.text())
def test_any_page_is_explained_in_one_line(html):
    assert len(str(explain_absence(look_at(html))).splitlines()) == 1
