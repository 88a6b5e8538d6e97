"""What a phone says of a file before it sends it."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictInt, StringConstraints

from domain.core.inputs import Input, Line, Optional, Refusal
from domain.core.text import _
from domain.files.models import FileKind
from domain.files.policy import MOST_PREVIEW, SHOWN, sniffed
from domain.sync.inputs import NewId


def _last_part(value: Any) -> Any:
    """The name without folders, which some browsers send along."""
    return value.replace("\\", "/").rpartition("/")[2] if isinstance(value, str) else value


def _preview(value: Any) -> Any:
    """A small picture in base64; nothing stays nothing."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > MOST_PREVIEW * 4 // 3 + 4:
        raise Refusal(_("This preview is too large."))
    try:
        picture = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(_("This is not a picture.")) from None
    if sniffed(picture, "") not in SHOWN:
        raise Refusal(_("This is not a picture."))
    return picture


class FileInput(Input):
    """A file to come: whose, what, how long, and the SHA-256 of its bytes in lower-case hex."""

    id: NewId
    subject: Annotated[str, Field(max_length=60)]
    subject_id: NewId
    kind: FileKind
    name: Annotated[Line, BeforeValidator(_last_part), StringConstraints(min_length=1)]
    type: Annotated[str, StringConstraints(to_lower=True, max_length=100)]
    size: Annotated[StrictInt, Field(ge=1, le=2**40)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    preview: Annotated[bytes | None, BeforeValidator(_preview), Optional] = None
