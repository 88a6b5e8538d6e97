"""The feed at a secret address, and files of other calendars: what is read, what is refused, what is never said."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from sqlalchemy import func, select

from domain.calendar import actions, feed, importing, tasks
from domain.calendar.importing import Outcome
from domain.calendar.inputs import EntryInput, TaskInput
from domain.calendar.models import CalendarEvent, CalendarFeed
from domain.core.errors import Invalid
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from tests.conftest import Client
from tests.make import Make
from webapp import icalendar_feed
from webapp.icalendar_file import MOST_BYTES, read
from webapp.logs import JsonLines, shown_path
from webapp.pages import calendar_feed

pytestmark = pytest.mark.anyio
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def fresh_paces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests come faster than calendar programs."""
    monkeypatch.setattr(calendar_feed, "READS", calendar_feed.Pace(burst=12, per_minute=6))
    monkeypatch.setattr(calendar_feed, "TRIES", calendar_feed.Pace(burst=60, per_minute=30))


async def address(page: Any) -> str:
    """Make a feed and read its address off the page."""
    answer = await page.submit("/account/calendar")
    assert answer.status_code == 200
    return "/feeds/" + answer.text.split("/feeds/")[1].split("<")[0]


def events(body: bytes) -> dict[str, Any]:
    """The entries of a feed by title."""
    return {str(event["SUMMARY"]): event for event in icalendar.Calendar.from_ical(body).walk("VEVENT")}


