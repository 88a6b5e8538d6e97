"""Read customers with contacts, products or orders from a CSV or XLSX file, by the rules of the import page.

Columns are recognised by their headings. Rows that cannot be taken are listed with the reason and left out.
"""

import argparse
import asyncio
from pathlib import Path

from webapp.commands.database import database
from webapp.database import Database
from webapp.problems import StartError
from webapp.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("kind", choices=("customers", "products", "orders"), help="what the rows are")
    parser.add_argument("file", type=Path, help="a .csv (UTF-8 or GB 18030) or .xlsx file")
    parser.add_argument("--user", default="admin", help="user name of the person it is done as [admin]")
    parser.add_argument("--dry-run", action="store_true", help="check every row, store nothing")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Import; the exit code is 1 if rows were refused."""
    if not options.file.is_file():
        raise StartError(f"{options.file} is no file.")
    with database(settings) as ready:
        return asyncio.run(_import(ready, options))


async def _import(settings: Settings, options: argparse.Namespace) -> int:
    from webapp.importing import import_file

    assert settings.database_url is not None
    data = Database(settings.database_url, pool_size=2)
    try:
        result = await import_file(data, options.user, options.kind, options.file, dry_run=options.dry_run)
    finally:
        await data.close()
    for problem in result.problems:
        print(f"line {problem.line}: {problem.text}")
    print(f"{result.read} rows read, {result.made} made, {result.changed} changed, {result.refused} refused.")
    return int(result.refused > 0)
