"""Files in pieces: cut as often as one likes, whole in the end, and seen only with their record."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.access import SYSTEM
from domain.core.work import Work, clock
from domain.files.models import File
from domain.people.models import User
from domain.visits.models import Visit
from tests.conftest import Client, PageClient
from tests.make import Make
from webapp.file_store import FileStore
from webapp.file_sweep import sweep_files
from webapp.pace import Pace
from webapp.pages import files
from webapp.settings import Settings

pytestmark = pytest.mark.anyio
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff\xe0"


@pytest.fixture(autouse=True)
def fresh_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is slowed down by the one before."""
    monkeypatch.setattr(files, "PIECES", Pace(burst=1200, per_minute=1200))


@dataclass
class Sender:
    """A phone that sends one file."""

    client: PageClient
    csrf: str

    async def announce(self, data: bytes, **values: Any) -> httpx.Response:
        body = {
            "id": str(uuid4()), "subject": "visits", "subject_id": str(uuid4()), "kind": "photo",
            "name": "shelf.jpg", "type": "image/jpeg", "size": len(data), "sha256": hashlib.sha256(data).hexdigest(),
        }  # fmt: skip
        return await self.client.post("/sync/files", json={**body, **values}, headers={"x-csrf-token": self.csrf})

    async def piece(self, uuid: str, offset: Any, data: bytes) -> httpx.Response:
        headers = {
            "x-csrf-token": self.csrf,
            "upload-offset": str(offset),
            "content-type": "application/octet-stream",
        }
        return await self.client.put(f"/sync/files/{uuid}", content=data, headers=headers)

    async def send(self, data: bytes, **values: Any) -> File | dict[str, Any]:
        said = (await self.announce(data, **values)).json()
        answer = await self.piece(said["id"], 0, data)
        assert answer.status_code == 200, answer.text
        assert answer.json()["complete"] is True
        return said


Sending = Callable[[User], Awaitable[Sender]]


@pytest.fixture
async def sender(client: Client) -> AsyncIterator[Sending]:
    """Make phones."""

    async def make(user: User) -> Sender:
        page: Any = await client(user)
        return Sender(page, (await page.get("/sync/hello")).json()["csrf"])

    yield make


async def a_visit(make: Make, rep: User, uuid: str | None = None) -> Visit:
    customer = await make.customer(owner=rep)
    visit = Visit(
        customer_id=customer.id, owner_id=rep.id, created_by_id=rep.id, planned_on=clock().date(),
        client_uuid=UUID(uuid or str(uuid4())),
    )  # fmt: skip
    make.session.add(visit)
    await make.session.flush()
    return visit


async def file_of(session: AsyncSession, uuid: str) -> File:
    found = select(File).where(File.client_uuid == UUID(uuid)).execution_options(populate_existing=True)
    return (await session.execute(found)).scalar_one()


