"""The web server alone, on the database that `serve` started; `serve` calls this."""

import argparse
import gc
import signal
import sys
from functools import cache
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from webapp.app import create_app
from webapp.parents import tie_to_parent
from webapp.settings import Settings

KILL_AFTER_S = 10


@cache
def built() -> Any:
    """The application: made once before the workers are forked, so that they share it and start at once."""
    made = create_app()
    gc.collect()
    gc.freeze()  # what is there now stays for ever: looking through it again and again took a tenth of a page's time
    return made


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--wait", action="store_true", help="listen only after a line on the standard input")


def application() -> Any:
    """The application in a web worker, which ends if the server that started it is killed."""
    tie_to_parent(signal.SIGTERM)
    return built()


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve until told to end."""
    built()
    if options.wait and not sys.stdin.readline():
        return 0
    Granian(
        "webapp.commands.web:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        factory=True,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_S,
        log_level=LogLevels.warning,
        process_name="offing web",
    ).serve()
    return 0
