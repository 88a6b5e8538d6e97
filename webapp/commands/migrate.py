"""Bring the database to the tables of this version, and make the installation's keys if it has none yet.

`offing serve` does this by itself at every start.
"""

import argparse
import asyncio

from webapp.commands.database import database
from webapp.keys import make_keys
from webapp.migrate import upgrade_database, write_first
from webapp.postgres import Cluster
from webapp.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument(
        "--write-first", action="store_true", help="for developers: generate the first migration from the models anew"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Migrate."""
    if options.write_first:
        with Cluster.throwaway() as cluster:
            print(f"Written: {asyncio.run(write_first(cluster.url))}")
        return 0
    with database(settings) as ready:
        make_keys(ready.home)
        assert ready.database_url is not None
        asyncio.run(upgrade_database(ready.database_url))
    print("The database has the tables of this version.")
    return 0