async def test_a_file_cut_many_times_arrives_whole(make: Make, sender: Sending, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    visit = await a_visit(make, rep)
    own = await sender(rep)
    data = JPEG + secrets.token_bytes(300_000)
    announced = await own.announce(data, subject_id=str(visit.client_uuid))
    assert announced.json() == {"id": announced.json()["id"], "received": 0, "complete": False}
    uuid, at = announced.json()["id"], 0
    for size in (100_000, 1, 50_000, 149_999, 10_000):
        piece = data[at : at + size]
        answer = await own.piece(uuid, at, piece)
        at += len(piece)
        assert answer.json()["received"] == at, answer.text
        lost = await own.piece(uuid, at - len(piece), piece)  # the answer was lost, so it comes again
        assert lost.status_code == 409
        assert lost.json()["received"] == at
    assert answer.json()["complete"] is True
    shown = await own.client.get(f"/files/{(await file_of(session, uuid)).id}")
    assert shown.content == data
    assert shown.headers["content-type"] == "image/jpeg"


async def test_announcing_again_tells_the_true_state(make: Make, sender: Sending) -> None:
    rep = await make.user("rep", "sales_rep")
    own = await sender(rep)
    data = JPEG + b"x" * 100
    same = {"id": str(uuid4()), "subject_id": str(uuid4())}
    await own.announce(data, **same)
    await own.piece(same["id"], 0, data[:60])
    assert (await own.announce(data, **same)).json() == {"id": same["id"], "received": 60, "complete": False}
    await own.piece(same["id"], 60, data[60:])
    assert (await own.announce(data, **same)).json()["complete"] is True
    other = await own.announce(data + b"y", **same)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_a_damaged_file_begins_anew(make: Make, sender: Sending, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    own = await sender(rep)
    data = JPEG + b"right"
    uuid = (await own.announce(data)).json()["id"]
    damaged = await own.piece(uuid, 0, JPEG + b"wrong")
    assert damaged.status_code == 422
    assert "sha256" in damaged.json()["errors"]
    assert (await file_of(session, uuid)).received == 0
    assert (await own.piece(uuid, 0, data)).json() == {"id": uuid, "received": len(data), "complete": True}


async def test_what_is_not_what_it_says_is_not_kept(make: Make, sender: Sending, session: AsyncSession) -> None:
    own = await sender(await make.user("rep", "sales_rep"))
    page = b"<html><script>alert(1)</script></html>"
    uuid = (await own.announce(page)).json()["id"]
    refused = await own.piece(uuid, 0, page)
    assert (refused.status_code, refused.json()["code"]) == (415, "content")
    assert (await file_of(session, uuid)).complete_at is None


async def test_the_type_is_the_one_of_the_bytes(make: Make, sender: Sending, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    own = await sender(rep)
    data = PNG + b"pixels"
    uuid = (await own.announce(data)).json()["id"]
    await own.piece(uuid, 0, data)
    assert (await file_of(session, uuid)).content_type == "image/png"


async def test_more_than_announced_is_refused(make: Make, sender: Sending, session: AsyncSession) -> None:
    own = await sender(await make.user("rep", "sales_rep"))
    uuid = (await own.announce(JPEG)).json()["id"]
    assert (await own.piece(uuid, 0, JPEG + b"more")).status_code == 422
    assert (await file_of(session, uuid)).received == 0
    assert (await own.piece(uuid, 0, b"x" * (256 * 1024 + 1))).status_code == 413


@pytest.mark.parametrize("offset", ["", "-1", "1.5", "٣", "9" * 30, "abc"])
async def test_an_offset_is_a_whole_number(make: Make, sender: Sending, offset: str) -> None:
    own = await sender(await make.user("rep", "sales_rep"))
    uuid = (await own.announce(JPEG)).json()["id"]
    headers = {"x-csrf-token": own.csrf, "upload-offset": offset.encode()}
    answer = await own.client.put(f"/sync/files/{uuid}", content=JPEG, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"id": "17"}, "id"),
        ({"id": None}, "id"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, "id"),
        ({"subject": "users"}, "subject"),
        ({"subject_id": 5}, "subject_id"),
        ({"kind": "virus"}, "kind"),
        ({"name": ""}, "name"),
        ({"name": "a\u0000b"}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"type": "text/html"}, "type"),
        ({"type": "image/svg+xml"}, "type"),
        ({"size": 0}, "size"),
        ({"size": "5"}, "size"),
        ({"size": True}, "size"),
        ({"size": 10**9}, "size"),
        ({"size": 10**30}, "size"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": "../../etc/passwd"}, "sha256"),
        ({"preview": "not base64"}, "preview"),
        ({"preview": base64.b64encode(b"<svg/>").decode()}, "preview"),
        ({"preview": "A" * 70_000}, "preview"),
        ({"preview": 5}, "preview"),
    ],
)
async def test_hostile_announcements_are_refused_at_their_field(
    make: Make, sender: Sending, session: AsyncSession, values: dict[str, Any], field: str
) -> None:
    own = await sender(await make.user("rep", "sales_rep"))
    answer = await own.announce(JPEG, **values)
    assert list(answer.json()["errors"]) == [field], answer.text
    assert answer.status_code == {"content": 415, "too_large": 413}.get(answer.json()["code"], 422)
    assert (await session.execute(select(File))).first() is None


async def test_files_of_others_are_not_there(make: Make, sender: Sending, session: AsyncSession) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    visit = await a_visit(make, rep)
    own, stranger = await sender(rep), await sender(other)
    data = JPEG + b"secret"
    said: Any = await own.send(data, subject_id=str(visit.client_uuid))
    file = await file_of(session, said["id"])
    assert (await own.client.get(f"/files/{file.id}")).status_code == 200
    assert (await stranger.client.get(f"/files/{file.id}")).status_code == 404
    assert (await stranger.piece(said["id"], 0, data)).status_code == 404
    taken = await stranger.announce(data, id=said["id"])
    assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")
    foreign = await stranger.announce(data, subject_id=str(visit.client_uuid))
    assert foreign.status_code == 404


async def test_a_file_waits_for_its_record_and_is_seen_with_it(
    make: Make, sender: Sending, session: AsyncSession
) -> None:
    team = await make.sales_team()
    rep = team.rep
    own, manager = await sender(rep), await sender(team.manager)
    uuid = str(uuid4())
    said: Any = await own.send(JPEG + b"early", subject_id=uuid)
    address = f"/files/{(await file_of(session, said['id'])).id}"
    assert (await own.client.get(address)).status_code == 200
    assert (await manager.client.get(address)).status_code == 404
    await a_visit(make, rep, uuid)
    assert (await manager.client.get(address)).status_code == 200


