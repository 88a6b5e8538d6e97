"""Places in a keyset list, as opaque words in an address."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.core.errors import Invalid
from domain.core.text import _

LARGEST = 2**63 - 1


def encode_cursor(key: Any, record_id: int) -> str:
    """An opaque place in a list."""
    plain = key.isoformat() if isinstance(key, (datetime, date)) else str(key) if isinstance(key, Decimal) else key
    return base64.urlsafe_b64encode(json.dumps([plain, record_id]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kind: type[Any]) -> tuple[Any, int]:
    """The key (of that type) and id of a place. Raises Invalid for one that is not ours."""
    try:
        plain, record_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if kind is datetime:
            key: Any = datetime.fromisoformat(plain)
            if key.tzinfo is None:
                raise ValueError("naive")
        elif kind is date:
            key = date.fromisoformat(plain)
        elif kind is str:
            key = _text(plain)
        else:
            key = kind(plain)
            if not -LARGEST <= key <= LARGEST:  # also refuses what is not a number
                raise ValueError("size")
        if type(record_id) is not int or not 0 < record_id <= LARGEST:
            raise ValueError("id")
        return key, record_id
    except (ValueError, TypeError, ArithmeticError) as problem:
        raise Invalid.of("cursor", _("This page link is not valid.")) from problem


def _text(plain: Any) -> str:
    """Text that the database can hold."""
    if not isinstance(plain, str) or "\x00" in plain:
        raise ValueError("text")
    plain.encode()  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
    return plain
