"""The built-in PostgreSQL under our own supervision: made, started, stopped; never reachable over the network."""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self

from webapp import postgres_home as homes
from webapp import postgres_tools
from webapp.postgres_tools import command_line, explain, run_as, start_as
from webapp.problems import DatabaseError, FolderError

USER = "offing"
DATABASE = "offing"
PORT = 5432
"""Only names the socket file; set everywhere so that PGPORT in the environment cannot change it."""
SOCKET_LIMIT = 100
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0


def _buffers() -> str:
    """An eighth of the memory that this machine or container has, from 128 MB to 2 GB: indexes of a large company must
    fit, or a nightly sweep of a hundred thousand rows reads them again for each row."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        memory = min(memory, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return f"{min(max(memory // 8, 128 << 20), 2 << 30) >> 20}MB"


# For 2 cores and a few GB; the database of one company fits in memory.
TUNING = {
    "listen_addresses": "",
    "shared_buffers": _buffers(),
    "effective_cache_size": "4GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "jit": "off",
    "max_connections": "100",
    "log_min_duration_statement": "500",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "autovacuum": "off",
    "log_min_duration_statement": "-1",
}


class Cluster:
    """One PostgreSQL data folder and the server running on it, child of this process. Start it from the main thread."""

    def __init__(self, home: Path, *, flags: dict[str, str] | None = None, throwaway: bool = False) -> None:
        self.home = home
        self.account = homes.account()
        self.data = home / f"pg{homes.major_version()}"
        self.flags = TUNING | (THROWAWAY if throwaway else {}) | (flags or {})
        self.is_throwaway = throwaway
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @classmethod
    @contextmanager
    def throwaway(cls) -> Iterator[Self]:
        """A running cluster in a folder of its own that is gone afterwards: for tests, quick and not crash-safe."""
        home = Path(tempfile.mkdtemp(prefix="offing-pg-"))
        cluster = cls(home, throwaway=True)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
            shutil.rmtree(home, ignore_errors=True)

    @property
    def socket(self) -> Path:
        """The folder of the server's socket: the data folder, or a short one of our own if that path is too long."""
        if len(os.fsencode(self.data / f".s.PGSQL.{PORT}")) <= SOCKET_LIMIT:
            return self.data
        mark = hashlib.sha256(os.fsencode(self.data.resolve())).hexdigest()[:12]
        return Path(f"/tmp/offing-{self.account.uid}-{mark}")

    @property
    def url(self) -> str:
        """The database's address for SQLAlchemy; with `postgresql://` in front also for asyncpg and libpq."""
        return f"postgresql+asyncpg://{USER}@/{DATABASE}?host={self.socket}&port={PORT}"

    @property
    def new(self) -> bool:
        """There is no data yet."""
        return not self.data.exists()

    def alive(self) -> bool:
        """The server that we started is running."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Make what is missing, start the server, return when it takes connections. Raises StartError, a sentence."""
        homes.make_folder(self.home, self.account)
        self._take_lock()
        try:
            self._clear_drafts()
            self._check_data()
            homes.check_space(self.home)
            programs = homes.server_programs(self.account)
            if self.new:
                self._make(programs)
            self._end_orphan(programs)
            self._launch(programs)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server in good order and let others use the folder. Does nothing if it is not running."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT if self.is_throwaway else signal.SIGINT)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(STOP_TIMEOUT_S)
        self.process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def running_elsewhere(self) -> bool:
        """Another Offing process has this folder's server running."""
        try:
            return self._lock is None and (self.socket / f".s.PGSQL.{PORT}").is_socket() and not self._try_lock()
        except PermissionError:
            return False  # another user's: `start` says so

    def dump(self, path: Path) -> None:
        """Write the whole database to one file."""
        postgres_tools.dump(self.url, path)

    def restore(self, path: Path) -> None:
        """Fill an empty database from such a file, whole or not at all."""
        postgres_tools.restore(self.url, path)

    def _lock_file(self) -> IO[str]:
        return open(os.open(self.home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")

    def _try_lock(self) -> bool:
        with self._lock_file() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        file = self._lock_file()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = file.read().strip()
            file.close()
            raise FolderError(
                f"Offing is already running on {self.home} (process {holder}). Stop it first, or set OFFING_HOME."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock = file

    def _clear_drafts(self) -> None:
        """What a start that was killed half-way left."""
        for draft in self.home.glob(".new-*"):
            shutil.rmtree(draft, ignore_errors=True)

    def _check_data(self) -> None:
        ours = homes.major_version()
        if self.new:
            for old in sorted(self.home.glob("pg[0-9]*")):
                raise FolderError(_other_version(old, old.name[2:], ours))
            return
        owner = self.data.stat().st_uid
        if owner != self.account.uid:
            raise FolderError(
                f"{self.data} belongs to the user {homes.user_name(owner)}, "
                f"not to {homes.user_name(self.account.uid)}. Start Offing as that user, or set OFFING_HOME."
            )
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError as error:
            raise FolderError(
                f"{self.data} holds no PostgreSQL data. Put back a backup, or move that folder away to begin anew."
            ) from error
        if found != ours:
            raise FolderError(_other_version(self.data, found, ours))

    def _make(self, programs: Path) -> None:
        """A new cluster appears whole under its name or not at all."""
        draft = Path(tempfile.mkdtemp(prefix=".new-", dir=self.home))
        try:
            self.account.own(draft)
            command = [str(programs / "initdb"), f"--pgdata={draft}", f"--username={USER}", "--auth=trust", "--no-sync"]
            command += ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            made = run_as(self.account, command)
            if made.returncode == 0:
                single = [str(programs / "postgres"), "--single", "-c", "fsync=off", "-D", str(draft), "postgres"]
                made = run_as(self.account, single, f"create database {DATABASE};\n")
            if made.returncode != 0:
                raise FolderError(explain(f"No database could be made in {self.home}", made.stderr))
            if not self.is_throwaway:
                os.sync()
            draft.rename(self.data)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _end_orphan(self, programs: Path) -> None:
        """We hold the lock, so a server still here lost its owner by kill -9; a leftover pid file may name anyone."""
        pid_file = self.data / "postmaster.pid"
        if _postmaster(pid_file, self.data):
            stop = [str(programs / "pg_ctl"), "stop", f"--pgdata={self.data}", "--mode=fast", "--wait", "--timeout=30"]
            run_as(self.account, stop)
        if not _postmaster(pid_file, self.data):
            pid_file.unlink(missing_ok=True)

    def _launch(self, programs: Path) -> None:
        self._make_socket_folder()
        command = [str(programs / "postgres"), "-D", str(self.data), "-k", str(self.socket), "-p", str(PORT)]
        for name, value in self.flags.items():
            command += ["-c", f"{name}={value}"]
        log = self.home / "postgres.log"
        if log.exists() and log.stat().st_size > 10_000_000:
            log.replace(log.with_suffix(".log.1"))
        with open(log, "ab") as out:
            start_of_log = out.tell()
            self.process = start_as(self.account, command, out)
        self._await_ready(log, start_of_log)

    def _await_ready(self, log: Path, start_of_log: int) -> None:
        process = self.process
        assert process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if process.poll() is not None:
                with open(log, "rb") as lines:
                    lines.seek(start_of_log)
                    said = lines.read().decode(errors="replace")
                raise DatabaseError(explain("PostgreSQL did not start", said))
            if _ready(self.data / "postmaster.pid", process.pid):
                return
            time.sleep(0.01)
        raise DatabaseError(f"PostgreSQL did not get ready in {START_TIMEOUT_S:.0f} seconds; see {log}.")

    def _make_socket_folder(self) -> None:
        folder = self.socket
        if folder == self.data:
            return
        try:
            folder.mkdir(mode=0o700)
            self.account.own(folder)
        except FileExistsError:
            info = folder.lstat()
            if info.st_uid != self.account.uid or info.st_mode & 0o777 != 0o700 or not folder.is_dir():
                raise FolderError(f"{folder} is in the way of a socket. Use a shorter OFFING_HOME.") from None


def _other_version(folder: Path, found: str, ours: str) -> str:
    return (
        f"{folder} was written by PostgreSQL {found}; this Offing brings {ours}. Make a backup with the Offing that "
        "wrote it (`offing backup`), move the folder away, and read the backup in with this one (`offing restore`)."
    )


def _ready(pid_file: Path, pid: int) -> bool:
    """The server itself notes in line 8 of its pid file when it takes connections."""
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _postmaster(pid_file: Path, data: Path) -> int | None:
    """The process in the pid file, if it really is a server on this folder and not somebody who got its number."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    command = command_line(pid)
    return pid if "postgres" in command and str(data) in command else None
