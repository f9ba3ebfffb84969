"""Burmese in the code of the Zawgyi font, turned into Unicode."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

# Signs that stand where Unicode never has them: an asat before no stacked letter, e or the medial r in front.
_SIGNS = re.compile(
    "\u1039(?![\u1000-\u1021])|(?:^|[\\s\u1037\u1038\u1039])[\u1031\u103b]|[\u105a\u1060-\u1097]|\u1031\u103b?[\u1000-\u1021]"
    "|\u103a[\u102b-\u1032\u103b-\u103d]|[\u1033\u1034]|\u103b[\u1000-\u1021](?![\u1039\u103a])"
)
# Of them those that no language of the script has where Unicode is kept to: Shan, Mon and Karen use others' letters.
_SURE = re.compile("\u1039(?![\u1000-\u1021])|(?:^|\\s)[\u1031\u103b][\u1000-\u1021]")
_UNICODE = re.compile("[\u1000-\u1021\u103f][\u103b-\u103e]*\u1031|\u1004\u103a\u1039|\u1039[\u1000-\u1021]|\u103e")


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    told = tomllib.loads(files("upriver.clean").joinpath("zawgyi.toml").read_text("utf-8"))
    return {ord(old): new for old, new in told.items()}


def is_zawgyi(text: str) -> bool:
    """Whether Burmese text bears signs of Zawgyi, and more of them than of Unicode."""
    found = len(_SIGNS.findall(text))
    return found > 0 and found >= len(_UNICODE.findall(text))


def repaired(text: str) -> str:
    """A text of evidence in Unicode; turned only where it is surely in Zawgyi, so that Shan, Mon and Karen stay.

    >>> repaired("ေအာင္ထြန္း")
    'အောင်ထွန်း'
    """
    return to_unicode(text) if _SURE.search(text) else text


def to_unicode(text: str) -> str:
    """Text in Unicode's order and letters, from Zawgyi where it bears its marks.

    >>> to_unicode("ေအာင္ထြန္း") == "အောင်ထွန်း"
    True
    """
    if not is_zawgyi(text):
        return text
    text = text.translate(_table())
    # Zawgyi writes e and the medial r before the letter, kinzi after it.
    text = re.sub("(\u1031?)\ue002([\u1000-\u1021\u103f])", "\\2\u103c\\1", text)
    text = re.sub("([\u1000-\u1021])(\u1031?)\ue003", "\u1004\u103a\u1039\\1\\2", text)
    text = re.sub("\u1031([\u1000-\u1021\u103f](?:\ue001[\u1000-\u1021])?)([\u103b-\u103e]*)", "\\1\\2\u1031", text)
    text = re.sub("\u1031([\u103b-\u103e]+)", "\\1\u1031", text)
    text = re.sub("[\u103b-\u103e]{2,}", lambda found: "".join(sorted(found.group())), text)
    text = re.sub("([\u102f\u1030])([\u102d\u102e\u1032])", "\\2\\1", text)
    text = text.replace("\u1036\u102f", "\u102f\u1036").replace("\u103a\u1037", "\u1037\u103a")
    return text.replace("\ue001", "\u1039").replace("\u1025\u103a", "\u1009\u103a")
