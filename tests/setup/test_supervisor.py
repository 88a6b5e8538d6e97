"""`offing serve` from the outside: it starts, heals, and ends without leaving anything running."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

START_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@dataclass
class Serving:
    """A running `offing serve`."""

    process: subprocess.Popen[str]
    home: Path
    address: str
    lines: list[str]

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, *words: str) -> psutil.Process | None:
        """The eldest process whose command line or name holds these words."""
        for process in self.family():
            try:
                if not gone(process) and all(word in " ".join([process.name(), *process.cmdline()]) for word in words):
                    return process
            except psutil.NoSuchProcess:
                continue
        return None

    def member(self, *words: str) -> psutil.Process:
        """The same, waited for."""
        assert eventually(lambda: self.find(*words) is not None), f"no {words}"
        found = self.find(*words)
        assert found is not None
        return found

    def ready(self) -> bool:
        try:
            return httpx.get(self.address + "/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def environment(home: Path, port: int) -> dict[str, str]:
    ours = ("OFFING_", "DATABASE_URL", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"OFFING_HOME": str(home), "PORT": str(port)}


def offing(*arguments: str, home: Path, port: int = 8000) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "webapp", *arguments]
    return subprocess.run(command, env=environment(home, port), capture_output=True, text=True, timeout=60)


def serve(home: Path) -> Serving:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp", "serve"], env=environment(home, port), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith("Ready: "):
            break
    assert lines and lines[-1].startswith("Ready: "), lines
    threading.Thread(target=process.stdout.read, daemon=True).start()  # a full pipe would stop its log and so itself
    return Serving(process, home, f"http://127.0.0.1:{port}", lines)


@pytest.fixture(scope="module")
def outer() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="offing-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def serving(outer: Path) -> Iterator[Serving]:
    server = serve(outer / "home")
    yield server
    server.process.send_signal(signal.SIGINT)
    server.process.wait(30)


def test_the_last_line_is_the_address_and_it_answers(serving: Serving) -> None:
    assert serving.lines[-1] == f"Ready: {serving.address}"
    assert serving.ready()


def test_a_killed_web_worker_comes_back_while_others_serve(serving: Serving) -> None:
    server = serving.member("offing web")
    workers = server.children()
    assert len(workers) == 2
    workers[0].kill()
    assert eventually(lambda: len([one for one in server.children() if not gone(one)]) == 2)
    assert eventually(serving.ready)
    assert not gone(workers[1])


def test_a_killed_web_server_comes_back_and_leaves_no_old_worker(serving: Serving) -> None:
    server = serving.member("offing web")
    workers = server.children()
    server.kill()
    assert eventually(lambda: all(gone(one) for one in workers))
    assert eventually(serving.ready)


def test_a_killed_job_worker_comes_back(serving: Serving) -> None:
    worker = serving.member("webapp", "worker")
    worker.kill()
    assert eventually(lambda: gone(worker))
    assert serving.member("webapp", "worker") != worker
    assert serving.ready()


def test_a_killed_database_comes_back_and_the_web_server_finds_it(serving: Serving) -> None:
    database = serving.member("postgres", "-D")
    database.kill()
    assert eventually(lambda: gone(database))
    assert eventually(serving.ready)
    assert serving.member("postgres", "-D") != database


def test_a_second_one_on_the_same_folder_is_refused(serving: Serving, outer: Path) -> None:
    refused = offing("serve", home=outer / "home", port=free_port())
    assert refused.returncode == 4
    assert "already running" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert serving.ready()


def test_a_taken_port_is_refused_before_anything_is_made(serving: Serving, outer: Path) -> None:
    port = int(serving.address.rpartition(":")[2])
    refused = offing("serve", home=outer / "never", port=port)
    assert refused.returncode == 3
    assert f"Port {port} on 127.0.0.1 cannot be used: address already in use" in refused.stderr
    assert not (outer / "never").exists()


def test_doctor_and_backup_work_beside_it_and_the_backup_restores(serving: Serving, outer: Path) -> None:
    checked = offing("doctor", home=outer / "home")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "The tables are those of this version." in checked.stdout
    copy = outer / "copy.tar"
    assert offing("backup", str(copy), home=outer / "home").returncode == 0
    assert copy.stat().st_mode & 0o077 == 0
    assert offing("restore", str(copy), home=outer / "other").returncode == 0
    secret = Path("keys") / "secret"
    assert (outer / "other" / secret).read_text() == (outer / "home" / secret).read_text()
    again = offing("restore", str(copy), home=outer / "other")
    assert again.returncode == 4
    assert "already holds an installation" in again.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_it_ends_nothing_stays_and_the_next_start_is_quick(outer: Path, number: signal.Signals) -> None:
    server = serve(outer / "ending")
    family = server.family()
    assert len(family) > 5
    server.process.send_signal(number)
    code = server.process.wait(30)
    assert code == (0 if number != signal.SIGKILL else -9)
    assert eventually(lambda: all(gone(one) for one in family)), [one.cmdline() for one in family if not gone(one)]
    # Its port is not asked for: with tests beside this one somebody else may have it already.
    if number is signal.SIGKILL:
        after = serve(outer / "ending")
        after.process.send_signal(signal.SIGINT)
        assert after.process.wait(30) == 0


def test_bad_settings_and_unknown_verbs_end_with_a_sentence(outer: Path) -> None:
    refused = offing("serve", home=outer / "never", port=70000)
    assert refused.returncode == 2
    assert refused.stderr == "offing: PORT='70000' cannot be used: it is not a whole number from 1 to 65535.\n"
    assert offing("sail", home=outer / "never").returncode == 2
    assert not (outer / "never").exists()


@pytest.mark.parametrize(
    "verb", ["serve", "worker", "migrate", "seed", "demo", "import", "token", "backup", "restore", "doctor"]
)
def test_every_verb_has_help(verb: str, outer: Path) -> None:
    asked = offing(verb, "--help", home=outer / "never")
    assert asked.returncode == 0
    assert f"usage: offing {verb}" in asked.stdout
    assert len(asked.stdout.splitlines()) > 4
