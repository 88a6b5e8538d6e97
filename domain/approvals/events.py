"""What happens in approvals. `about` is the kind of the record approved, `about_id` its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class ApprovalEvent(Event):
    """Something about one round of approval; the record's id is the approval's."""

    kind: ClassVar[str] = "approvals"
    about: str
    about_id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class ApprovalRequested(ApprovalEvent):
    """A step waits for its approvers from now on."""

    sentence: ClassVar[Text] = _("%(title)s waits for approval")
    step_id: int


@dataclass(frozen=True, kw_only=True)
class ApprovalStranded(ApprovalEvent):
    """By the rules nobody was found for a step, so the administrators have it: an alarm."""

    sentence: ClassVar[Text] = _("Nobody was found who may approve %(title)s; the administrators were asked")
    step_id: int


@dataclass(frozen=True, kw_only=True)
class ApprovalConfirmed(ApprovalEvent):
    """A step was confirmed; `completed` if it was the last."""

    sentence: ClassVar[Text] = _("Confirmed %(title)s")
    step_id: int
    completed: bool


@dataclass(frozen=True, kw_only=True)
class ApprovalRejected(ApprovalEvent):
    """A step was rejected; the record is back with its owner."""

    sentence: ClassVar[Text] = _("Rejected %(title)s: %(reason)s")
    step_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApprovalWithdrawn(ApprovalEvent):
    """The record was taken back while it waited."""

    sentence: ClassVar[Text] = _("Withdrew %(title)s")
