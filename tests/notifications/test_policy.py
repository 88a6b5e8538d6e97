"""How long a push is worth delivering, and what may stand on a lock screen."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.core.text import Text
from domain.notifications.models import NotificationKind
from domain.notifications.policy import lock_screen, postage, topic
from webapp.i18n import Catalogue

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ENGLISH = Catalogue("en", {})


@pytest.mark.parametrize(
    ("kind", "hours", "urgency"),
    [
        (NotificationKind.approval, 4, "high"),
        (NotificationKind.payment, 4, "high"),
        (NotificationKind.shipment, 8, "normal"),
        (NotificationKind.followup, 15, "normal"),  # from nine in the morning to midnight there
        (NotificationKind.decided, 24, "normal"),
    ],
)
def test_each_kind_travels_as_long_as_it_is_news(kind: NotificationKind, hours: int, urgency: str) -> None:
    post = postage(kind, "x", NINE, SHANGHAI)
    assert (post.ttl_s, post.urgency) == (hours * 3600, urgency)


def test_a_reminder_just_before_midnight_still_has_an_hour() -> None:
    late = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
    assert postage(NotificationKind.followup, "x", late, SHANGHAI).ttl_s == 3600


def test_every_kind_has_a_postage() -> None:
    assert all(postage(kind, "x", NINE, SHANGHAI).ttl_s > 0 for kind in NotificationKind)


def test_the_tag_is_the_topic_or_a_stable_short_form_of_it() -> None:
    assert topic("approval-7") == "approval-7"
    long = topic("approval-alarm-of-a-very-long-name-7")
    assert len(long) == 32
    assert long == topic("approval-alarm-of-a-very-long-name-7")
    assert long != topic("approval-alarm-of-a-very-long-name-8")
    assert len(topic("审批")) == 32


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("%(who)s: %(title)s, %(amount)s", "Rep: SO-7"),
        ("%(title)s (%(who)s), ¥ %(amount)s", "SO-7 (Rep)"),
        ("%(title)s: %(amount)s CNY by %(who)s", "SO-7 by Rep"),
        ("%(title)s，%(amount)s", "SO-7"),
    ],
)
def test_an_amount_is_left_out_with_the_comma_before_it(sentence: str, shown: str) -> None:
    text = Text(sentence, who="Rep", title="SO-7", amount="128.50")
    assert lock_screen(text, ENGLISH.gettext, ENGLISH.ngettext, amounts=False) == shown
    assert "128.50" in lock_screen(text, ENGLISH.gettext, ENGLISH.ngettext, amounts=True)
