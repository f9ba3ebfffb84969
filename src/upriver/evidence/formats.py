"""Which format a file has: its first bytes say so, its ending helps, and a guess is never made against its bytes."""

from __future__ import annotations

import mmap
import re
import zipfile
from pathlib import Path
from typing import Literal

from upriver.evidence import encodings
from upriver.evidence.archives import DAMAGED, directory, kind_of, within
from upriver.evidence.folder import Content, UnreadableError
from upriver.evidence.readers import mail, mt940, whatsapp

Format = Literal[
    "csv", "xlsx", "json", "jsonl", "text", "html", "whatsapp", "telegram", "eml", "mbox",
    "camt", "mt940", "ofac", "ofac_advanced", "un_list",
    "eu_list", "uk_list", "listed_table", "ftm", "stix", "misp", "archive",
]  # fmt: skip
# Formats that are read in bounded memory, whatever the size of the file.
_LISTS = ("ofac", "ofac_advanced", "un_list", "eu_list", "uk_list", "listed_table")
STREAMED = frozenset(("csv", "jsonl", "mbox", "ftm", "archive", *_LISTS))

_DOCUMENTATION = re.compile(r"(?i)(readme|license|licence|notice|changelog)(\.\w+)?\Z")
_NOT_EVIDENCE = {
    ".md": "documentation", ".rst": "documentation", ".py": "a program", ".sh": "a program", ".js": "a program",
    ".css": "a page's style", ".toml": "settings", ".ini": "settings", ".cfg": "settings", ".sql": "a program",
}  # fmt: skip
# Bytes by which a file that is no text gives itself away, and what to do with it.
_BINARY = (
    (b"%PDF", "a PDF", "save its text as .txt or its tables as .csv, and put them beside it"),
    (b"\x89PNG", "a picture", "write what it shows into a .txt or .csv file beside it"),
    (b"\xff\xd8\xff", "a picture", "write what it shows into a .txt or .csv file beside it"),
    (b"GIF8", "a picture", "write what it shows into a .txt or .csv file beside it"),
    (b"SQLite format 3", "a database", "export its tables as .csv"),
    (b"PAR1", "a Parquet file", "export it as .csv"),
    (b"Rar!", "an archive", "unpack it into the folder"),
    (b"7z\xbc\xaf", "an archive", "unpack it into the folder"),
    (b"BZh", "an archive", "unpack it into the folder"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_SAVE_AGAIN = "open it in its own program and save it again as .xlsx or .csv"
# First elements of the lists that are read, behind whatever stands above them.
_XML_ROOT = re.compile(r"<(?:\w+:)?(?P<root>\w+)(?=[\s>])(?P<rest>[^>]*)")
_XML_FORMATS: dict[str, Format] = {
    "sdnList": "ofac", "Sanctions": "ofac_advanced", "CONSOLIDATED_LIST": "un_list", "Designations": "uk_list",
    "ArrayOfFinancialSanctionsTarget": "uk_list",
}  # fmt: skip
# Columns that only these lists have, all of one line.
_LISTED_TABLES = (("name 6", "group id"), ("name 6", "unique id"), ("namealias_wholename",), ("naal_wholename",))
_TAG = re.compile(rb"(?is)\A\s*(<!--.*?-->\s*)*(<\?xml[^>]*>\s*)?<(!doctype\s+html|html|head|body)\b")


def sniff(path: Path, name: str, seen: Content, told_encoding: str | None) -> tuple[Format, str | None]:
    """Format and encoding of a file; the encoding is None for a workbook.

    raises  UnreadableError when it is empty, not evidence, no text and no workbook, or no encoding fits
    """
    last = within(name).rpartition("/")[2]
    ending = Path(last).suffix.lower()
    if seen.n_bytes == 0:
        raise UnreadableError("it is empty (0 bytes)", "ask for it again where it came from")
    if _DOCUMENTATION.match(last):
        raise UnreadableError("not evidence: documentation", "rename it if it is to be read")
    if ending in _NOT_EVIDENCE:
        raise UnreadableError(f"not evidence: {_NOT_EVIDENCE[ending]}", "save it as .txt or .csv if it is to be read")
    packed = kind_of(path, seen.head)
    if packed in ("tar", "gzip"):
        return "archive", None
    if ending in (".mhtml", ".mht"):
        raise UnreadableError("it is a page packed into one file with its pictures", "save it again as .html or .txt")
    if seen.head.startswith(b"PK"):
        return _zipped(path), None
    if seen.head.startswith(_OLE):
        return _old_office(path), None
    for mark, what, advice in _BINARY:
        if seen.head.startswith(mark):
            raise UnreadableError(f"it is {what}, which cannot be read", advice)
    if ending in (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"):
        raise UnreadableError(f"it ends in {ending} but holds no workbook: damaged, or another format", _SAVE_AGAIN)
    letters = _mail(seen.head, ending)
    if letters:
        return letters, None  # each part of a mail has an encoding of its own
    encoding = _encoding(seen, told_encoding)
    text = seen.head.decode(encoding, "replace").lstrip("\ufeff")
    return _text_format(text, seen.head, Path(last).stem, ending), encoding


def _mail(head: bytes, ending: str) -> Format | None:
    """Whether a file is a mail or a box of them; a table whose first cell looks like a header is none."""
    start = head.lstrip(b"\xef\xbb\xbf\r\n \t")
    if mail.BOXES.match(start):
        return "mbox"
    if ending == ".mbox":
        return "mbox" if b"\nFrom " in head else "eml"
    return "eml" if ending == ".eml" or (ending not in (".csv", ".tsv") and mail.HEAD.match(start)) else None


def _encoding(seen: Content, told: str | None) -> str:
    found = encodings.marked(seen.head) or told or encodings.unmarked_utf16(seen.head[:4096])
    if found:
        return found
    # One zero byte may be dirt in a row; many mean that this is no text.
    if seen.head.count(0) > 8 + len(seen.head) // 1000:
        raise UnreadableError(
            "it is binary: neither a text nor a format that is known", "export its content as text or .csv"
        )
    sample = seen.beyond.replace(b"\0", b"")
    n_controls = sum(byte < 32 and byte not in (9, 10, 12, 13, 27, 1, 30, 31) for byte in seen.head)
    if n_controls > 8 + len(seen.head) // 20:
        raise UnreadableError(
            "it is binary: neither a text nor a format that is known", "export its content as text or .csv"
        )
    guessed = encodings.guess(sample)
    if guessed is None:
        raise UnreadableError(
            "its characters are in no encoding that is known",
            f'name it in case.toml: [files."..."] encoding = "..." (the file has {seen.n_bytes} bytes)',
        )
    return guessed


_CAMT = re.compile(r"<(?:[\w.-]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)[\s/>]")


def _text_format(text: str, head: bytes, stem: str, ending: str) -> Format:
    start = text.lstrip()[:1]
    if start == "<" and _CAMT.search(text):
        return "camt"
    if mt940.KNOWN.search(text.replace("\r", "")):
        return "mt940"
    listed = _xml_format(text) if start == "<" else None
    if listed:
        return listed
    if _TAG.match(head) or ending in (".html", ".htm", ".xhtml"):
        return "html"
    shared = _shared_json(text) if start in "{[" and start else None
    if shared:
        return shared
    if ending in (".jsonl", ".ndjson"):
        return "jsonl"
    if ending == ".json" or (start == "{" and ending != ".csv"):
        return _json_format(text)
    if start != "{" and _is_listed_table(text):
        return "listed_table"
    if ending in (".csv", ".tsv", ".tab", ".psv"):
        return "csv"
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    if whatsapp.looks(lines, stem):
        return "whatsapp"
    if start == "[" and re.match(r"\[\s*[\[{]", text.lstrip()):
        return "json"
    return "csv" if _tabular(lines[:50]) else "text"


def _xml_format(text: str) -> Format | None:
    """The list of which this is the beginning, or None where it is other markup."""
    for match in _XML_ROOT.finditer(text):
        root = match["root"]
        if root in _XML_FORMATS:
            return _XML_FORMATS[root]
        if root == "export" and ("fsd/export" in match["rest"] or "<sanctionEntity" in text):
            return "eu_list"
        return None
    return None


def _is_listed_table(text: str) -> bool:
    heads = (line.lower() for line in text.splitlines()[:6])
    return any(all(column in head for column in columns) for head in heads for columns in _LISTED_TABLES)


def _shared_json(text: str) -> Format | None:
    """What analysts' tools share: FollowTheMoney's entities, a STIX bundle or MISP's events; None where it is none."""
    first = text.lstrip().split("\n", 1)[0]
    if first.startswith("{") and all(re.search(rf'"{name}"\s*:', first) for name in ("id", "schema", "properties")):
        return "ftm"
    if re.search(r'"type"\s*:\s*"bundle"', text) or (
        re.search(r'"spec_version"\s*:\s*"2\.', text) and re.search(r'"objects"\s*:\s*\[', text)
    ):
        return "stix"
    if re.match(r'[\s\[{]*("response"\s*:\s*[\[{\s]*)?"(Event|Attribute)"\s*:', text.lstrip()):
        return "misp"
    return None


def _json_format(text: str) -> Format:
    if re.match(r"\s*\[", text):
        return "json"
    first = text.lstrip().split("\n", 1)[0].strip()
    # One whole object on the first line and another below it: one object a line.
    if first.endswith("}") and re.match(r"\s*\{.*\}\s*\n\s*\{", text, re.DOTALL) and "\n" in text.strip():
        return "jsonl"
    if re.search(r'"messages"\s*:\s*\[', text) and re.search(r'"(date_unixtime|from_id|text_entities)"\s*:', text):
        return "telegram"
    return "telegram" if re.search(r'"chats"\s*:\s*\{', text) else "json"


def _tabular(lines: list[str]) -> bool:
    """A .txt that is a table: every line has as many tabs, bars, semicolons or commas as the first, three or more."""
    for delimiter, least in (("\t", 1), ("|", 1), (";", 2), (",", 3)):
        counts = {line.count(delimiter) for line in lines}
        if len(lines) > 1 and len(counts) == 1 and counts.pop() >= least:
            return True
    return False


def _zipped(path: Path) -> Format:
    directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except DAMAGED as error:
        raise UnreadableError("it is a damaged archive or workbook: torn, or not whole", _SAVE_AGAIN) from error
    if "content.xml" in names or ("[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)):
        return "xlsx"
    if "[Content_Types].xml" in names and any(name.startswith(("word/", "ppt/")) for name in names):
        raise UnreadableError("it is a document of an office program, which is not read", "save its text as .txt")
    return "archive"


def _old_office(path: Path) -> Format:
    # The directory of such a file may stand at its end.
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        locked = whole.find(_OLE_PASSWORD) >= 0
        workbook = any(whole.find(word.encode("utf-16-le")) >= 0 for word in ("Workbook", "Book"))
    if locked:
        raise UnreadableError("it is protected by a password", "open it with its password and save it without one")
    if workbook:
        return "xlsx"
    raise UnreadableError("it is a document of an office program, which is not read", "save its text as .txt")
