"""What the rep's phone has left on the server: a visit with a photo, and a field that two people changed."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

from domain.core.work import clock
from domain.files.models import File
from domain.sync.models import Disagreement
from domain.visits.models import Visit
from tests.make import Make
from tests.scenarios.company import Company
from webapp.file_store import FileStore
from webapp.settings import Settings

PICTURE = b"\xff\xd8\xff\xe0 a shelf"
NEW_FILE = {
    "id": "7b1f4f6e-8a57-4a5e-9d35-0d8e0b6f5a11", "subject": "visits",
    "subject_id": "0f8b2a37-6a39-4b0e-8f0e-5a8d3c1b2e4f", "kind": "photo", "name": "shelf.jpg", "type": "image/jpeg",
    "size": 10, "sha256": "0" * 64,
}  # fmt: skip
RECORD = {
    "id": "3c9e2f44-5d0b-4c8e-a1c5-4f1f0b9d7e21", "kind": "followups", "format": 1, "clock_offset_s": 0,
    "recorded_at": "2026-03-02T01:00:00Z", "fields": {"customer_id": "{customer_id}", "content": "Called"},
}  # fmt: skip
NO_FILE = "5d4a8c1e-2b7f-4e6d-9a3c-1f0e8d7c6b5a"


async def field_records(make: Make, company: Company, settings: Settings) -> dict[str, int]:
    """Make them; their ids by the name of the part of an address that holds them."""
    rep = company.users["rep"]
    uuid: UUID = uuid4()
    visit = Visit(
        customer_id=company.ids["customer_id"], owner_id=rep.id, created_by_id=rep.id, planned_on=clock().date(),
        client_uuid=uuid4(),
    )  # fmt: skip
    make.session.add(visit)
    await make.session.flush()
    file = File(
        client_uuid=uuid, subject="visits", subject_uuid=visit.client_uuid, kind="photo", name="shelf.jpg",
        content_type="image/jpeg", size=len(PICTURE), received=len(PICTURE), created_by_id=rep.id,
        sha256=hashlib.sha256(PICTURE).hexdigest(), complete_at=clock(),
    )  # fmt: skip
    disagreement = Disagreement(
        record_uuid=uuid4(), kind="customers", record_id=company.ids["customer_id"],
        customer_id=company.ids["customer_id"], field="city", base="Shanghai", mine="Ningbo", theirs="Suzhou",
        recorded_at=clock(), recorded_by_id=rep.id, created_by_id=rep.id,
    )  # fmt: skip
    make.session.add_all([file, disagreement])
    await make.session.flush()
    FileStore(settings.files).write(uuid, 0, PICTURE)
    return {"file_id": file.id, "disagreement_id": disagreement.id}
