"""Start a job worker: reminders, push, mail, imports, nightly jobs. `serve` starts one; this adds another."""

import argparse
from importlib import import_module

from webapp.commands.database import database
from webapp.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Work until told to end."""
    with database(settings) as ready:
        import_module("webapp.worker").main(ready)
    return 0
