"""What follows tasks: whoever has to do one is told, and whoever gave it hears what became of it."""

from __future__ import annotations

from sqlalchemy import select

from domain.core.events import EventRow
from domain.core.text import Text, _
from domain.core.work import Work
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.models import User


async def tell_task(work: Work, event: EventRow) -> None:
    """Tell the other of the two, who gave a task and who does it, what happened to it."""
    given = event.name == "TaskGiven"
    told = {event.data["user_id"]} if given else {event.data["user_id"], event.data["giver_id"]}
    told -= {event.actor_id, None}
    name = (await work.session.execute(select(User.name).where(User.id == event.actor_id))).scalar_one_or_none() or ""
    title = event.data["title"]
    sentence: Text
    if given:
        sentence = _("%(name)s gave you a task: %(title)s", name=name, title=title)
    elif event.name == "TaskDone":
        sentence = _("%(name)s has done: %(title)s", name=name, title=title)
    else:
        sentence = _("%(name)s opened again: %(title)s", name=name, title=title)
    url, tag = f"/tasks/{event.record_id}", f"task-{event.record_id}"
    await notify(work, sorted(told), NotificationKind.task, sentence, url=url, tag=tag)
