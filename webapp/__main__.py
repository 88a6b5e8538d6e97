"""The command line: `offing VERB …`. Each verb is a module of `webapp/commands`, imported only when it is called."""

import argparse
import os
import sys
from importlib import import_module

from webapp.problems import StartError
from webapp.settings import load

VERBS = {
    "serve": "start everything: database, web server, worker",
    "worker": "start one more job worker for an installation that is running",
    "migrate": "bring the database to the tables of this version",
    "seed": "fill in what Offing needs to run: roles, reasons, flows",
    "demo": "fill in the demo company and print its sign-ins",
    "import": "read customers, products or orders from a CSV or XLSX file",
    "token": "make or end API tokens",
    "backup": "write database, keys and files into one file",
    "restore": "read such a file into an empty installation",
    "doctor": "check an installation and say what is wrong",
}
INTERNAL = ("web", "prepare")
"""Started by `serve` alone."""


def usage() -> str:
    """What `offing --help` prints."""
    verbs = "\n".join(f"  {verb:<10}{about}" for verb, about in VERBS.items())
    return f"usage: offing VERB [OPTION…]\n\n{verbs}\n\n`offing VERB --help` tells more about each."


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; the result is the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if given else 2
    verb, rest = given[0], given[1:]
    if verb not in VERBS and verb not in INTERNAL:
        print(f"offing: there is no verb {verb!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    module = import_module(f"webapp.commands.{'import_file' if verb == 'import' else verb}")
    parser = argparse.ArgumentParser(
        prog=f"offing {verb}", description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    module.arguments(parser)
    options = parser.parse_args(rest)
    try:
        return int(module.run(options, load(os.environ)))
    except StartError as error:
        print(f"offing: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
