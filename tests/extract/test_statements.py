"""What single rows of lists and registers state."""

from __future__ import annotations

from upriver.case.store import Case
from upriver.extract.stage import STAGE

from .told import tell


def test_a_chat_members_name_and_the_number_of_the_platform_are_one_account(case: Case) -> None:
    member: dict[str, str | None] = {"thread": "office 8", "member": "@lin_88", "name": "Lin", "admin": "yes"}
    tell(case, ("chat", "chat_member", {**member, "other_id": "user123456789"}))
    case.run(STAGE)
    owners = {row["observable_id"]: row["entity_id"] for row in case.read("observable").to_pylist()}
    assert owners.keys() == {"handle:lin_88", "handle:user123456789"}
    assert len(set(owners.values())) == 1
