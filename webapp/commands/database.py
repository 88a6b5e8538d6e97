"""The database for a command: the one set, the one a running `offing serve` has open, or our own, started."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from webapp.home import prepare_home
from webapp.postgres import Cluster
from webapp.settings import Settings


@contextmanager
def database(settings: Settings) -> Iterator[Settings]:
    """Settings whose `database_url` can be used until the end of the block."""
    if settings.database_url:
        prepare_home(settings.home)
        yield settings
        return
    cluster = Cluster(settings.home)
    if cluster.running_elsewhere():
        yield replace(settings, database_url=cluster.url)
        return
    cluster.start()
    try:
        yield replace(settings, database_url=cluster.url)
    finally:
        cluster.stop()
