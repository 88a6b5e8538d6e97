"""The job worker: carries out what follows events and what is due by the clock."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import httpx
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.core.applications import PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.domain.errors import FailingListenerError
from pgqueuer.domain.models import Job, Schedule
from pgqueuer.domain.types import Channel

from webapp import logs, metrics
from webapp.database import Database, connect_arguments
from webapp.deliver.pushes import JOB as PUSH
from webapp.deliver.pushes import push_to_device
from webapp.follow import follow
from webapp.outside import Outside
from webapp.queue import SETTINGS, queries_of
from webapp.schedule import ENTRIES
from webapp.settings import Settings

log = logging.getLogger("offing.worker")
TRIES = 8
LONGEST_WAIT = timedelta(minutes=15)
HEARTBEAT = timedelta(seconds=10)
RETRY = functools.partial(
    DatabaseRetryEntrypointExecutor, max_attempts=TRIES, initial_delay=timedelta(seconds=2), max_delay=LONGEST_WAIT
)


@asynccontextmanager
async def outside(settings: Settings) -> AsyncIterator[Outside]:
    """The database and the way out, open as long as the worker runs."""
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=4)
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=20)
    async with httpx.AsyncClient(timeout=15, limits=limits, follow_redirects=False) as http:
        try:
            yield Outside(settings, database, http)
        finally:
            await database.close()


def register(queue: PgQueuer, world: Outside) -> None:
    """Tell the queue what its jobs mean."""

    @queue.entrypoint("follow", on_failure="hold", executor_factory=RETRY)
    async def run_follow(job: Job) -> None:
        task = json.loads(job.payload or b"{}")
        with metrics.job(task["do"]):
            await follow(world, task["event"], task["do"])

    @queue.entrypoint(PUSH, on_failure="hold", executor_factory=RETRY)
    async def run_push(job: Job) -> None:
        task = json.loads(job.payload or b"{}")
        with metrics.job(PUSH):
            await push_to_device(world, task["item"], task["device"], job.attempts)

    entries = {entry.name: entry for entry in ENTRIES}

    @queue.entrypoint("clock", on_failure="hold", executor_factory=RETRY)
    async def run_clock(job: Job) -> None:
        entry = entries[(job.payload or b"").decode()]
        with metrics.job(entry.name):
            await entry.run(world)

    for entry in ENTRIES:

        @queue.schedule(entry.name, entry.cron)
        async def due(schedule: Schedule, name: str = entry.name) -> None:
            # A run that still waits makes another one needless.
            await queue.qm.queries.enqueue(["clock"], [name.encode()], [0], dedupe_key=[name], on_conflict="skip")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[PgQueuer]:
    """The queue with all its jobs known, connected. Running it raises when the database is gone: whoever started
    the worker starts it again."""
    assert settings.database_url is not None
    async with (
        outside(settings) as world,
        asyncpg.create_pool(**connect_arguments(settings.database_url), min_size=2, max_size=4) as pool,
    ):
        driver = AsyncpgPoolDriver(pool)
        async with driver:
            queue = PgQueuer(driver, channel=Channel(SETTINGS.channel), queries=queries_of(driver))
            register(queue, world)
            yield queue


async def work(settings: Settings) -> None:
    """Work until a signal says to end. A listener that went silent is connected anew; nothing queued is lost by it."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    while not ended.is_set():
        async with opened(settings) as queue:

            def end(queue: PgQueuer = queue) -> None:
                ended.set()
                queue.shutdown.set()

            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, end)
            log.info("working")
            try:
                await queue.run(
                    dequeue_timeout=timedelta(seconds=5),
                    batch_size=20,
                    heartbeat_timeout=HEARTBEAT,
                    shutdown_on_listener_failure=True,
                )
                return
            except FailingListenerError:
                log.warning("the listener went silent; connecting anew")


def main(settings: Settings) -> None:
    """Run one worker process."""
    logs.configure(settings)
    metrics.serve(settings)
    asyncio.run(work(settings))