async def test_a_feed_is_made_read_renewed_and_ended(make: Make, client: Client, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    work = await work_as(rep)
    day = work.today.isoformat()
    await actions.add(work, EntryInput(title="Fair", starts_at=datetime.fromisoformat(f"{day}T15:00"), note="Hall 3"))
    await actions.add(work, EntryInput(title="Holiday", starts_at=datetime.fromisoformat(f"{day}T00:00"), all_day=True))
    await tasks.create(work, TaskInput(title="Count", due_on=work.today))
    page, stranger = await client(rep), await client(None)
    first = await address(page)
    answer = await stranger.get(first)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    found = events(answer.content)
    assert set(found) == {"Fair", "Holiday", "Count"}
    assert found["Fair"]["DTSTART"].dt == datetime.fromisoformat(f"{day}T07:00+00:00")
    assert found["Fair"]["DESCRIPTION"] == "Hall 3"
    assert (found["Holiday"]["DTSTART"].dt, found["Holiday"]["DTEND"].dt) == (
        work.today,
        work.today + timedelta(days=1),
    )
    stored = (await make.session.scalars(select(CalendarFeed))).one()
    assert first.encode() not in stored.secret_hash and stored.read_at is not None
    assert first not in (await page.get("/account/calendar")).text, "said once only"
    second = await address(page)
    assert second != first
    assert ((await stranger.get(first)).status_code, (await stranger.get(second)).status_code) == (404, 200)
    await page.submit("/account/calendar/revoke")
    assert (await stranger.get(second)).status_code == 404


async def test_what_is_wrong_is_not_found(make: Make, client: Client) -> None:
    stranger = await client(None)
    page = await client(await make.user("rep", "sales_rep"))
    right = await address(page)
    for wrong in ("/feeds/x.ics", "/feeds/.ics", right.removesuffix(".ics"), right[:-5] + ".ics", "/feeds/%00.ics"):
        assert (await stranger.get(wrong)).status_code == 404, wrong


async def test_who_is_gone_has_no_feed_and_whose_customer_is_gone_not_its_name(
    make: Make, client: Client, work_as: Any
) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    customer = await make.customer("Harbour Foods", owner=rep)
    work = await work_as(rep)
    data = FollowUpInput(customer_id=customer.id, content="Called", next_contact_at=work.now + timedelta(hours=2))
    await followups.create(work, data)
    await tasks.create(work, TaskInput(title="Send papers", due_on=work.today, customer_id=customer.id))
    page, stranger = await client(rep), await client(None)
    url = await address(page)
    assert "Harbour Foods" in (await stranger.get(url)).text
    customer.owner_id = other.id
    await make.session.flush()
    later = (await stranger.get(url)).text
    assert "Harbour Foods" not in later and "Send papers" in later
    rep.active = False
    await make.session.flush()
    assert (await stranger.get(url)).status_code == 404


async def test_programs_that_ask_too_often_wait(make: Make, client: Client) -> None:
    page, stranger = await client(await make.user("rep", "sales_rep")), await client(None)
    url = await address(page)
    answers = [(await stranger.get(url)).status_code for _ in range(13)]
    assert answers == [200] * 12 + [429]
    answers = [(await stranger.get(f"/feeds/{n}.ics")).status_code for n in range(60)]
    assert (answers[0], answers[-1]) == (404, 429)


async def test_logs_do_not_hold_the_secret(make: Make, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    page, stranger = await client(await make.user("rep", "sales_rep")), await client(None)
    url = await address(page)
    with caplog.at_level(logging.DEBUG):
        assert (await stranger.get(url)).status_code == 200
    lines = [JsonLines().format(record) for record in caplog.records]
    paths = [json.loads(line).get("path") for line in lines]
    assert "/feeds/…" in paths
    assert [line for line in lines if url.removeprefix("/feeds/")[:20] in line and "offing" in line] == []
    assert shown_path("/reset/abc") == "/reset/…" and shown_path("/customers/7") == "/customers/7"


def ics(*events: str) -> bytes:
    """A file with these entries."""
    inner = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{inner}END:VCALENDAR\r\n".encode()


OUTLOOK = "UID:a\r\nSUMMARY:Fair\\, hall 3\r\nDTSTART;TZID=China Standard Time:20260312T090000\r\nDURATION:PT1H"
WHOLE = "UID:b\r\nSUMMARY:Holiday\r\nDTSTART;VALUE=DATE:20260312\r\nDTEND;VALUE=DATE:20260314"
PLAIN = "UID:c\r\nSUMMARY:Lunch\r\nDTSTART:20260312T120000"


async def test_a_file_is_looked_at_then_taken_over_once(make: Make, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    work = await work_as(rep)
    found = read(ics(OUTLOOK, WHOLE, PLAIN, PLAIN), ZONE)
    looked = await importing.looked_at(work, found)
    assert [one.outcome for one in looked] == [Outcome.new, Outcome.new, Outcome.new, Outcome.known]
    assert await work.session.scalar(select(func.count()).select_from(CalendarEvent)) == 0, "only looked at"
    await importing.take_over(work, found)
    rows = {row.title: row for row in await work.session.scalars(select(CalendarEvent))}
    assert rows["Fair, hall 3"].starts_at == datetime(2026, 3, 12, 1, 0, tzinfo=UTC)
    assert rows["Fair, hall 3"].ends_at == datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
    assert (rows["Holiday"].day, rows["Holiday"].last_day) == (date(2026, 3, 12), date(2026, 3, 13))
    assert rows["Lunch"].starts_at == datetime(2026, 3, 12, 4, 0, tzinfo=UTC), "a time without a zone is mine"
    again = await importing.take_over(work, found)
    assert {one.outcome for one in again} == {Outcome.known}
    assert await work.session.scalar(select(func.count()).select_from(CalendarEvent)) == 3
    other = await work_as(await make.user("other", "sales_rep"))
    assert (await importing.looked_at(other, found))[0].outcome is Outcome.new, "calendars are apart"


async def test_what_came_from_here_does_not_come_back(make: Make, work_as: Any) -> None:
    work = await work_as(await make.user("rep", "sales_rep"))
    await actions.add(work, EntryInput(title="Fair", starts_at=work.now))
    body = icalendar_feed.written(
        await feed.entries(work), name="x", zone="UTC", now=work.now, base_url="http://offing.test"
    )
    assert {one.outcome for one in await importing.looked_at(work, read(body, ZONE))} == {Outcome.known}


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ("UID:a\r\nSUMMARY:x", "cannot be read"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20261345T000000Z", "cannot be read"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z\r\nDTEND:soon", "cannot be read"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z\r\nDTEND;VALUE=DATE:20260313", "cannot be read"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z\r\nDTEND:20260312T080000Z", "must not end"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z\r\nDTEND:20270312T080000Z", "62 days"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART;TZID=Nowhere/Land:20260312T090000", "Nowhere/Land"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:00010101T000000Z", "not a date"),
        ("UID:a\r\nDTSTART:20260312T090000Z", "needed"),
        (f"UID:a\r\nSUMMARY:{'x' * 300}\r\nDTSTART:20260312T090000Z", "200 characters"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z\r\nRRULE:FREQ=SECONDLY", "repetition"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z\r\nRRULE:FREQ=MONTHLY;BYDAY=2MO", "repetition"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z\r\nRRULE:FREQ=DAILY;COUNT=999999", "repetition"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z\r\nRRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY", "repetition"),
        ("UID:a\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z\r\nRECURRENCE-ID:20260312T090000Z", "single change"),
    ],
)
def test_an_entry_that_cannot_be_taken_says_why_and_lets_the_others_in(event: str, word: str) -> None:
    bad, good = read(ics(event, PLAIN), ZONE)
    assert bad.data is None and bad.problem is not None and word in str(bad.problem)
    assert good.problem is None and good.data is not None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"\x00\xff\xfe", b"BEGIN:VCALENDAR", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", b"END:VCALENDAR",
        b"PK\x03\x04" + bytes(range(256)), "BEGIN:VCALENDAR".encode("utf-16"),
        b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 20_000, b"BEGIN:X\n" * 500 + b"END:X\n" * 500,
        b"x" * (MOST_BYTES + 1), ics(*[f"UID:{n}\r\nSUMMARY:x\r\nDTSTART:20260312T090000Z" for n in range(1001)]),
        b"<html><script>alert(1)</script></html>",
    ],
)  # fmt: skip
def test_a_hostile_file_gives_a_plain_error(content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        read(content, ZONE)
    assert set(refusal.value.errors) == {"file"}


async def test_the_page_shows_first_and_takes_over_then(make: Make, client: Client) -> None:
    page = await client(await make.user("rep", "sales_rep"))
    content = ics(OUTLOOK, "UID:x\r\nSUMMARY:<script>\r\nDTSTART:soon").decode()
    file = {"file": ("my.ics", content, "text/calendar")}
    shown = await page.submit("/calendar/import", {"do": "look"}, files=file)
    assert shown.status_code == 200
    assert "Fair, hall 3" in shown.text and "&lt;script&gt;" in shown.text and "<script>\r" not in shown.text
    assert await make.session.scalar(select(func.count()).select_from(CalendarEvent)) == 0
    taken = await page.submit("/calendar/import", {"do": "take", "content": content})
    assert (taken.status_code, taken.headers["location"]) == (303, "/calendar?view=agenda")
    assert await make.session.scalar(select(func.count()).select_from(CalendarEvent)) == 1
    for wrong in ({}, {"do": "take", "content": "no"}):
        assert (await page.submit("/calendar/import", wrong)).status_code == 422
