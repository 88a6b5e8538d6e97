"""Read customers with contacts, leads, opportunities, products or orders from a CSV or XLSX file, as its page does.

Columns are recognised by their headings. Rows that cannot be taken are listed with the reason and left out; a second
run makes nothing twice. `northwind` takes the folder with the CSV files of Microsoft's sample database.
"""

import argparse
import asyncio
from pathlib import Path

from domain.core.errors import Invalid, NotFound, Problem
from webapp.commands.database import database
from webapp.database import Database
from webapp.problems import StartError
from webapp.settings import Settings

NORTHWIND = "northwind"
KINDS = ("customers", "contacts", "leads", "opportunities", "products", "orders", NORTHWIND)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("kind", choices=KINDS, help="what the rows are")
    parser.add_argument("file", type=Path, help="a .csv or .xlsx file; for northwind the folder of its files")
    parser.add_argument("--user", default="admin", help="user name of the person it is done as [admin]")
    parser.add_argument("--dry-run", action="store_true", help="check every row, store nothing")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Import; the exit code is 1 if rows were refused."""
    if options.kind == NORTHWIND and not options.file.is_dir():
        raise StartError(f"{options.file} is no folder.")
    if options.kind != NORTHWIND and not options.file.is_file():
        raise StartError(f"{options.file} is no file.")
    with database(settings) as ready:
        try:
            return asyncio.run(_import(ready, options))
        except Invalid as error:
            raise StartError(" ".join(str(text) for texts in error.errors.values() for text in texts)) from error
        except NotFound as error:
            raise StartError(f"There is no user {options.user}.") from error
        except Problem as error:
            raise StartError(str(error)) from error


async def _import(settings: Settings, options: argparse.Namespace) -> int:
    from webapp.importing import import_file
    from webapp.northwind import import_northwind

    assert settings.database_url is not None
    data = Database(settings.database_url, pool_size=2)
    try:
        if options.kind == NORTHWIND:
            found = await import_northwind(data, options.user, options.file, dry_run=options.dry_run)
        else:
            result = await import_file(data, options.user, options.kind, options.file, dry_run=options.dry_run)
            found = {options.kind: result}
    finally:
        await data.close()
    for name, result in found.items():
        for problem in result.problems:
            print(f"{name}, line {problem.line}: {problem.text}")
        print(
            f"{name}: {result.read} rows read, {result.made} {'would be ' if options.dry_run else ''}made, "
            f"{result.changed} changed, {result.there} there already, {result.refused} refused."
        )
    return int(any(result.refused for result in found.values()))
