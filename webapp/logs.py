"""Logs: one JSON object a line, with the request's id, without personal data."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import Any

from webapp.settings import Settings

SECRET = re.compile(r"^(/feeds/|/reset/).+")
"""Addresses whose rest opens something by itself."""
EXTRA = ("request_id", "method", "path", "status", "ms", "user_id", "job", "attempt")


def shown_path(path: str) -> str:
    """A path as logs may hold it."""
    return SECRET.sub(r"\1…", path)


class JsonLines(logging.Formatter):
    """Known fields only: what is not listed cannot leak by accident."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line."""
        entry: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry.update((name, value) for name in EXTRA if (value := getattr(record, name, None)) is not None)
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure(settings: Settings) -> None:
    """Send all logs of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for noisy in ("httpx", "httpcore", "pgqueuer", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
