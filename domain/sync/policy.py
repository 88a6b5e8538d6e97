"""What happens to a field that was changed on a phone while somebody else changed it too (offline-and-push.md, 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Rule(StrEnum):
    """How a field that both changed is settled."""

    append = "append"
    """Both texts stand, mine below with author and time."""
    ask = "ask"
    """The server's value stands; the person who recorded mine chooses between the two."""
    propose = "propose"
    """The server's value stands; mine is proposed to who may set it."""


CUSTOMER_RULES: Mapping[str, Rule] = {
    "notes": Rule.append,
    "owner_id": Rule.propose,
    "pool_id": Rule.propose,
    "credit_limit": Rule.propose,
    "follow_stage": Rule.propose,
    **dict.fromkeys(
        ("name", "kind", "level", "industry", "size", "need", "source", "phone", "email", "website", "country",
         "region", "city", "address", "postal_code", "position"),
        Rule.ask,
    ),
}  # fmt: skip
CONTACT_RULES: Mapping[str, Rule] = {
    "notes": Rule.append,
    **dict.fromkeys(
        ("name", "post", "role", "mobile", "phone", "email", "wechat", "address", "birthday", "main"), Rule.ask
    ),
}
NOT_ENTERED = frozenset({"owner_id", "pool_id"})
"""Set by verbs of their own, so a phone may only propose them."""
MOST_NOTES = 10_000


@dataclass(frozen=True, slots=True)
class Merged:
    """Which values are taken over, and which fields wait for somebody."""

    taken: Mapping[str, Any]
    asked: Mapping[str, Rule]


def merge(
    rules: Mapping[str, Rule], base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], mark: str
) -> Merged:
    """Settle changed fields, all values in their stored form.

    `mine` holds the changed fields, `base` what the form had shown of them (a field that is missing there counts as
    changed by others), `theirs` what stands now. `mark` names author and time above an appended text.
    """
    taken: dict[str, Any] = {}
    asked: dict[str, Rule] = {}
    for field, value in mine.items():
        rule, stands = rules[field], theirs[field]
        if value == stands:
            continue
        if field in NOT_ENTERED:
            asked[field] = rule
        elif field in base and base[field] == stands:
            taken[field] = value
        elif rule is Rule.append and (both := appended(base.get(field), value, stands, mark)) is not None:
            taken[field] = both
        else:
            asked[field] = Rule.ask if rule is Rule.append else rule
    return Merged(taken, asked)


def appended(base: str | None, mine: str | None, theirs: str | None, mark: str) -> str | None:
    """What stands with what was added on the phone below it; None if that cannot be done without losing text."""
    before, text = (base or "").strip(), (mine or "").strip()
    if not text:
        return None
    if before and text.startswith(before):
        text = text[len(before) :].strip()
    if not text:
        return theirs
    both = f"{theirs}\n\n{mark}\n{text}" if theirs else text
    return both if len(both) <= MOST_NOTES else None


def mark_of(author: str, at: datetime) -> str:
    """The line above an appended text; `at` in the author's zone."""
    return f"— {author}, {at:%Y-%m-%d %H:%M}"
