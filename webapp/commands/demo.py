"""Fill in the demo company, unless it is there, and print its sign-ins. For trying Offing out, not beside real data."""

import argparse
import asyncio
from collections.abc import Iterator
from functools import partial

from webapp.commands.database import database
from webapp.commands.seed import fill as fill_reference
from webapp.database import Database
from webapp.keys import demo_password, make_keys
from webapp.settings import Settings
from webapp.work import transaction


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Migrate, seed, fill in, print."""
    with database(settings) as ready:
        make_keys(ready.home)
        fill(ready)
    for line in sign_ins(settings):
        print(line)
    return 0


def fill(settings: Settings) -> None:
    """The company, made through the actions; its people have this installation's demo password."""
    from domain.seeds import demo  # large, and of no use to anything but a demo

    password = demo_password(settings.home)
    fill_reference(settings, admin_password=password)

    async def main() -> None:
        assert settings.database_url is not None
        database = Database(settings.database_url, pool_size=2)
        try:
            await demo.fill(partial(transaction, database), password)
        finally:
            await database.close()

    asyncio.run(main())


def sign_ins(settings: Settings) -> Iterator[str]:
    """What a visitor needs to know."""
    from domain.seeds.demo import SIGN_INS

    yield "Sign-ins of the demo company:"
    for name, about in SIGN_INS.items():
        yield f"  {name:<12}{about}"
    yield f"Password of all of them: {demo_password(settings.home)}"
