"""Words of pages that list nothing, in the languages that such pages are written in.

All are casefolded. They are looked for in titles and headings, where a page says what it is, and in
its text only where that is short: an ordinary page may well mention cookies.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CHALLENGE", "CONSENT", "CONSENT_ANSWERS", "LOGIN", "NOT_FOUND", "SCRIPT"]


def _split(words: str) -> tuple[str, ...]:
    joined = words.replace("\n", "|").casefold()
    return tuple(word for word in (part.strip() for part in joined.split("|")) if word)


#: The page is not there, or may not be seen.
NOT_FOUND: Final = _split("""
page not found|not found|page cannot be found|page can't be found|page could not be found
file not found|page does not exist|page doesn't exist|page you requested|page you were looking for
page is missing|page no longer exists|page unavailable|error 404|404 error|http 404|error 403
403 forbidden|error 500|forbidden|internal server error|bad gateway|service unavailable
bad request|gateway timeout|server error|something went wrong|an error occurred
temporarily unavailable|under maintenance|seite nicht gefunden|nicht gefunden
seite existiert nicht|seite wurde nicht gefunden|fehler 404|seite konnte nicht gefunden
wartungsarbeiten|page introuvable|page non trouvée|page n'existe pas
page demandée est introuvable|erreur 404|página no encontrada
no se encontró la página|no se ha encontrado|página no existe|página solicitada no
página não encontrada|não foi encontrada|página não existe|erro 404
pagina non trovata|pagina non esiste|non è stata trovata|errore 404
pàgina no trobada|pagina niet gevonden|niet gevonden|pagina bestaat niet
siden blev ikke fundet|siden findes ikke|siden kunne ikke findes|fant ikke siden|siden finnes ikke
finner ikke siden|ikke funnet|sidan hittades inte|sidan kunde inte hittas|sidan finns inte
hittar inte sidan|sivua ei löytynyt|sivua ei löydy|sivua ei ole|síða fannst ekki|síðan fannst ekki
nie znaleziono|strona nie istnieje|nie odnaleziono strony|błąd 404|stránka nenalezena
stránka nebyla nalezena|stránka neexistuje|chyba 404|stránka sa nenašla|stránka nebola nájdená
stránka nenájdená|oldal nem található|az oldal nem létezik|pagina nu a fost găsită
pagina nu există|pagină negăsită|eroare 404|страницата не е намерена|страницата не съществува
не е намерена|страница не найдена|страница не существует|не найдена|ошибка 404
сторінку не знайдено|сторінка не знайдена|сторінки не існує|помилка 404
страница није пронађена|страна није пронађена|stranica nije pronađena|stranica ne postoji
strana nije pronađena|stran ni najdena|strani ni mogoče najti|stran ne obstaja|puslapis nerastas
puslapis neegzistuoja|lapa nav atrasta|lapa netika atrasta|lehte ei leitud|lehekülge ei leitud
η σελίδα δεν βρέθηκε|δεν βρέθηκε|σφάλμα 404|sayfa bulunamadı|bulunamadı
الصفحة غير موجودة|لم يتم العثور|صفحة غير موجودة|خطأ 404|صفحه یافت نشد|صفحه پیدا نشد|صفحه مورد نظر
الصفحة المطلوبة غير|הדף לא נמצא|העמוד לא נמצא|הדף המבוקש לא|शीर्षक नहीं मिला|पृष्ठ नहीं मिला
पेज नहीं मिला|পাতাটি পাওয়া যায়নি|পৃষ্ঠাটি পাওয়া যায়নি|পেজটি পাওয়া যায়নি|ไม่พบหน้า
ไม่พบหน้าที่|không tìm thấy trang|trang không tồn tại|halaman tidak ditemukan|tidak ditemukan
laman tidak dijumpai|页面不存在|找不到页面|页面未找到|未找到页面|您访问的页面|頁面不存在
找不到頁面|找不到網頁|查無此頁|ページが見つかりません|ページは見つかりません|お探しのページ
ページが存在しません|페이지를 찾을 수 없습니다|존재하지 않는 페이지|찾을 수 없는 페이지
""")

#: A machine between page and reader asks whether the reader is one, too.
CHALLENGE: Final = _split("""
just a moment|checking your browser|attention required|access denied|are you a robot|are you human
verify you are human|verifying you are human|security check|ddos protection|please verify you
pardon our interruption|request unsuccessful|you have been blocked|unusual traffic
bot verification|one more step|human verification|your request has been blocked|too many requests
please wait...|un instant|einen moment|nur einen moment|un momento|sicherheitsüberprüfung
vérification de sécurité|verificación de seguridad|проверка браузера|проверка безопасности
私はロボットではありません|安全验证|人机验证|访问受限
zugriff verweigert|accès refusé|accès interdit|acceso denegado|acesso negado|accesso negato
toegang geweigerd|brak dostępu|доступ запрещен|доступ запрещён|erişim engellendi
""")

#: A wall that asks for consent.
CONSENT: Final = _split("""
before you continue|we value your privacy|your privacy choices|cookie consent|manage cookies
your privacy|privacy settings|cookie settings|cookie preferences|consent to|your consent
use of cookies|datenschutzeinstellungen|privatsphäre-einstellungen|cookie-einstellungen
bevor sie fortfahren|bevor sie zu|zustimmung|einwilligung|wir schätzen ihre privatsphäre
mit werbung weiterlesen|avant de continuer|votre vie privée|vie privée|paramètres des cookies
votre consentement|gérer les cookies|antes de continuar|su privacidad|tu privacidad|valoramos
configuración de cookies|consentimiento|sua privacidade|definições de cookies|prima di continuare
la tua privacy|consenso|impostazioni dei cookie|voordat je verdergaat|uw privacy|jouw privacy
cookie-instellingen|cookievoorkeuren|toestemming|før du fortsætter|dit privatliv|samtykke
før du fortsetter|ditt personvern|personvern|innan du fortsätter|din integritet|samtycke
ennen kuin jatkat|yksityisyytesi|evästeasetukset|suostumus|evästeet|zanim przejdziesz
twoja prywatność|ustawienia plików cookie|zgoda na|szanujemy twoją prywatność
než budete pokračovat|vaše soukromí|souhlas|skôr než budete|vaše súkromie|súhlas
mielőtt továbblépne|az ön adatvédelme|hozzájárulás|adatvédelmi beállítások|înainte să continuați
confidențialitatea|consimțământ|преди да продължите|поверителност|съгласие|прежде чем продолжить
конфиденциальность|согласие|файлы cookie|перш ніж продовжити|конфіденційність|згода|приватност
пристанак|сагласност|prije nego što nastavite|privatnost|pristanak|privola|preden nadaljujete
zasebnost|soglasje|privolitev|prieš tęsiant|privatumas|sutikimas|slapukai|pirms turpināt|privātums
piekrišana|sīkdatnes|enne jätkamist|privaatsus|nõusolek|küpsised|προτού συνεχίσετε|απόρρητο
συγκατάθεση|devam etmeden önce|gizliliğiniz|çerez|onay|قبل المتابعة|خصوصيتك|ملفات تعريف الارتباط
الموافقة|پیش از ادامه|حریم خصوصی|کوکی|לפני שתמשיכו|פרטיות|עוגיות|הסכמה|जारी रखने से पहले|गोपनीयता
कुकी|চালিয়ে যাওয়ার আগে|গোপনীয়তা|কুকি|ก่อนที่จะไปต่อ|ความเป็นส่วนตัว|คุกกี้|trước khi tiếp tục
quyền riêng tư|sebelum melanjutkan|privasi anda|persetujuan|继续之前|您的隐私|隐私|同意|繼續之前
您的隱私|隱私權|続行する前に|プライバシー|クッキー|계속하기 전에|개인정보|쿠키|동의
""")

#: Answers that a wall offers.
CONSENT_ANSWERS: Final = _split("""
accept all|accept cookies|accept and continue|i accept|i agree|agree and|reject all|decline
manage options|manage settings|allow all|allow cookies|got it|alle akzeptieren|akzeptieren
zustimmen|alle ablehnen|ablehnen|einverstanden|tout accepter|accepter|tout refuser|refuser
j'accepte|aceptar|rechazar|acepto|aceitar|rejeitar|aceito|concordo|accetta|rifiuta|acconsento
accepteren|akkoord|weigeren|acceptér|afvis|godta|avvis|godkänn|acceptera|avvisa|hyväksy|hylkää
akceptuj|akceptuję|zgadzam|odrzuć|přijmout|souhlasím|odmítnout|prijať|súhlasím|odmietnuť|elfogad
elutasít|acceptă|acceptați|accept|respinge|приемам|отказвам|принять|принимаю|согласен|отклонить
прийняти|погоджуюсь|відхилити|прихвати|одбиј|prihvati|odbij|prihvaćam|sprejmi|zavrni|sutinku
priimti|atmesti|piekrītu|noraidīt|nõustun|keeldun|αποδοχή|απόρριψη|kabul et|reddet|قبول|أوافق|رفض
می‌پذیرم|موافقم|אישור|מסכים|דחייה|स्वीकार|अस्वीकार|গ্রহণ|প্রত্যাখ্যান|ยอมรับ|ปฏิเสธ|chấp nhận
đồng ý|từ chối|terima|setuju|tolak|接受|拒绝|拒絕|同意|すべて許可|拒否|承諾|수락|동의|거부
""")

#: What a page that asks who the reader is calls itself.
LOGIN: Final = _split("""
sign in|log in|login|log on|logon|sign-in|log-in|member login|authentication|single sign-on
anmelden|anmeldung|einloggen|connexion|se connecter|identification|authentification|iniciar sesión
inicio de sesión|acceso|ingresar|iniciar sessão|entrar|acessar|accedi|accesso|inloggen|aanmelden
log ind|logg inn|logga in|inloggning|kirjaudu|kirjautuminen|innskráning|zaloguj|logowanie
přihlášení|přihlásit|prihlásenie|prihlásiť|bejelentkezés|belépés|autentificare|conectare
intră în cont|вход|влез|войти|авторизация|вхід|увійти|авторизація|пријава|пријавите се|prijava
prijavite se|prisijungti|prisijungimas|pieslēgties|ieiet|autorizācija|logi sisse|sisselogimine
σύνδεση|είσοδος|giriş|oturum aç|تسجيل الدخول|دخول|ورود|התחברות|כניסה|लॉग इन|साइन इन|লগ ইন|লগইন
เข้าสู่ระบบ|ลงชื่อเข้าใช้|đăng nhập|masuk|log masuk|登录|登入|登錄|ログイン|サインイン|로그인
""")

#: What a page that is nothing without a script says to those who run none.
SCRIPT: Final = _split("""
javascript|java script|джаваскрипт|جافا سكريبت|ジャバスクリプト|자바스크립트
""")
