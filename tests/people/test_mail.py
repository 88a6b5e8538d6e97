"""The outbox goes out by SMTP: against a small server on loopback."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.core.access import SYSTEM
from domain.core.events import EventRow
from domain.notifications.models import Mail
from domain.people.actions import post_mail
from webapp.deliver.mail import deliver_mail, deliver_waiting, server_of
from webapp.outside import Outside
from webapp.work import transaction

pytestmark = pytest.mark.anyio


class Server:
    """Enough of SMTP to take a mail, or to refuse it with a code."""

    def __init__(self):
        self.mails, self.refuse = [], ""

    async def talk(self, reader, writer):
        """One connection."""

        def say(line):
            writer.write(line.encode() + b"\r\n")

        say("220 here")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "RCPT" and self.refuse:
                say(self.refuse)
            elif verb == "DATA":
                say("354 go on")
                self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                break
            else:
                say("250 good")
        writer.close()


@asynccontextmanager
async def listening():
    server = Server()
    running = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    server.url = f"smtp://127.0.0.1:{running.sockets[0].getsockname()[1]}"
    async with running:
        yield server


async def posted(database):
    """One mail in the outbox and the event that says so."""
    async with transaction(database, SYSTEM) as work:
        mail = await post_mail(work, "rep@example.com", "设置密码", "Hello 小明,\nline two\n")
    async with database.reading() as session:
        event = (await session.execute(select(EventRow).where(EventRow.name == "MailQueued"))).scalar_one()
    assert event.record_id == mail.id
    return event


async def kept(database):
    async with database.reading() as session:
        return (await session.execute(select(Mail))).scalar_one()


async def test_a_mail_goes_out_once(own_database, settings):
    event = await posted(own_database)
    async with listening() as server:
        outside = Outside(replace(settings, smtp_url=server.url, mail_from="crm@example.com"), own_database, None)
        await deliver_mail(outside, event)
        await deliver_mail(outside, event)
        await deliver_waiting(outside)
    assert len(server.mails) == 1
    assert "To: rep@example.com" in server.mails[0] and "From: crm@example.com" in server.mails[0]
    mail = await kept(own_database)
    assert mail.sent_at is not None and mail.error is None


async def test_a_refusal_is_kept_and_tried_again_later(own_database, settings):
    event = await posted(own_database)
    async with listening() as server:
        outside = Outside(replace(settings, smtp_url=server.url), own_database, None)
        server.refuse = "451 try later"
        with pytest.raises(Exception, match="try later"):
            await deliver_mail(outside, event)
        mail = await kept(own_database)
        assert mail.sent_at is None and "try later" in mail.error
        server.refuse = ""
        await deliver_waiting(outside)
    mail = await kept(own_database)
    assert mail.sent_at is not None and mail.error is None


async def test_without_a_mail_server_it_stays_readable(own_database, settings):
    event = await posted(own_database)
    outside = Outside(replace(settings, smtp_url=None), own_database, None)
    await deliver_mail(outside, event)
    await deliver_waiting(outside)
    mail = await kept(own_database)
    assert mail.sent_at is None and mail.error is None and mail.body.startswith("Hello 小明")


def test_the_address_of_the_server_says_how_to_encrypt():
    secure = server_of("smtps://u%40x:p%3Aw@mail.example.com")
    assert (secure["port"], secure["use_tls"], secure["start_tls"]) == (465, True, False)
    assert (secure["username"], secure["password"]) == ("u@x", "p:w")
    starting = server_of("smtp+starttls://mail.example.com")
    assert (starting["port"], starting["use_tls"], starting["start_tls"]) == (587, False, True)
    plain = server_of("smtp://localhost:2525")
    assert (plain["port"], plain["use_tls"], plain["start_tls"], plain["username"]) == (2525, False, False, None)
