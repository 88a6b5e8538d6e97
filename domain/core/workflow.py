"""Life cycles: a table of allowed moves and one function that makes a move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from domain.core.access import Actor
from domain.core.errors import Conflict
from domain.core.model import Choice
from domain.core.text import Text, _


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed move: from any of `sources` to `target`, by holders of `permission`.

    None: everybody who may change the record.
    """

    name: str
    label: Text
    sources: tuple[Choice, ...]
    target: Choice
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """The moves of one kind of record; `column` holds its state."""

    transitions: tuple[Transition, ...]
    column: str = "status"

    def get(self, name: str) -> Transition:
        """The move of that name."""
        return next(move for move in self.transitions if move.name == name)

    def open_to(self, actor: Actor, status: str) -> Iterable[Transition]:
        """Moves that this actor may make from a state, in table order: feeds buttons and the API."""
        return (
            move
            for move in self.transitions
            if status in move.sources and (move.permission is None or actor.may(move.permission))
        )

    def move(self, actor: Actor, record: Any, name: str) -> None:
        """Change the state of a locked record. Raises Denied or Conflict; nothing is changed then."""
        setattr(record, self.column, self.allowed(actor, record, name).target.value)

    def allowed(self, actor: Actor, record: Any, name: str) -> Transition:
        """The move of that name, which the actor may make of a record now. Raises Denied or Conflict."""
        transition = self.get(name)
        if transition.permission is not None:
            actor.require(transition.permission)
        status = getattr(record, self.column)
        if status not in transition.sources:
            kind = type(transition.target)
            raise Conflict(
                _('This is not possible while the state is "%(state)s".', state=kind(status).label),
                code="wrong_state",
                current={self.column: str(status)},
            )
        return transition
