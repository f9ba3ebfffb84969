"""One number in every way in which people, banks and machines write it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

SCRIPTS = {
    "Arabic": "٠١٢٣٤٥٦٧٨٩", "Persian": "۰۱۲۳۴۵۶۷۸۹", "Burmese": "၀၁၂၃၄၅၆၇၈၉", "Shan": "႐႑႒႓႔႕႖႗႘႙",
    "Thai": "๐๑๒๓๔๕๖๗๘๙", "Lao": "໐໑໒໓໔໕໖໗໘໙", "Khmer": "០១២៣៤៥៦៧៨៩", "Devanagari": "०१२३४५६७८९",
    "Bengali": "০১২৩৪৫৬৭৮৯", "full width": "０１２３４５６７８９",
}  # fmt: skip
_HAN = "零一二三四五六七八九"
_RECEIPTS = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")

Writer = Callable[[Decimal], str]


def digits(script: str, comma: str = ",", point: str = ".") -> Writer:
    """A writer with the digits of a script, thousands parted."""
    table = str.maketrans("0123456789,.", SCRIPTS[script] + comma + point)
    return lambda value: f"{value:,.2f}".translate(table)


def lakhs(value: Decimal) -> str:
    """12,34,567.89"""
    whole, _, part = f"{value:.2f}".partition(".")
    front, last = whole[:-3], whole[-3:]
    groups = []
    while front:
        groups.append(front[-2:])
        front = front[:-2]
    return ",".join([*reversed(groups), last]) + f".{part}"


def han(value: int) -> str:
    """三万五千零二十"""
    if value == 0:
        return _HAN[0]
    parts = []
    for scale, word in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section, value = divmod(value, scale)
        if section:
            zero = _HAN[0] if parts and section < 1_000 else ""
            parts.append(zero + _section(section) + word)
    return "".join(parts)


def _section(value: int) -> str:
    told, gap = "", False
    for place, word in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, place)
        if digit:
            told += (_HAN[0] if gap and told else "") + _HAN[digit] + word
            gap = False
        else:
            gap = True
    return told


# Ways that keep two decimals.
WITH_CENTS: dict[str, Writer] = {
    "plain": lambda value: f"{value:.2f}",
    "thousands": lambda value: f"{value:,.2f}",
    "comma": lambda value: f"{value:,.2f}".translate(str.maketrans(",.", ".,")),
    "blanks": lambda value: f"{value:,.2f}".replace(",", " "),
    "narrow blanks": lambda value: f"{value:,.2f}".translate(str.maketrans({",": "\u202f", ".": ","})),
    "apostrophes": lambda value: f"{value:,.2f}".replace(",", "’"),
    "lakhs": lakhs,
    "power of ten": lambda value: f"{value:.17e}",
    "ten thousands": lambda value: f"{value / 10**4:f}万",
    "hundred millions": lambda value: f"{value / 10**8:f}亿",
    **{script: digits(script) for script in SCRIPTS},
    "Arabic signs": digits("Arabic", "٬", "٫"),
    "Persian signs": digits("Persian", "٬", "٫"),
    "Khmer comma": digits("Khmer", ".", ","),
    "full width signs": digits("full width", "，", "．"),
}
# Ways of whole numbers.
WHOLE: dict[str, Writer] = {
    "by turns": lambda value: "".join(
        f"{part}{word}" for part, word in ((int(value) // 10**8, "亿"), (int(value) // 10**4 % 10**4, "万")) if part
    ),
    "Chinese": lambda value: han(int(value)),
    "on receipts": lambda value: han(int(value)).translate(_RECEIPTS),
    "lakh": lambda value: f"{value / 10**5:f} lakh",
    "crore": lambda value: f"{value / 10**7:f} crore",
}
