"""The built-in PostgreSQL: private, quick to start, gone with its owner, and plain about what it cannot do."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from webapp import postgres as postgres_module
from webapp import postgres_home
from webapp.postgres import Cluster
from webapp.postgres_home import Account
from webapp.postgres_tools import libpq
from webapp.problems import FolderError

OWNER = """
import sys, time
from pathlib import Path
from webapp.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
print(cluster.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder to be made, in one that every user may enter."""
    outer = Path(tempfile.mkdtemp(prefix="offing-test-"))
    outer.chmod(0o755)
    yield outer / "home"
    shutil.rmtree(outer, ignore_errors=True)


def ask(cluster: Cluster, question: str) -> object:
    async def main() -> object:
        connection = await asyncpg.connect(libpq(cluster.url))
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(main())


def gone(process: psutil.Process) -> bool:
    """A container without an init keeps the dead in its list as zombies."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def modes(paths: list[Path]) -> dict[Path, int]:
    return {path: path.stat().st_mode for path in paths}


def test_it_starts_keeps_its_data_and_starts_again(home: Path) -> None:
    cluster = Cluster(home)
    cluster.start()
    try:
        assert ask(cluster, "select current_database()") == "offing"
        assert ask(cluster, "select datctype from pg_database where datname = 'offing'") == "C.UTF-8"
        ask(cluster, "create table kept as select 7 as number")
    finally:
        cluster.stop()
    cluster.start()
    try:
        assert ask(cluster, "select number from kept") == 7
    finally:
        cluster.stop()
    assert not (cluster.data / "postmaster.pid").exists()


def test_nobody_else_can_reach_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6543")
    cluster = Cluster(home)
    cluster.start()
    try:
        assert ask(cluster, "show listen_addresses") == ""
        assert home.stat().st_mode & 0o777 == 0o700
        assert cluster.data.stat().st_mode & 0o777 == 0o700
        assert cluster.data.stat().st_uid == cluster.account.uid != 0
    finally:
        cluster.stop()


def test_no_folder_is_opened_to_others(home: Path) -> None:
    programs = Path(sys.executable).parent
    watched = [*home.parents, programs, *programs.parents, postgres_home.client_programs()]
    watched += postgres_home.client_programs().parents
    before = modes(watched)
    cluster = Cluster(home)
    cluster.start()
    cluster.stop()
    assert modes(watched) == before


def test_kill_9_of_the_owner_leaves_no_server_behind_and_loses_nothing(home: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(home)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    server = psutil.Process(int(owner.stdout.readline()))
    owner.kill()
    owner.wait()
    owner.stdout.close()
    # Started again at once, it waits for the one that is still ending.
    cluster = Cluster(home)
    cluster.start()
    try:
        assert gone(server)
        assert ask(cluster, "select 1") == 1
    finally:
        cluster.stop()


def test_a_killed_server_can_be_started_again(home: Path) -> None:
    cluster = Cluster(home)
    cluster.start()
    try:
        assert cluster.process is not None
        cluster.process.kill()
        cluster.process.wait()
        cluster.start()
        assert ask(cluster, "select 1") == 1
    finally:
        cluster.stop()


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(home: Path) -> None:
    cluster = Cluster(home)
    cluster.start()
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    cluster.start()
    try:
        assert ask(cluster, "select 1") == 1
    finally:
        cluster.stop()


def test_two_at_once_on_one_folder_are_refused(home: Path) -> None:
    cluster = Cluster(home)
    cluster.start()
    try:
        other = Cluster(home)
        assert other.running_elsewhere()
        with pytest.raises(FolderError, match=rf"already running on .* \(process {os.getpid()}\)"):
            other.start()
        assert ask(cluster, "select 1") == 1
    finally:
        cluster.stop()
    assert not Cluster(home).running_elsewhere()


def test_data_of_another_release_is_left_alone(home: Path) -> None:
    cluster = Cluster(home)
    cluster.start()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(FolderError, match="was written by PostgreSQL 17; this Offing brings"):
        cluster.start()
    cluster.data.rename(home / "pg16")
    with pytest.raises(FolderError, match="was written by PostgreSQL 16"):
        cluster.start()
    assert not cluster.data.exists()


def test_a_folder_without_a_version_is_not_taken_for_empty(home: Path) -> None:
    cluster = Cluster(home)
    cluster.start()
    cluster.stop()
    (cluster.data / "PG_VERSION").unlink()
    with pytest.raises(FolderError, match="holds no PostgreSQL data"):
        cluster.start()


def test_a_folder_of_another_user_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(home)
    cluster.start()
    cluster.stop()
    stranger = Account(cluster.account.uid + 1, cluster.account.gid)
    monkeypatch.setattr(postgres_home, "account", lambda: stranger)
    before = modes([home, cluster.data])
    with pytest.raises(FolderError, match="belongs to the user"):
        Cluster(home).start()
    assert modes([home, cluster.data]) == before


def test_a_way_that_the_server_may_not_go_is_refused_before_anything_is_made(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o600 if os.geteuid() else 0o700)
    with pytest.raises(FolderError, match=r"cannot reach|cannot be made"):
        Cluster(closed / "inner" / "data").start()
    closed.chmod(0o700)
    assert not list(closed.iterdir())


def test_a_file_in_the_place_of_the_folder_is_refused(home: Path) -> None:
    home.write_text("mine")
    with pytest.raises(FolderError, match="is no folder"):
        Cluster(home).start()
    assert home.read_text() == "mine"


def test_a_full_disk_is_told_before_anything_is_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 10, 5_000_000))
    with pytest.raises(FolderError, match="is full: 5 MB are free"):
        Cluster(home).start()
    assert [path.name for path in home.iterdir()] == ["lock"]


def test_a_disk_that_fills_up_meanwhile_leaves_nothing_half_done(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(who: Account, command: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
        (Path(command[1].removeprefix("--pgdata=")) / "base").write_text("half")
        return subprocess.CompletedProcess(command, 1, "", "initdb: error: could not write: No space left on device")

    monkeypatch.setattr(postgres_module, "run_as", full)
    with pytest.raises(FolderError, match="the disk is full"):
        Cluster(home).start()
    assert [path.name for path in home.iterdir()] == ["lock"]


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(home: Path) -> None:
    deep = home / ("a-long-name-" * 8)
    home.mkdir()
    home.chmod(0o755)
    cluster = Cluster(deep)
    cluster.start()
    try:
        assert cluster.socket != cluster.data
        assert cluster.socket.stat().st_mode & 0o777 == 0o700
        assert ask(cluster, "select 1") == 1
    finally:
        cluster.stop()
        shutil.rmtree(cluster.socket)


def test_a_throwaway_cluster_skips_the_disk_and_leaves_nothing() -> None:
    with Cluster.throwaway() as cluster:
        assert ask(cluster, "show fsync") == "off"
        server = psutil.Process(cluster.process.pid)  # type: ignore[union-attr]
    assert gone(server)
    assert not cluster.home.exists()


def test_the_database_travels_through_a_dump(home: Path, tmp_path: Path) -> None:
    with Cluster.throwaway() as first:
        ask(first, "create table kept as select '船' as word")
        first.dump(tmp_path / "dump")
    with Cluster.throwaway() as second:
        second.restore(tmp_path / "dump")
        assert ask(second, "select word from kept") == "船"
