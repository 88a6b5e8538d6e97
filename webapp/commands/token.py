"""API tokens for a user: make one, which is printed this once, or end one.

A token acts as its user, within the rights named, until its last day.
"""

import argparse
from datetime import timedelta

from domain.core.work import Work
from domain.people.actions import create_token, revoke_token
from webapp.commands.acting import act
from webapp.commands.database import database
from webapp.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="create|revoke")
    create = verbs.add_parser("create", help="make a token and print it")
    create.add_argument("--user", required=True, help="user name of the person it acts as")
    create.add_argument("--name", default="command line", help="what it is for, as the person's list shows it")
    create.add_argument("--days", type=int, help="days until it ends; without this it does not end by itself")
    create.add_argument(
        "--scope", action="append", default=[], metavar="RIGHT",
        help="a right such as customers.view; may be repeated; without this all rights of the user",
    )  # fmt: skip
    revoke = verbs.add_parser("revoke", help="end a token")
    revoke.add_argument("--user", required=True, help="user name of the person it acts as")
    revoke.add_argument("id", type=int, help="its number in the person's list of tokens")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Make or end a token; only the token itself goes to the standard output."""

    async def create(work: Work) -> str:
        last_day = None if options.days is None else work.today + timedelta(days=options.days)
        return await create_token(work, options.name, options.scope, last_day)

    async def revoke(work: Work) -> None:
        await revoke_token(work, options.id)

    with database(settings) as ready:
        if options.verb == "create":
            print(act(ready, options.user, create))
        else:
            act(ready, options.user, revoke)
    return 0
