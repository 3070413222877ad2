"""Words in and around dates that CLDR does not list, kept by hand.

Every line begins with its language, ``*`` for many. Names of several words are parted by bars. The
module is read when the table of ``names`` is built, which the program reads instead: after a
change run ``python benchmarks/build_date_names.py``.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = [
    "AGO",
    "CLOCK_WORDS",
    "DAYS",
    "ERAS",
    "ERA_INITIALS",
    "MARKERS",
    "MONTHS",
    "MONTHS_AS_WORDS",
    "NO_WEEKDAYS",
    "ORDINALS",
    "PARTICLES",
    "PERSIAN_MONTHS",
    "RANGE_WORDS",
    "TWO_AGO",
    "WEEKDAYS",
]

Rows = list[tuple[str, str, list[str]]]


def _words(table: str) -> frozenset[str]:
    """Return the words of a table whose lines are a language and words."""
    return frozenset(word for line in table.strip().splitlines() for word in line.split()[1:])


def _rows(table: str) -> Rows:
    """Return language, key and names of a table whose lines are those."""
    return list(_split_rows(table))


def _split_rows(table: str) -> Iterator[tuple[str, str, list[str]]]:
    for line in table.strip().splitlines():
        language, key, names = line.split(maxsplit=2)
        yield language, key, names.split("|")


#: Months, from 1, as people abbreviate or spell them.
MONTHS = _rows(
    """
bn 1 জানুয়ারি
bn 2 ফেব্রুয়ারি
en 2 febr
en 6 june
en 7 july
en 9 sept
de 1 jän|jänner|jaen
de 2 feber
de 3 mrz|maerz
de 9 sept
fr 2 fév|fev|fevr
fr 8 aou|aoû
fr 9 sep
fr 12 déc|dec
es 9 sep|sept|set|setiembre
it 1 genn
it 2 febbr
it 5 magg
it 9 sett
it 10 ott
nl 2 febr
nl 3 mrt
nl 9 sept
sv 9 sept
da 9 sept
pl 9 wrz|wrzes
pl 10 paz
cs 6 červ
cs 9 září|zari
ru 2 февр
ru 9 сен|сент
ru 11 нояб
el 1 ιανουαριου
id 2 pebruari
id 8 agt|agust
id 11 nop|nopember
fi 1 tammikuu
fi 2 helmikuu
fi 3 maaliskuu
fi 4 huhtikuu
fi 5 toukokuu
fi 6 kesäkuu
fi 7 heinäkuu
fi 8 elokuu
fi 9 syyskuu
fi 10 lokakuu
fi 11 marraskuu
fi 12 joulukuu
lv 1 janvārī
lv 2 februārī
lv 3 martā
lv 4 aprīlī
lv 5 maijā
lv 6 jūnijā
lv 7 jūlijā
lv 8 augustā
lv 9 septembrī
lv 10 oktobrī
lv 11 novembrī
lv 12 decembrī
he 3 מרס|במרס
vi 1 tháng một|tháng giêng
vi 2 tháng hai
vi 3 tháng ba
vi 4 tháng tư
vi 5 tháng năm
vi 6 tháng sáu
vi 7 tháng bảy
vi 8 tháng tám
vi 9 tháng chín
vi 10 tháng mười
vi 11 tháng mười một
vi 12 tháng mười hai|tháng chạp
hr 1 siječanj
hr 2 veljača
hr 3 ožujak
hr 4 travanj
hr 5 svibanj
hr 6 lipanj
hr 7 srpanj
hr 8 kolovoz
hr 9 rujan
hr 10 listopad
hr 11 studeni|studenog
hr 12 prosinac
"""
)

#: Weekdays likewise, from Monday 0.
WEEKDAYS = _rows(
    """
en 1 tues
en 2 weds
en 3 thur|thurs
th 0 จันทร์
th 1 อังคาร
th 2 พุธ
th 3 พฤหัสบดี|พฤหัส
th 4 ศุกร์
th 5 เสาร์
th 6 อาทิตย์
ja 0 月曜
ja 1 火曜
ja 2 水曜
ja 3 木曜
ja 4 金曜
ja 5 土曜
ja 6 日曜
zh 0 礼拜一|禮拜一
zh 1 礼拜二|禮拜二
zh 2 礼拜三
zh 3 礼拜四
zh 4 礼拜五
zh 5 礼拜六
zh 6 星期天|週日
pt 0 segunda
pt 1 terça
pt 2 quarta
pt 3 quinta
pt 4 sexta
"""
)

#: Months of the solar hijri calendar; CLDR has them, Babel leaves them out.
PERSIAN_MONTHS = _rows(
    """
