"""Start Offing: its database, the web server and the worker, all kept running until Ctrl-C.

The last line printed is `Ready: <address>`. Settings come from the environment (see below).
"""

import argparse
from dataclasses import replace

from webapp.settings import Settings, describe
from webapp.supervisor import Supervisor


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("--demo", action="store_true", help="fill in a demo company first, as OFFING_DEMO=1 does")
    parser.epilog = f"environment:\n{describe()}"


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve until asked to stop."""
    return Supervisor(replace(settings, demo=True) if options.demo else settings).run()
