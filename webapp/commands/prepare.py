"""Tables, reference data and, in demo mode, the demo company; `serve` calls this before it starts the web server."""

import argparse

from webapp.commands import demo, seed
from webapp.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Prepare the database that `serve` started."""
    if settings.demo:
        demo.fill(settings)
    else:
        seed.fill(settings)
    return 0