async def test_files_are_served_so_that_nothing_in_them_runs(
    make: Make, sender: Sending, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    own = await sender(rep)
    name = '报价"; x=\r\n'.strip() + ".pdf"
    said: Any = await own.send(b"%PDF-1.7 script", kind="attachment", type="application/pdf", name=name)
    file = await file_of(session, said["id"])
    answer = await own.client.get(f"/files/{file.id}")
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    assert '"; x=' not in answer.headers["content-disposition"].split("filename*")[0]
    known = await own.client.get(f"/files/{file.id}", headers={"if-none-match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


async def test_the_small_picture_of_the_phone_is_the_thumbnail(
    make: Make, sender: Sending, session: AsyncSession
) -> None:
    own = await sender(await make.user("rep", "sales_rep"))
    small = PNG + b"small"
    said: Any = await own.send(JPEG + b"large", preview=base64.b64encode(small).decode())
    file = await file_of(session, said["id"])
    thumb = await own.client.get(f"/files/{file.id}?size=thumb")
    assert (thumb.content, thumb.headers["content-type"]) == (small, "image/png")
    plain: Any = await own.send(JPEG + b"alone", preview=None)
    await own.send(JPEG + b"empty", preview="")
    file = await file_of(session, plain["id"])
    assert (await own.client.get(f"/files/{file.id}?size=thumb")).content == JPEG + b"alone"


async def test_a_name_never_becomes_a_path(
    make: Make, sender: Sending, session: AsyncSession, settings: Settings
) -> None:
    own = await sender(await make.user("rep", "sales_rep"))
    said: Any = await own.send(JPEG + b"x", name="..\\..\\keys/vapid.pem")
    assert (await file_of(session, said["id"])).name == "vapid.pem"
    place = FileStore(settings.files).path(UUID(said["id"]))
    assert place.is_file()
    assert place.is_relative_to(settings.files)
    assert place.stat().st_mode & 0o077 == 0


async def test_after_a_restore_without_bytes_the_phone_is_told_the_truth(
    make: Make, sender: Sending, settings: Settings
) -> None:
    own = await sender(await make.user("rep", "sales_rep"))
    data = JPEG + b"0123456789"
    same = {"id": str(uuid4()), "subject_id": str(uuid4())}
    await own.announce(data, **same)
    await own.piece(same["id"], 0, data[:8])
    FileStore(settings.files).remove(UUID(same["id"]))
    lost = await own.piece(same["id"], 8, data[8:])
    assert (lost.status_code, lost.json()["received"]) == (409, 0)
    assert (await own.piece(same["id"], 0, data)).json()["complete"] is True


async def test_pieces_beyond_the_pace_are_told_to_wait(
    make: Make, sender: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await sender(await make.user("rep", "sales_rep"))
    monkeypatch.setattr(files, "PIECES", Pace(burst=2, per_minute=6))
    answers = [await own.announce(JPEG) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) >= 1


async def test_the_sweep_takes_what_nobody_needs_and_nothing_else(
    make: Make, sender: Sending, session: AsyncSession, settings: Settings
) -> None:
    rep = await make.user("rep", "sales_rep")
    visit = await a_visit(make, rep)
    own = await sender(rep)
    old: Any = {}
    old["whole"] = await own.send(JPEG + b"1", subject_id=str(visit.client_uuid))
    old["alone"] = await own.send(JPEG + b"2")
    old["begun"] = (await own.announce(JPEG + b"3", subject_id=str(visit.client_uuid))).json()
    await own.piece(old["begun"]["id"], 0, JPEG)
    long_ago = clock() - timedelta(days=31)
    await session.execute(update(File).values(created_at=long_ago))
    await session.commit()
    fresh: Any = await own.send(JPEG + b"4")
    store = FileStore(settings.files)
    stray, new = uuid4(), uuid4()
    for uuid in (stray, new):
        store.write(uuid, 0, b"bytes")
    os.utime(store.path(stray), (long_ago.timestamp(), long_ago.timestamp()))

    class HereOutside:
        """The worker's means, on the test's transaction."""

        def __init__(self) -> None:
            self.settings = settings

        def transaction(self) -> Any:
            return _Bound(session)

    await sweep_files(HereOutside())  # type: ignore[arg-type]
    left = {str(uuid) for uuid in (await session.execute(select(File.client_uuid))).scalars()}
    assert left == {old["whole"]["id"], fresh["id"]}
    for uuid, there in ((old["whole"]["id"], True), (old["alone"]["id"], False), (old["begun"]["id"], False)):
        assert store.path(UUID(uuid)).is_file() is there
    assert (store.path(stray).is_file(), store.path(new).is_file()) == (False, True)


class _Bound:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def __aenter__(self) -> Work:
        return Work(self.session, SYSTEM, clock())

    async def __aexit__(self, *problem: Any) -> None:
        await self.session.flush()


def test_the_store_cuts_off_what_an_interrupted_piece_left(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    uuid = uuid4()
    store.write(uuid, 0, b"abcdef")
    store.write(uuid, 2, b"XY")
    assert store.path(uuid).read_bytes() == b"abXY"
    assert store.examine(uuid, 2) == (hashlib.sha256(b"abXY").hexdigest(), b"ab")
    store.remove(uuid)
    store.remove(uuid)
    assert store.size(uuid) == 0
