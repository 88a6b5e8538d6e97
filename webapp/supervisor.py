"""`offing serve`: one process that owns database server, web server and worker, and leaves none of them behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from types import FrameType
from urllib.parse import urlsplit

from webapp.home import prepare_home
from webapp.keys import make_keys
from webapp.parents import die_with_parent
from webapp.postgres import Cluster
from webapp.problems import DatabaseError, PortTaken, StartError
from webapp.settings import Settings

READY_TIMEOUT_S = 90.0
GRACE_S = 15.0
PORT_PATIENCE_S = 1.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
TICK_S = 0.1
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody asked us to end."""


@dataclass
class Pause:
    """How long to wait before the next try: doubles with each failure, forgotten after a steady minute."""

    next_s: float = 0.0
    last_start: float = 0.0

    def after_failure(self) -> float:
        """Seconds to wait now."""
        if time.monotonic() - self.last_start > STEADY_S:
            self.next_s = 0.0
        wait = self.next_s
        self.next_s = min(max(0.5, wait * 2), LONGEST_PAUSE_S)
        return wait


@dataclass
class Child:
    """A process of ours in a session of its own, so that its own children can be ended with it."""

    name: str
    command: list[str]
    environment: dict[str, str]
    held: bool = False
    """It gets itself ready and waits for a line before it begins."""
    process: subprocess.Popen[bytes] | None = None
    start_at: float = 0.0
    failures: int = 0
    pause: Pause = field(default_factory=Pause)

    def start(self) -> None:
        """From the main thread only: see `die_with_parent`."""
        self.pause.last_start = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        if not self.held:
            self.release()

    def release(self) -> None:
        """Let it begin, now and after every later start."""
        self.held = False
        assert self.process is not None and self.process.stdin is not None
        with suppress(BrokenPipeError), self.process.stdin as gate:  # it may have ended; `watch` sees to that
            gate.write(b"\n")

    def watch(self) -> None:
        """Start it when it is due; after its end clear up what it left and set when it is due again."""
        if self.process is None:
            if time.monotonic() >= self.start_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.kill_group()
        self.process = None
        self.failures += 1
        wait = self.pause.after_failure()
        self.start_at = time.monotonic() + wait
        say(f"The {self.name} ended with {code}; it is started again{f' in {wait:.0f} s' if wait >= 1 else ''}.")

    def ask_to_end(self) -> None:
        """Let it finish what it is doing."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for it until the deadline, then end it and whatever it started."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"The {self.name} does not end by itself and is ended.")
        self.kill_group()
        self.process.wait()
        self.process = None

    def kill_group(self) -> None:
        """Nothing of its session stays."""
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


class Supervisor:
    """Starts everything in order, keeps it running, ends it in order."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cluster = None if settings.database_url else Cluster(settings.home)
        self.children: list[Child] = []
        self.database_pause = Pause()
        self.database_due = 0.0
        self.metrics = tempfile.mkdtemp(prefix="offing-metrics-") if settings.metrics_port else None
        """The processes' figures meet in this folder."""

    def run(self) -> int:
        """Serve until asked to stop. Raises StartError when it cannot start; then nothing is left running."""
        for number in SIGNALS:
            signal.signal(number, _stop)
        try:
            self._start()
            while True:
                self._watch()
                time.sleep(TICK_S)
        except Stop:
            return 0
        finally:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            self._end()

    def _start(self) -> None:
        check_port(self.settings.host, self.settings.port)
        if self.settings.metrics_port:
            check_port("127.0.0.1", self.settings.metrics_port, "OFFING_METRICS_PORT")
        if self.cluster:
            if self.cluster.new:
                say(f"Making a database in {self.settings.home} …")
            self.cluster.start()
            self.database_pause.last_start = time.monotonic()
        else:
            prepare_home(self.settings.home)
        make_keys(self.settings.home)
        web = self._child("web server", "web", "--wait")
        web.held = True
        web.start()  # loads its modules meanwhile
        self._prepare()
        web.release()
        self._child("worker", "worker")
        self._await_ready()
        if self.settings.demo:
            self._introduce_demo()
        say(f"Ready: {self.settings.address}")

    def _child(self, name: str, *verb: str) -> Child:
        child = Child(name, [sys.executable, "-m", "webapp", *verb], self._environment())
        self.children.append(child)
        return child

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        url = self.cluster.url if self.cluster else settings.database_url
        assert url is not None
        metrics = {"PROMETHEUS_MULTIPROC_DIR": self.metrics} if self.metrics else {}
        return (
            os.environ
            | metrics
            | {
                "DATABASE_URL": url,
                "OFFING_HOME": str(settings.home),
                "OFFING_DEMO": "1" if settings.demo else "0",
            }
        )

    def _prepare(self) -> None:
        """Tables, reference data, demo company; in a process of its own, which gives its memory back."""
        child = self._child("preparation", "prepare")
        child.start()
        assert child.process is not None
        code = child.process.wait()
        self.children.remove(child)
        if code:
            raise DatabaseError("The database could not be prepared; the reason stands above.")

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not answers(self.settings.address + "/readyz"):
            self._watch()
            web = self.children[0]
            if web.failures > 2:
                raise StartError("The web server does not start; the reason stands above.")
            if time.monotonic() > deadline:
                raise StartError(f"The web server did not get ready in {READY_TIMEOUT_S:.0f} seconds.")
            time.sleep(0.02)

    def _introduce_demo(self) -> None:
        from webapp.commands.demo import sign_ins

        for line in sign_ins(self.settings):
            say(line)

    def _watch(self) -> None:
        if self.cluster and not self.cluster.alive() and time.monotonic() >= self.database_due:
            self._restart_database(self.cluster)
        for child in self.children:
            child.watch()

    def _restart_database(self, cluster: Cluster) -> None:
        say("PostgreSQL has ended; it is started again.")
        try:
            cluster.start()
        except StartError as error:
            say(str(error))
        wait = self.database_pause.after_failure()
        self.database_pause.last_start = time.monotonic()
        self.database_due = time.monotonic() + wait

    def _end(self) -> None:
        for child in self.children:
            child.ask_to_end()
        deadline = time.monotonic() + GRACE_S
        for child in self.children:
            child.end(deadline)
        if self.cluster:
            self.cluster.stop()
        if self.metrics:
            shutil.rmtree(self.metrics, ignore_errors=True)


def _stop(number: int, frame: FrameType | None) -> None:
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stop


def say(line: str) -> None:
    """A line for the person at the terminal."""
    print(line, flush=True)


def check_port(host: str, port: int, variable: str = "PORT") -> None:
    """Refuse before anything is made if somebody listens there; one who is just ending is waited for."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + PORT_PATIENCE_S
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except PermissionError as error:
                raise PortTaken(f"This user may not listen on port {port}. Choose another {variable}.") from error
            except OSError as error:
                if time.monotonic() > deadline:
                    raise PortTaken(
                        f"Port {port} on {host} cannot be used: {(error.strerror or str(error)).lower()}. "
                        f"End the program that listens there, or choose another: {variable}={port % 65535 + 1}."
                    ) from error
        time.sleep(0.1)


def answers(address: str) -> bool:
    """The address answers 200."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
