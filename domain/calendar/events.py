"""What happens with tasks. They are not told on the timeline of a customer: who reads that may not see the task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class TaskGiven(Event):
    """Somebody is to do something; told if another gave it."""

    kind: ClassVar[str] = "tasks"
    sentence: ClassVar[Text] = _("Gave a task: %(title)s")

    title: str
    user_id: int


@dataclass(frozen=True, kw_only=True)
class TaskDone(Event):
    """A task is done; told to whoever gave it."""

    kind: ClassVar[str] = "tasks"
    sentence: ClassVar[Text] = _("Did a task: %(title)s")

    title: str
    user_id: int
    giver_id: int | None


@dataclass(frozen=True, kw_only=True)
class TaskReopened(TaskDone):
    """A task that was done is to be done after all."""

    sentence: ClassVar[Text] = _("Opened a task again: %(title)s")
