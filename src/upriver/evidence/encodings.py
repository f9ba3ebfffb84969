"""Which characters the bytes of a file stand for: told by a mark, or guessed from the bytes that are not ASCII."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from upriver.evidence.folder import UnreadableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_BLOCK = 1 << 20
_FEW = 8  # bytes beyond ASCII that are too few to guess by
_TRUSTED = 0.6  # share of letters that must be everyday ones before a legacy encoding is believed


def marked(head: bytes) -> str | None:
    """The encoding that a byte order mark tells, if there is one."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin digits and delimiters is zero, and hardly any else.

    >>> unmarked_utf16("1,2,3".encode("utf-16-le")), unmarked_utf16(b"PK" + bytes(30))
    ('utf-16-le', None)
    """
    n_even, n_odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    # A few characters, as \u8a00, have their zero on the other side.
    if n_odd > half * 0.3 and n_even * 10 < n_odd:
        return "utf-16-le"
    if n_even > half * 0.3 and n_odd * 10 < n_even:
        return "utf-16-be"
    return None


def guess(sample: bytes) -> str | None:
    """The encoding of `sample`, bytes with no zero and no mark among them; None when nothing fits.

    UTF-8 with a few torn bytes stays UTF-8: those rows are then broken, the others are read. So does a text without
    any other sign that has so few of them that they speak for no encoding.
    """
    if sample.isascii():
        return "utf-8"
    n_good, n_bad = _utf8_parts(sample)
    if n_good > 2 * n_bad:
        return "utf-8"
    scores = {name: score(sample) for name, score in _SCORES.items()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] >= _TRUSTED:
        return best
    if sum(byte > 0x7F for byte in sample) < _FEW:
        return "utf-8"
    return _by_frequency(sample)


def transcode(path: Path, encoding: str, target: Path) -> None:
    """Write the file at `path` to `target` as UTF-8 with bare line feeds, block by block.

    A byte that the encoding does not know becomes a sequence that no UTF-8 has: its row is broken, not the file, and
    `escaped` tells it.
    raises  UnreadableError when the file as a whole is not of this encoding
    """
    try:
        _transcode(path, encoding, target)
    except UnicodeError as error:
        # Not a byte that is no character, but a file that cannot be of this encoding at all: UTF-16 without its mark.
        raise UnreadableError(
            f"it does not read as {encoding}: {error}", "correct encoding in case.toml, or leave it to be guessed"
        ) from error


def _transcode(path: Path, encoding: str, target: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)(_MARK)
    after_return = False
    with path.open("rb") as source, target.open("wb") as out:
        while True:
            block = source.read(_BLOCK)
            text = decoder.decode(block, final=not block)
            # A pair of return and feed may be cut by the end of a block.
            if after_return and text.startswith("\n"):
                text = text[1:]
            after_return = text.endswith("\r")
            text = text.removeprefix("\ufeff") if out.tell() == 0 else text
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            out.write(text.encode("utf-8", _MARK))
            if not block:
                return


def declared(path: Path) -> str | None:
    """The encoding that an XML document names for itself, as Python calls it; None where it names none known."""
    with path.open("rb") as stream:
        found = _DECLARED.match(stream.read(512))
    try:
        return codecs.lookup(found[1].decode("ascii")).name if found else None
    except LookupError:
        return None


@contextmanager
def utf8(path: Path, encoding: str) -> Iterator[IO[bytes]]:
    """The bytes of a text as UTF-8 with line feeds, with or without a mark; another encoding is rewritten first."""
    with path.open("rb") as stream:
        head = stream.read(_BLOCK)
        if encoding.lower().replace("_", "-").startswith("utf-8") and (b"\n" in head or b"\r" not in head):
            stream.seek(0)
            yield stream
            return
    with TemporaryDirectory(prefix="upriver-") as folder:
        target = Path(folder) / "text"
        transcode(path, encoding, target)
        with target.open("rb") as stream:
            yield stream


BAD_BYTES = "it holds bytes that are no characters in the file's encoding"
_MARK = "upriver-mark"
_HALVES = 0xDC00  # halves of characters, which no text holds: one for each byte that is none, while a text is decoded
# The first three of four bytes of a character that there is not, with the bad byte in the last two: whoever decodes it
# meets one error.
_MARKED = re.compile(rb"\xf1([\x80-\x83])([\x80-\xbf])(?![\x80-\xbf])")


def escaped(raw: bytes) -> str:
    """Bytes of a text as text for a person: what is no character is shown as its byte.

    >>> escaped(b"A\\xff")
    'A\\\\xff'
    """
    if not raw.isascii():
        raw = _MARKED.sub(lambda found: b"\\x%02x" % (found[1][0] % 64 * 64 + found[2][0] % 64), raw)
    return raw.decode("utf-8", "backslashreplace")


def _mark_unknown(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        return "".join(chr(_HALVES + byte) for byte in error.object[error.start : error.end]), error.end
    if isinstance(error, UnicodeEncodeError):
        bad = (ord(half) - _HALVES for half in error.object[error.start : error.end])
        return b"".join(bytes((0xF1, 0x80 | byte >> 6, 0x80 | byte & 63)) for byte in bad), error.end
    raise error


codecs.register_error(_MARK, _mark_unknown)


def _utf8_parts(sample: bytes) -> tuple[int, int]:
    """Whole characters beyond ASCII, and places that are not UTF-8; a torn last character counts as neither."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(sample)
    n_bad = text.count("\ufffd")
    return sum(1 for character in text if character > "\x7f") - n_bad, n_bad


