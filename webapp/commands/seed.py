"""Fill in what Offing needs to run: roles with their rights, reasons, flows, a first pool and administrator.

Adds only what is missing; `offing serve` does this by itself at every start.
"""

import argparse
import asyncio

from domain.seeds.reference import ADMINISTRATOR, seed
from webapp.commands.acting import act
from webapp.commands.database import database
from webapp.keys import make_keys
from webapp.migrate import upgrade_database
from webapp.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Migrate and seed."""
    with database(settings) as ready:
        make_keys(ready.home)
        fill(ready)
    return 0


def fill(settings: Settings, admin_password: str | None = None) -> None:
    """Tables and reference data; unless given, a new administrator's password is made and printed this once."""
    assert settings.database_url is not None
    asyncio.run(upgrade_database(settings.database_url))
    password = act(settings, None, lambda work: seed(work, admin_password))
    if password is not None and admin_password is None:
        print(f"First sign-in: {ADMINISTRATOR}  {password}  (shown only now; change it after signing in)", flush=True)
