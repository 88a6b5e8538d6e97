"""PostgreSQL's own programs: how they are run and as whom, dump and restore, what their complaints mean."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import IO

from webapp.parents import die_with_parent
from webapp.postgres_home import Account, client_programs
from webapp.problems import DatabaseError


def run_as(who: Account, command: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program to its end as `who`."""
    return subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        env=environment(),
        cwd="/",
        user=who.uid if who.other else None,
        group=who.gid if who.other else None,
        extra_groups=[] if who.other else None,
    )


def start_as(who: Account, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a server as `who` that shuts down in good order when this process ends, even by kill -9."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=environment(),
        cwd="/",
        user=who.uid if who.other else None,
        group=who.gid if who.other else None,
        extra_groups=[] if who.other else None,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGINT),
    )


def command_line(pid: int) -> str:
    """What a running process was started with; empty when there is none."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout


def dump(url: str, path: Path) -> None:
    """Write the database at `url` to one file in pg_dump's own format."""
    _client("pg_dump", ["--format=custom", "--compress=1", "--no-owner", f"--file={path}", f"--dbname={libpq(url)}"])


def restore(url: str, path: Path) -> None:
    """Fill the empty database at `url` from such a file, in one transaction."""
    _client("pg_restore", ["--single-transaction", "--no-owner", f"--dbname={libpq(url)}", str(path)])


def libpq(url: str) -> str:
    """An address for PostgreSQL's own programs and for bare asyncpg."""
    return re.sub(r"([?&])ssl=", r"\1sslmode=", url.replace("postgresql+asyncpg://", "postgresql://", 1))


def _client(program: str, arguments: list[str]) -> None:
    # The packaged programs speak no TLS; a machine with an own PostgreSQL usually has its programs too.
    encrypted = any("sslmode=" in part for part in arguments)
    path = (shutil.which(program) if encrypted else None) or str(client_programs() / program)
    done = subprocess.run([path, *arguments], capture_output=True, text=True, env=environment())
    if done.returncode != 0:
        raise DatabaseError(explain(f"{program} failed", done.stderr))


def environment() -> dict[str, str]:
    """No PG… variable of the person's reaches the server or its programs, nor a foreign language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def explain(what: str, said: str) -> str:
    if "No space left on device" in said:
        return f"{what}: the disk is full."
    lines = [line for line in said.splitlines() if re.search("FATAL|PANIC|ERROR|error:", line)]
    return f"{what}: {' '.join((lines or said.splitlines() or ['no reason given'])[-2:])}"
