from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest
import stix2

from upriver.case.store import Case
from upriver.report import ftm, stix
from upriver.report.identity import masks
from upriver.report.origin import Origin, paths_of


def _bundle(case: Case, unmask: bool = False, tlp: str = "amber") -> tuple[str, list[dict[str, Any]]]:
    hidden = masks(case, unmask)
    origin = Origin("Agency A", "2026-02-03T04:05:06+00:00", paths_of(case, hidden))
    text = "".join(stix.lines(case, hidden, origin, tlp))
    return text, stix.objects(text)


def test_the_standards_own_library_reads_every_object_strictly(harbour: Case) -> None:
    text, objects = _bundle(harbour)
    bundle = stix2.parse(text, allow_custom=False, version="2.1")
    assert len(bundle.objects) == len(objects)
    assert {made["type"] for made in objects} >= {
        "identity",
        "user-account",
        "relationship",
        "note",
        "marking-definition",
    }


def test_every_reference_leads_to_an_object_of_the_bundle(harbour: Case) -> None:
    _, objects = _bundle(harbour)
    ids = {made["id"] for made in objects}
    assert len(ids) == len(objects)
    named = {
        reference
        for made in objects
        for name, value in made.items()
        if name.endswith(("_ref", "_refs"))
        for reference in ([value] if isinstance(value, str) else value)
    }
    assert named <= ids


def test_no_protected_name_or_number_stands_in_it(harbour: Case, secrets: tuple[str, ...]) -> None:
    text, _ = _bundle(harbour)
    assert [secret for secret in secrets if secret.lower() in text.lower()] == []
    assert "Chen Daguo" in text
    assert "Maria Elena Lopez" in _bundle(harbour, unmask=True)[0]


def test_ids_are_the_same_on_every_run_and_on_every_desk(harbour: Case) -> None:
    assert _bundle(harbour)[0] == _bundle(harbour)[0]
    account = next(made for made in _bundle(harbour)[1] if made["type"] == "user-account")
    # Whoever else sees this account gives it this very id: it is the standard's, made of its content alone.
    again = stix2.v21.UserAccount(user_id=account["user_id"], account_type=account["account_type"])
    assert again.id == account["id"]
    assert {uuid.UUID(made["id"].partition("--")[2]).version for made in _bundle(harbour)[1][1:]} == {5}


@pytest.mark.parametrize("tlp", ["clear", "green", "amber", "red"])
def test_every_object_carries_the_marking(harbour: Case, tlp: str) -> None:
    _, (marking, *objects) = _bundle(harbour, tlp=tlp)
    assert marking["definition"] == {"tlp": {"clear": "white"}.get(tlp, tlp)}
    assert all(made["object_marking_refs"] == [marking["id"]] for made in objects)


def test_a_rank_never_stands_without_the_need_for_protection_beside_it(harbour: Case) -> None:
    ranked = [made for made in _bundle(harbour)[1] if "Evidence of organising" in made.get("description", "")]
    assert ranked
    assert all("Need for protection: " in made["description"] for made in ranked)


def test_whoever_needs_protection_is_labelled_so_for_the_next_case(harbour: Case) -> None:
    labels = {made["name"]: made["labels"] for made in _bundle(harbour)[1] if "labels" in made}
    wanted = ftm.needs(harbour)
    assert sorted(map(sorted, wanted.values())) == sorted(labels.values())
    assert any("reported victim" in told for told in labels.values())


def test_a_tie_of_one_moment_ends_at_no_other(harbour: Case) -> None:
    for made in _bundle(harbour)[1]:
        if "stop_time" in made:
            assert datetime.fromisoformat(made["stop_time"]) > datetime.fromisoformat(made["start_time"])


def _seen(kind: str, value: str) -> dict[str, Any]:
    return {"observable_id": f"{kind}:{value}", "kind": kind, "value": value, "raw": value, "entity_id": None,
            "start": 0, "record_id": "f#row 1"}  # fmt: skip


def test_a_bundle_holds_only_what_it_may(case: Case) -> None:
    case.fill("observable", [_seen("phone", "+84908109540"), _seen("phone", "+84908109541")])
    origin = Origin("Agency A", "2026-02-03T04:05:06+00:00")
    objects = stix.objects("".join(stix.lines(case, masks(case), origin, only={"phone:+84908109541"})))
    assert [made["type"] for made in objects] == ["marking-definition", "identity", "user-account"]
    assert objects[2]["user_id"] == "+84908109541"


def test_what_the_standard_has_no_place_for_is_counted(case: Case) -> None:
    case.fill("observable", [
        _seen("device", "35000762625644"), _seen("url", "https://gold.example/pay"), _seen("email", "a@b.example"),
        _seen("domain", "gold.example"), _seen("btc", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        _seen("ip", "192.0.2.7"), _seen("ip", "2001:db8::7"),
    ])  # fmt: skip
    left = stix.Left()
    text = "".join(stix.lines(case, masks(case), Origin("A", "2026-02-03T04:05:06+00:00"), left=left))
    assert left.reasons == {"device: STIX has no object for it": 1}
    assert {made["type"] for made in stix.objects(text)} >= {
        "url", "email-addr", "domain-name", "user-account", "ipv4-addr", "ipv6-addr",
    }  # fmt: skip
