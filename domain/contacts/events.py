"""What happens to a contact; it stands on the timeline of its customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class ContactEvent(Event):
    """Base: `name` is the contact's name of that day."""

    kind: ClassVar[str] = "contacts"
    name: str


@dataclass(frozen=True, kw_only=True)
class ContactCreated(ContactEvent):
    """It was entered."""

    sentence: ClassVar[Text] = _("Added the contact %(name)s")


@dataclass(frozen=True, kw_only=True)
class ContactEdited(ContactEvent):
    """Some of its fields were changed."""

    sentence: ClassVar[Text] = _("Changed the contact %(name)s")


@dataclass(frozen=True, kw_only=True)
class ContactDeleted(ContactEvent):
    """It was removed."""

    sentence: ClassVar[Text] = _("Removed the contact %(name)s")


@dataclass(frozen=True, kw_only=True)
class ContactRestored(ContactEvent):
    """It came back from the bin."""

    sentence: ClassVar[Text] = _("Restored the contact %(name)s")
