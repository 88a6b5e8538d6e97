"""Tables, reference data and, in demo mode, the demo company; `serve` calls this before it starts the web server."""

import argparse
import asyncio

from webapp.migrate import upgrade_database
from webapp.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Prepare the database that `serve` started."""
    assert settings.database_url is not None
    asyncio.run(upgrade_database(settings.database_url))
    return 0
