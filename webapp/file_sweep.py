"""Nightly: files that nobody needs go, first from the database, then from the disk."""

from __future__ import annotations

from asyncio import to_thread

from domain.core.work import clock
from domain.files.actions import KEPT_ALONE, sweep, unknown
from webapp.file_store import FileStore
from webapp.outside import Outside

AT_ONCE = 500


async def sweep_files(outside: Outside) -> None:
    """Remove what never ended, what belongs to nothing, and bytes of which no file is known; all after thirty days."""
    store = FileStore(outside.settings.files)
    while True:
        async with outside.transaction() as work:
            gone = await sweep(work, AT_ONCE)
        for uuid in gone:  # after the commit: a file without a row is found by the next sweep, a row without is lost
            await to_thread(store.remove, uuid)
        if not gone:
            break
    before = (clock() - KEPT_ALONE).timestamp()
    old = await to_thread(lambda: sorted(set(store.older_than(before)), key=str))
    for start in range(0, len(old), AT_ONCE):
        async with outside.transaction() as work:
            stray = await unknown(work, old[start : start + AT_ONCE])
        for uuid in stray:
            await to_thread(store.remove, uuid)
