"""Words in and around dates that CLDR does not list, kept by hand.

Each line says its language. Particles stand between the parts of a date and say nothing; ordinals
are glued to the day; clock words announce or follow a time.
"""

from __future__ import annotations

__all__ = [
    "AGO", "CLOCK_WORDS", "DAYS", "ERAS", "MARKERS", "MONTHS", "MONTHS_AS_WORDS", "NO_WEEKDAYS",
    "ORDINALS", "PARTICLES", "PERSIAN_MONTHS", "RANGE_WORDS", "WEEKDAYS",
]  # fmt: skip

#: Months as people abbreviate or spell them.
MONTHS: dict[str, tuple[str, ...]] = {
    # fmt: off
    "en": ("", "febr", "", "", "", "june", "july", "", "sept", "", "", ""),
    "de": ("jän|jänner|jaen", "feber", "mrz|maerz", "", "", "", "", "", "sept", "", "", ""),
    "fr": ("", "fév|fev|fevr", "", "", "", "", "", "aou|aoû", "sep", "", "", "déc|dec"),
    "es": ("", "", "", "", "", "", "", "", "sep|sept|set|setiembre", "", "", ""),
    "it": ("genn", "febbr", "", "", "magg", "", "", "", "sett", "ott", "", ""),
    "pt": ("", "", "", "", "", "", "", "", "", "", "", ""),
    "nl": ("", "febr", "mrt", "", "", "", "", "", "sept", "", "", ""),
    "sv": ("", "", "", "", "", "", "", "", "sept", "", "", ""),
    "da": ("", "", "", "", "", "", "", "", "sept", "", "", ""),
    "pl": ("", "", "", "", "", "", "", "", "wrz|wrzes", "paz", "", ""),
    "cs": ("", "", "", "", "", "červ", "", "", "září|zari", "", "", ""),
    "ru": ("", "февр", "", "", "", "", "", "", "сен|сент", "", "нояб", ""),
    "uk": ("", "", "", "", "", "", "", "", "", "", "", ""),
    "bg": ("", "", "", "", "", "", "", "", "", "", "", ""),
    "el": ("ιανουαριου", "", "", "", "", "", "", "", "", "", "", ""),
    "tr": ("", "", "", "", "", "", "", "", "", "", "", ""),
    "id": ("", "pebruari", "", "", "", "", "", "agt|agust", "", "", "nop|nopember", ""),
    "fi": ("tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kesäkuu", "heinäkuu", "elokuu", "syyskuu", "lokakuu", "marraskuu", "joulukuu"),
    "lv": ("janvārī", "februārī", "martā", "aprīlī", "maijā", "jūnijā", "jūlijā", "augustā", "septembrī", "oktobrī", "novembrī", "decembrī"),
    "he": ("", "", "מרס|במרס", "", "", "", "", "", "", "", "", ""),
    "vi": ("tháng một|tháng giêng", "tháng hai", "tháng ba", "tháng tư", "tháng năm", "tháng sáu", "tháng bảy", "tháng tám", "tháng chín", "tháng mười", "tháng mười một", "tháng mười hai|tháng chạp"),
    "hr": ("siječanj", "veljača", "ožujak", "travanj", "svibanj", "lipanj", "srpanj", "kolovoz", "rujan", "listopad", "studeni|studenog", "prosinac"),
    # fmt: on
}

#: Weekdays likewise, Monday first.
WEEKDAYS: dict[str, tuple[str, ...]] = {
    "en": ("", "tues", "weds", "thur|thurs", "", "", ""),
    "ja": ("月曜", "火曜", "水曜", "木曜", "金曜", "土曜", "日曜"),
    "zh": ("礼拜一|禮拜一", "礼拜二|禮拜二", "礼拜三", "礼拜四", "礼拜五", "礼拜六", "星期天|週日"),
    "pt": ("segunda", "terça", "quarta", "quinta", "sexta", "", ""),
}

#: Months of the solar hijri calendar (fa, in Iran; CLDR has them, Babel does not).
PERSIAN_MONTHS: tuple[str, ...] = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد|امرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip

#: Words whose whole sense is the place they stand in: ``5 de marzo de 2024``, ``2024 m. kovo 5 d.``
PARTICLES = frozenset(
    # fmt: off
    (
        "of the "  # en
        "de del d l "  # es pt fr ca gl it
        "ta "  # mt
        "dhen "  # gd
        "د "  # ps
        "di dal il "  # it
        "ng ika "  # fil
        "m d "  # lt: metų, diena
        "gada gads "  # lv
        "e të "  # sq
        "ko eko en a "  # eu
        "năm ngày "  # vi
        "г года год "  # ru bg
        "р року рік "  # uk
        "года год г "  # be
        "წ წლის "  # ka
        "թ թվականի "  # hy
        "ж жылы жылғы "  # kk
        "ที่ วันที่ "  # th
        "ວັນທີ "  # lo
        "ថ្ងៃទី ឆ្នាំ ខែ "  # km
        "den dnia den "  # de sv cs pl
        "le "  # fr
        "god godine g "  # sr hr bs
        "година г "  # mk bg
        "године год "  # sr
        "év i "  # hu
        "ה "  # he
        "yil "  # uz
        "dia "  # pt
        "mwezi wa tarehe "  # sw
        "سنة عام "  # ar
        "سال "  # fa
        "سے کو "  # ur
        "को "  # hi
    ).split()
    # fmt: on
)

