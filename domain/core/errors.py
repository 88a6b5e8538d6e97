"""The five ways an action can say no. Only `webapp/errors.py` turns them into answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.core.text import Text, _

FieldErrors = Mapping[str, Sequence[Text]]


class Problem(Exception):
    """A refusal with a stable code for programs and a sentence for people."""

    code = "problem"

    def __init__(self, message: Text, *, code: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        if code is not None:
            self.code = code

    @property
    def sentence(self) -> Text:
        """The one sentence that says most, where there is room for no more."""
        return self.message


class NotFound(Problem):
    """It does not exist, or the actor may not see it: the two look the same."""

    code = "not_found"

    def __init__(self, message: Text | None = None) -> None:
        super().__init__(message or _("There is nothing here, or nothing that you may see."))


class Denied(Problem):
    """The actor sees it but may not do this; the message is the reason."""

    code = "denied"


class Invalid(Problem):
    """What was entered cannot be taken; `errors` names every field at once ("" is the whole form)."""

    code = "invalid"

    def __init__(self, errors: FieldErrors, message: Text | None = None) -> None:
        super().__init__(message or _("Please correct the marked fields."))
        self.errors = {field: tuple(texts) for field, texts in errors.items()}

    @property
    def sentence(self) -> Text:
        """The first thing that is wrong."""
        return next((text for texts in self.errors.values() for text in texts), self.message)

    @classmethod
    def of(cls, field: str, text: Text) -> Invalid:
        """One error at one field."""
        return cls({field: (text,)})


class Conflict(Problem):
    """The world moved on since the actor looked; `current` holds what stands now, for showing both."""

    code = "conflict"

    def __init__(self, message: Text, *, code: str | None = None, current: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, code=code)
        self.current = dict(current or {})


class Unavailable(Problem):
    """Something we need does not answer now; trying again later helps."""

    code = "unavailable"

    def __init__(self, message: Text, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
