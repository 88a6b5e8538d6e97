"""The one sentence of a refusal, where there is room for no more."""

from __future__ import annotations

from domain.core.errors import Conflict, Invalid
from domain.core.text import Text


def test_the_sentence_of_wrong_input_is_the_first_error() -> None:
    problem = Invalid({"name": (Text("too long"), Text("unknown")), "": (Text("full"),)})
    assert problem.sentence == Text("too long")


def test_without_errors_it_is_the_message() -> None:
    assert Invalid({}, Text("no")).sentence == Text("no")
    assert Conflict(Text("gone")).sentence == Text("gone")