#: What turns a day into *the fifth*.
ORDINALS = frozenset(
    "st nd rd th mh º ª er re ème o a го ого е й ე ம் ஆம் ই শে লা রা ঠা η ης".split()
)

#: What stands between the first and the last day.
RANGE_WORDS = frozenset("to bis au al a até do tot till til do по до until through".split())

#: Of these, and of the ordinals, those that are short weekdays elsewhere, and no loss as such.
NO_WEEKDAYS = frozenset("to al do st".split())

#: Words that announce a time or follow one: ``at 10:30``, ``um 10.30 Uhr``, ``kl. 10``.
CLOCK_WORDS = frozenset(
    "at t uhr um kl klo à ore alle ore a las om at în la o godz h в у kell saat ч год час "
    "lúc pukul jam".split()
)

#: What CLDR's characters for year, month and day stand for, behind the figure or before it.
MARKERS: dict[str, str] = {
    "年": "y", "年度": "x", "年份": "x", "月": "m", "月份": "m", "日": "d", "号": "d", "號": "d",
    "년": "y", "년도": "x", "월": "m", "일": "d",
    "оны": "y", "он": "y", "сар": "m", "сарын": "m", "р": "o", "өдөр": "d",
    "tháng": "T", "thg": "T", "th": "o",
}  # fmt: skip

#: Names that begin another count of years, with the year before the first.
ERAS: dict[str, int] = {
    "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867,  # ja
    "R": 2018, "H": 1988, "S": 1925,  # ja, as initials
    "民國": 1911, "民国": 1911, "中華民國": 1911,  # zh-Hant
    "พ.ศ": -543, "พศ": -543,  # th
    "ค.ศ": 0,  # th
}  # fmt: skip

#: Today, yesterday, the day before.
DAYS: dict[str, tuple[str, str, str]] = {
    "en": ("today|just now|moments ago|a moment ago", "yesterday", ""),
    "de": ("heute|gerade eben|soeben", "gestern", "vorgestern"),
    "fr": ("aujourd'hui|aujourd’hui|à l'instant", "hier", "avant-hier"),
    "es": ("hoy|ahora mismo", "ayer", "anteayer|antier"),
    "it": ("oggi|adesso|poco fa", "ieri", "l'altro ieri"),
    "pt": ("hoje|agora mesmo", "ontem", "anteontem"),
    "ru": ("сегодня|только что", "вчера", "позавчера"),
    "uk": ("сьогодні|щойно", "вчора|учора", "позавчора"),
    "zh": ("今天|今日|刚刚|剛剛|刚才", "昨天|昨日", "前天"),
    "ja": ("今日|本日|たった今", "昨日|きのう", "一昨日|おととい"),
    "ko": ("오늘|방금|방금 전", "어제", "그저께|그제"),
    "th": ("วันนี้|เมื่อสักครู่", "เมื่อวาน|เมื่อวานนี้", "เมื่อวานซืน"),
    "tr": ("bugün|az önce|şimdi", "dün", "evvelsi gün"),
    "pl": ("dzisiaj|dziś|przed chwilą", "wczoraj", "przedwczoraj"),
    "nl": ("vandaag|zojuist", "gisteren", "eergisteren"),
    "vi": ("hôm nay|vừa xong", "hôm qua", "hôm kia"),
    "id": ("hari ini|baru saja", "kemarin", ""),
}

#: So long ago, as people say it beside CLDR; ``{0}`` is the number.
AGO: dict[str, dict[str, str]] = {
    "en": {
        "second": "{0} secs ago|{0} sec ago",
        "minute": "{0} mins ago|{0} min ago|a minute ago|{0}min ago",
        "hour": "{0} hrs ago|{0} hr ago|an hour ago|one hour ago",
        "day": "a day ago|one day ago",
        "week": "a week ago|{0} wks ago",
        "month": "a month ago|{0} mos ago",
        "year": "a year ago|{0} yrs ago",
    },
    "zh": {
        "minute": "{0}分鐘前|{0}分钟以前",
        "hour": "{0}小時前|{0}个小时前|{0}個小時前",
        "day": "{0}日前",
        "week": "{0}週前|{0}个星期前",
        "month": "{0}個月前",
    },
    "th": {
        "second": "{0} วินาทีที่แล้ว",
        "minute": "{0} นาทีที่แล้ว",
        "hour": "{0} ชั่วโมงที่แล้ว|{0} ชม.ที่แล้ว",
        "day": "{0} วันที่แล้ว",
        "week": "{0} สัปดาห์ที่แล้ว",
        "month": "{0} เดือนที่แล้ว",
        "year": "{0} ปีที่แล้ว",
    },
    "de": {"hour": "vor einer stunde", "day": "vor einem tag", "minute": "vor {0} min"},
    "fr": {"hour": "il y a une heure", "day": "il y a un jour"},
    "es": {"hour": "hace una hora", "day": "hace un día"},
    "ru": {"hour": "час назад|{0} час. назад", "minute": "минуту назад", "day": "день назад"},
    "pl": {"hour": "godzinę temu|{0} godz. temu", "day": "wczoraj"},
}

#: Lower-case words that are months only with a figure on either side: ``3 may be``.
MONTHS_AS_WORDS = frozenset("may march mar dec set out".split())