def _share(sample: bytes, encoding: str, everyday: Callable[[str], bool]) -> float:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    beyond = [character for character in text if character > "\x7f"]
    return sum(1 for character in beyond if everyday(character)) / len(beyond) if beyond else 0.0


def _everyday_simplified(character: str) -> bool:
    # GB2312 orders its first level, the 3,755 common characters, in rows B0 to D7; A1 to A3 hold punctuation.
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and (0xB0 <= code[0] <= 0xD7 or code[0] <= 0xA3)


def _everyday_traditional(character: str) -> bool:
    # Big5 orders its 5,401 common characters in rows A4 to C6; A1 to A3 hold punctuation.
    try:
        code = character.encode("big5")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and code[0] <= 0xC6


def _thai(sample: bytes) -> float:
    # Every byte from A1 up is some Thai letter, so the letters must also stand as Thai ones do: signs above and below
    # only after a consonant, and in words.
    text = sample.decode("cp874", "replace")
    beyond = sum(1 for character in text if character > "\x7f")
    letters = sum(len(word) for word in _THAI_WORD.findall(text))
    return letters / beyond if beyond else 0.0


_THAI_WORD = re.compile(
    r"(?:[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{0,2}[\u0e30\u0e32\u0e33\u0e45]?){2,}"
)

# One accented letter among plain ones: the Latin of western Europe. FF is hardly ever its letter, and often dirt.
_ACCENTED = re.compile(rb"(?<![\x80-\xff])[\xc0-\xfe](?=[A-Za-z])|(?<=[A-Za-z])[\xc0-\xfe](?![\x80-\xff])")

_SCORES: dict[str, Callable[[bytes], float]] = {
    # Agencies also write traditional characters in GB18030.
    "gb18030": lambda sample: _share(sample, "gb18030", lambda c: _everyday_simplified(c) or _everyday_traditional(c)),
    "big5": lambda sample: _share(sample, "big5hkscs", _everyday_traditional),
    "cp874": _thai,
    "cp1252": lambda sample: len(b"".join(_ACCENTED.findall(sample))) / sum(byte > 0x7F for byte in sample),
}


def _by_frequency(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample[: 1 << 16]).best()
    return best.encoding.replace("_", "-") if best else None