fa 1 فروردین
fa 2 اردیبهشت
fa 3 خرداد
fa 4 تیر
fa 5 مرداد|امرداد
fa 6 شهریور
fa 7 مهر
fa 8 آبان
fa 9 آذر
fa 10 دی
fa 11 بهمن
fa 12 اسفند
"""
)

#: Today 0, yesterday 1, the day before 2.
DAYS = _rows(
    """
en 0 today|just now|moments ago|a moment ago
en 1 yesterday
de 0 heute|gerade eben|soeben
de 1 gestern
de 2 vorgestern
fr 0 aujourd'hui|aujourd’hui|à l'instant
fr 1 hier
fr 2 avant-hier
es 0 hoy|ahora mismo
es 1 ayer
es 2 anteayer|antier
it 0 oggi|adesso|poco fa
it 1 ieri
it 2 l'altro ieri
pt 0 hoje|agora mesmo
pt 1 ontem
pt 2 anteontem
ru 0 сегодня|только что
ru 1 вчера
ru 2 позавчера
uk 0 сьогодні|щойно
uk 1 вчора|учора
uk 2 позавчора
zh 0 今天|今日|刚刚|剛剛|刚才
zh 1 昨天|昨日
zh 2 前天
ja 0 今日|本日|たった今
ja 1 昨日|きのう
ja 2 一昨日|おととい
ko 0 오늘|방금|방금 전
ko 1 어제
ko 2 그저께|그제
th 0 วันนี้|เมื่อสักครู่
th 1 เมื่อวาน|เมื่อวานนี้
th 2 เมื่อวานซืน
tr 0 bugün|az önce|şimdi
tr 1 dün
tr 2 evvelsi gün
pl 0 dzisiaj|dziś|przed chwilą
pl 1 wczoraj
pl 2 przedwczoraj
nl 0 vandaag|zojuist
nl 1 gisteren
nl 2 eergisteren
vi 0 hôm nay|vừa xong
vi 1 hôm qua
vi 2 hôm kia
id 0 hari ini|baru saja
id 1 kemarin
"""
)

#: Two of a unit ago in one word, beside CLDR.
TWO_AGO = _rows(
    """
ar minute منذ دقيقتين
ar hour منذ ساعتين
ar day منذ يومين
ar week منذ أسبوعين|قبل أسبوعين
ar month منذ شهرين
ar year منذ سنتين|منذ عامين|قبل عامين
he hour לפני כשעתיים
he day לפני כיומיים
"""
)

#: So long ago, as people say it beside CLDR; ``{0}`` is the number.
AGO = _rows(
    """
en week one week ago
en month one month ago
en year one year ago
de minute vor einer minute
de week vor einer woche
de month vor einem monat
de year vor einem jahr
fr minute il y a une minute
fr week il y a une semaine
fr month il y a un mois
fr year il y a un an
es minute hace un minuto
es week hace una semana
es month hace un mes
es year hace un año
it minute un minuto fa
it hour un'ora fa
it day un giorno fa
it week una settimana fa
it month un mese fa
it year un anno fa
pt minute {0} minutos atrás|{0} minuto atrás|{0} min atrás|um minuto atrás|há um minuto
pt hour {0} horas atrás|{0} hora atrás|uma hora atrás|há uma hora
pt day {0} dias atrás|{0} dia atrás|um dia atrás|há um dia
pt week {0} semanas atrás|{0} semana atrás|uma semana atrás|há uma semana
pt month {0} meses atrás|{0} mês atrás|um mês atrás|há um mês
pt year {0} anos atrás|{0} ano atrás|um ano atrás|há um ano
nl hour een uur geleden
nl day een dag geleden
nl week een week geleden
nl month een maand geleden
el minute πριν {0} λεπτά|πριν {0} λεπτό
el hour πριν {0} ώρες|πριν {0} ώρα
el day πριν {0} ημέρες|πριν {0} ημέρα|πριν {0} μέρες
ar minute منذ {0} دقائق|منذ {0} دقيقة|قبل {0} دقيقة|منذ دقيقة
ar hour منذ {0} ساعات|منذ {0} ساعة|قبل {0} ساعة|منذ ساعة|قبل ساعة
ar day منذ {0} أيام|منذ {0} يوم|منذ {0} يوما|منذ يوم|قبل يوم
ar week منذ أسبوع|منذ {0} أسابيع
ar month منذ شهر|منذ {0} أشهر
ar year منذ سنة|منذ {0} سنوات
he minute לפני דקה
he hour לפני שעה
he day לפני יום
he week לפני שבוע
he month לפני חודש
he year לפני שנה
en second {0} secs ago|{0} sec ago
en minute {0} mins ago|{0} min ago|a minute ago|{0}min ago
en hour {0} hrs ago|{0} hr ago|an hour ago|one hour ago
en day a day ago|one day ago
en week a week ago|{0} wks ago
en month a month ago|{0} mos ago
en year a year ago|{0} yrs ago
zh minute {0}分鐘前|{0}分钟以前
zh hour {0}小時前|{0}个小时前|{0}個小時前
zh day {0}日前
zh week {0}週前|{0}个星期前
zh month {0}個月前
th second {0} วินาทีที่แล้ว
th minute {0} นาทีที่แล้ว
th hour {0} ชั่วโมงที่แล้ว|{0} ชม.ที่แล้ว
th day {0} วันที่แล้ว
th week {0} สัปดาห์ที่แล้ว
th month {0} เดือนที่แล้ว
th year {0} ปีที่แล้ว
de hour vor einer stunde
de day vor einem tag
de minute vor {0} min
fr hour il y a une heure
fr day il y a un jour
es hour hace una hora
es day hace un día
ru hour час назад|{0} час. назад
ru minute минуту назад
ru day день назад
pl hour godzinę temu|{0} godz. temu
"""
)

#: Words whose whole sense is the place they stand in: ``5 de marzo de 2024``, ``kovo 5 d.``
PARTICLES = _words(
    """
