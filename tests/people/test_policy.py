"""Rules of signing in, as pure questions."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.people.policy import WINDOW, password_problem, safe_next, wait_sentence, wait_until

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def ago(minutes):
    return NOW - timedelta(minutes=minutes)


def test_below_the_limit_nobody_waits():
    assert wait_until([ago(1), ago(2), ago(3), ago(4)], 5, NOW) is None


def test_at_the_limit_one_waits_until_the_oldest_that_counts_leaves_the_window():
    assert wait_until([ago(1), ago(2), ago(3), ago(4), ago(10)], 5, NOW) == ago(10) + WINDOW


def test_tries_outside_the_window_do_not_count():
    assert wait_until([ago(1), ago(2), ago(3), ago(4), ago(15)], 5, NOW) is None


def test_the_sentence_rounds_minutes_up():
    assert str(wait_sentence(NOW + timedelta(seconds=61), NOW)) == "Too many tries. Wait 2 minutes, then try again."
    assert str(wait_sentence(NOW + timedelta(seconds=5), NOW)) == "Too many tries. Wait 1 minute, then try again."


@pytest.mark.parametrize(
    "password", ["short", "x" * 201, "my-rep-password", "password123", "aaaaaaaaaaaa", "1234567890"]
)
def test_bad_passwords(password):
    assert password_problem(password, "rep") is not None


@pytest.mark.parametrize("password", ["correct horse", "一句容易记住的中文话吧", "Tr0ub4dor&3x"])
def test_good_passwords(password):
    assert password_problem(password, "rep") is None


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "\\\\evil",
        "/a\nb",
        "/sign-in?next=/x",
        "evil",
        "/ok\\x",
        "/\x00",
        "/客户",
    ],
)
def test_next_never_leaves_our_site(target):
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/customers", "/customers/7?tab=orders&q=%E4%B8%8A", "/approvals/3#steps"])
def test_next_keeps_our_paths(target):
    assert safe_next(target) == target
