"""The one guard before all XML that is read: nothing in it is obeyed, fetched or expanded.

A document that declares its own type is refused, since entities that swell a thousandfold or fetch files stand there;
so is deep nesting.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from xml.parsers import expat

from upriver.evidence.encodings import declared
from upriver.evidence.folder import UnreadableError
from upriver.evidence.records import Source

DEEPEST = 64  # elements in each other; no format that is read here has thirty


def guarded() -> Any:
    """A parser of UTF-8 that refuses what is an order to it.

    its Parse raises  UnreadableError where a document type or an entity is declared or fetched
    """
    parser: Any = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    return parser


def encoding(source: Source) -> str:
    """The encoding that the file declares, where its bytes are not plainly another."""
    found = source.encoding or "utf-8"
    if source.told.encoding is not None or found.startswith(("utf-8", "utf-16", "utf-32")):
        return found
    name = declared(source.path)
    if name is None or name.startswith(("utf", "ascii")):
        return found
    source.encoding = source.guessed["encoding"] = name
    return name


@lru_cache(maxsize=1 << 12)
def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _refuse(*_declared: object) -> None:
    raise UnreadableError(
        "it declares its own document type (<!DOCTYPE), where entities that swell or fetch files may stand",
        "ask for it again where it came from; nothing that is read here has one",
    )
