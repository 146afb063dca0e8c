"""One machine's RAGLedger from start to stop: lock, servers, migration, services, sample."""

import fcntl
import http.client
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from django.db import connections

from provenance.embedded import postgres, valkey
from provenance.embedded.errors import HomeInUse, PortTaken, ServiceDidNotAnswer
from provenance.embedded.home import Home, home_folder, open_home
from provenance.embedded.processes import stop_process
from provenance.embedded.services import application_services, run_command
from provenance.embedded.supervisor import Service, Supervisor, end_leftovers
from provenance.embedded.warnings_tail import WarningsTail, set_aside_long_log

ROUND_SECONDS = 0.2
ANSWER_SECONDS = 180
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOGS = ("postgres", "valkey", "sequencer", "projector", "worker", "rebuilder", "web", "sample")


class StopRequested(Exception):
    """Ctrl-C or SIGTERM."""


@dataclass
class Machine:
    host: str
    port: int
    embedded: bool
    say: Callable[[str], None]

    def run(self, *, migrate: Callable[[], None], load_sample: bool) -> None:
        """Returns when everything that it started has been stopped. Raises EmbeddedError."""
        home = open_home(home_folder())
        with _sole_use(home), _stopping_on_signals():
            supervisor = self._supervisor(home)
            try:
                refuse_taken_port(self.host, self.port)
                self._start(supervisor, home, migrate)
                self._serve(supervisor, home, load_sample=load_sample)
            except StopRequested:
                self.say("Stopping ...")
            finally:
                supervisor.stop()

    def _supervisor(self, home: Home) -> Supervisor:
        records = home.root / "processes.json"
        for name in end_leftovers(records, spared=["postgres"]):
            self.say(f"An earlier run had left its {name} behind; it is stopped.")
        for name in LOGS:
            set_aside_long_log(_log(home, name))
        return Supervisor(records=records, say=self.say)

    def _start(self, supervisor: Supervisor, home: Home, migrate: Callable[[], None]) -> None:
        if self.embedded:
            supervisor.start(_postgres_service(home), _valkey_service(home))
        migrate()
        supervisor.start(*application_services(logs=home.logs, host=self.host, port=self.port))

    def _serve(self, supervisor: Supervisor, home: Home, *, load_sample: bool) -> None:
        tail = WarningsTail([_log(home, name) for name in LOGS], self.say)
        until = time.monotonic() + ANSWER_SECONDS
        self._until(supervisor, tail, lambda: self._answers() or time.monotonic() > until)
        if not self._answers():
            raise ServiceDidNotAnswer(self.address, ANSWER_SECONDS, home.logs)
        self.say(f"RAGLedger is running: {self.address}")
        self.say(f"Its data are in {home.root}, its logs in {home.logs}. Ctrl-C stops it.")
        if load_sample:
            self._load_sample(supervisor, tail, home)
        demo = home.root / "demo.txt"
        if demo.exists():
            self.say(demo.read_text(encoding="utf-8").rstrip())
        self._until(supervisor, tail, lambda: False)

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self.port}/"

    def _load_sample(self, supervisor: Supervisor, tail: WarningsTail, home: Home) -> None:
        """Runs beside the services on the first start; what was interrupted is done again."""
        done = home.root / "sample-loaded"
        if done.exists():
            return
        self.say("Loading the sample documents and interactions ...")
        child = run_command("load_sample", "--url", self.address, log=_log(home, "sample"))
        try:
            self._until(supervisor, tail, lambda: child.poll() is not None)
        finally:
            stop_process(child, ask=signal.SIGTERM, seconds=5)
        if child.returncode:
            self.say(f"The sample was not loaded whole; see {_log(home, 'sample')}.")
        else:
            done.touch()

    @staticmethod
    def _until(supervisor: Supervisor, tail: WarningsTail, holds: Callable[[], bool]) -> None:
        while not holds():
            supervisor.look_after()
            tail.repeat_new()
            time.sleep(ROUND_SECONDS)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=5)
        try:
            connection.request("GET", "/healthz")
            # Even a refusal (this host name may not be an allowed one) is an answer.
            return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(port) from error


def _postgres_service(home: Home) -> Service:
    return Service(
        "postgres",
        lambda: postgres.start(home).process,
        ask=signal.SIGINT,  # a fast shutdown: clients are disconnected, all is on disk
        stop_seconds=30,
    )


def _valkey_service(home: Home) -> Service:
    return Service("valkey", lambda: valkey.start(home).process, stop_seconds=5)


def _log(home: Home, name: str) -> Path:
    return home.logs / f"{name}.log"


@contextmanager
def database_alone(migrate: Callable[[], None]) -> Iterator[None]:
    """The embedded database, migrated, and nothing else of RAGLedger. Raises EmbeddedError."""
    home = open_home(home_folder())
    with _sole_use(home):
        running = postgres.start(home)
        try:
            migrate()
            yield
        finally:
            connections.close_all()
            running.stop()


@contextmanager
def _sole_use(home: Home) -> Iterator[None]:
    """The kernel frees the lock with its holder, however that ends."""
    with (home.root / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HomeInUse(home.root) from error
        yield


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def request_stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        # A second Ctrl-C must not cut an orderly stop short.
        for signal_number in STOPPING:
            signal.signal(signal_number, signal.SIG_IGN)
        raise StopRequested

    for number in STOPPING:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, request_stop)
    yield
