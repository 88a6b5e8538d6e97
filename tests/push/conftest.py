"""The push service on loopback, fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.push.service import FakePushService


@pytest.fixture
def push_service() -> Iterator[FakePushService]:
    service = FakePushService().start()
    yield service
    service.stop()
