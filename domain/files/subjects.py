"""What files belong to: a file is seen with its record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from domain.core.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A kind of record with files. `model` has a `client_uuid`; `visible` and `writable` are conditions on its rows;
    `right` is needed to send files for one that has not come yet."""

    model: type[Any]
    visible: Callable[[Actor], ColumnElement[bool]]
    writable: Callable[[Actor], ColumnElement[bool]]
    right: str


SUBJECTS: dict[str, Subject] = {}
"""Filled by `domain/wiring.py`."""