en of the
es de del
pt de do dia
fr le de
ca de del d l
gl de
it di dal il
mt ta
gd dhen
ps د
fil ng ika
lt m d
lv gada gads
sq e të
eu ko eko en a
vi năm ngày
ru г года год
bg г година
mk г година
sr године год god godine g
uk р року рік
be года год г
ka წ წლის
hy թ թվականի
kk ж жылы жылғы
th ที่ วันที่
lo ວັນທີ
km ថ្ងៃទី ឆ្នាំ ខែ
de den
sv den
cs dne
pl dnia r
hu év i
he ה
uz yil
sw mwezi wa tarehe
ar سنة عام
fa سال ماه
ur سے کو
hi को
"""
)

#: What turns a day into *the fifth*.
ORDINALS = _words(
    """
en st nd rd th
gd mh
es º ª o a
fr er re ème
ru го ого е й
ka ე
ta ம் ஆம்
bn ই শে লা রা ঠা
el η ης
"""
)

#: What stands between the first and the last day.
RANGE_WORDS = _words(
    """
en to till until through and
es y
sv och
hu és
fi ja
tr ve
de bis und
fr au et
es al a
pt até
pl do
nl tot
da til og
ru по до и
"""
)

#: Of these, those that are short weekdays elsewhere, where they are no loss as such.
NO_WEEKDAYS = _words(
    """
* to al do st
"""
)

#: Words that announce a time or follow one: ``at 10:30``, ``10.30 Uhr``, ``kl. 10``.
CLOCK_WORDS = _words(
    """
en at
* t h
de uhr um
sv kl
fi klo
fr à
it ore alle
es a las
nl om
ro la
sk o
pl o godz
ru в ч час
uk год
be у
et kell
tr saat
vi lúc
id pukul jam
"""
)

#: Months that are other words unless they have a capital: ``3 may be``.
MONTHS_AS_WORDS = _words(
    """
en may march mar dec
"""
)

#: Characters and words for year ``y``, month ``m`` and day ``d`` behind the figure, or ``T`` for
#: the month before it; ``x`` for those that only begin like one.
MARKERS: dict[str, str] = {
    "年": "y",
    "年度": "x",
    "年份": "x",
    "月": "m",
    "月份": "m",
    "日": "d",
    "号": "d",
    "號": "d",
    "년": "y",
    "년도": "x",
    "월": "m",
    "일": "d",
    "оны": "y",
    "он": "y",
    "сар": "m",
    "сарын": "m",
    "р": "o",
    "өдөр": "d",
    "tháng": "T",
    "thg": "T",
    "th": "o",
}

#: Names that begin another count of years, with the year before the first.
ERAS: dict[str, int] = {
    "令和": 2018,  # ja
    "平成": 1988,  # ja
    "昭和": 1925,  # ja
    "大正": 1911,  # ja
    "明治": 1867,  # ja
    "民國": 1911,  # zh-Hant
    "民国": 1911,  # zh-Hans
    "中華民國": 1911,  # zh-Hant
    "พ.ศ": -543,  # th
    "พศ": -543,  # th
    "ค.ศ": 0,  # th
}

#: Those of Japan by their initials, which are words elsewhere.
ERA_INITIALS: dict[str, int] = {"R": 2018, "H": 1988, "S": 1925}
