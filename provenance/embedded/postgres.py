"""PostgreSQL with pgvector from pip: its own cluster, scram only, reached by a private socket."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from provenance.embedded.cluster import (
    DATABASE,
    OWNER,
    PASSWORD_OF,
    WEB,
    cluster_folder,
    ensure_cluster,
    program,
)
from provenance.embedded.errors import ServerDidNotStart
from provenance.embedded.home import Home
from provenance.embedded.keys import read_secret
from provenance.embedded.processes import BARE_ENVIRONMENT, start_process, stop_process

MEGABYTE = 1024 * 1024
PORT = 5432  # names the socket only: TCP is off
READY_SECONDS = 120  # recovery after a crash replays up to max_wal_size


@dataclass(frozen=True)
class RunningPostgres:
    process: subprocess.Popen[bytes]
    web_url: str
    owner_url: str

    def stop(self) -> None:
        """A fast shutdown: clients are disconnected, everything committed is on disk."""
        stop_process(self.process, ask=signal.SIGINT, seconds=30)


def start(home: Home, *, durable: bool = True) -> RunningPostgres:
    """Makes the cluster on the first start; `durable=False` gives up fsync, for tests only."""
    cluster = ensure_cluster(home)
    clear_leftovers(home)
    log = home.logs / "postgres.log"
    process = start_process(
        [
            str(program(home, "postgres")),
            *("-D", str(cluster)),
            *_options(server_settings(durable=durable) | {"unix_socket_directories": home.sockets}),
        ],
        log=log,
        user=home.user,
        environment=BARE_ENVIRONMENT,
        folder=home.servers,
        signal_when_orphaned=signal.SIGINT,
    )
    running = RunningPostgres(process, database_url(home, WEB), database_url(home, OWNER))
    try:
        _wait_until_ready(running, log)
    except BaseException:
        running.stop()
        raise
    return running


def database_url(home: Home, role: str, *, database: str = DATABASE) -> str:
    password = read_secret(home.keys, PASSWORD_OF[role])
    return f"postgresql://{role}:{password}@/{database}?host={quote(str(home.sockets))}&port={PORT}"


def server_settings(*, durable: bool) -> dict[str, object]:
    memory = psutil.virtual_memory().total // MEGABYTE
    maintenance = max(64, min(memory // 16, 1024))
    settings: dict[str, object] = {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_permissions": "0700",
        "max_connections": 100,
        "shared_buffers": f"{max(128, min(memory // 8, 2048)) if durable else 128}MB",
        "maintenance_work_mem": f"{maintenance}MB",
        "max_wal_size": "2GB",
        "jit": "off",
        "idle_in_transaction_session_timeout": "60s",
        "log_line_prefix": "%m [%p] %q%u ",
        "dynamic_shared_memory_type": _shared_memory_type(maintenance),
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def _shared_memory_type(needed_megabytes: int) -> str:
    """Parallel HNSW builds need room that the /dev/shm of a container seldom has."""
    try:
        facts = os.statvfs("/dev/shm")  # noqa: S108
    except FileNotFoundError:
        return "posix"
    room = facts.f_bavail * facts.f_frsize // MEGABYTE
    return "posix" if room > 2 * needed_megabytes else "mmap"


def _options(settings: dict[str, object]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def clear_leftovers(home: Home) -> None:
    """Ends a server that an earlier run left, and a pid file whose number somebody else has now.

    The caller holds the home's lock, so no rightful server can be running. The pid file of a
    plainly dead server stays: PostgreSQL checks it against shared memory better than we could.
    """
    cluster = cluster_folder(home)
    left = _processes_in(cluster)
    for process, ask in [(p, s) for s in (signal.SIGINT, signal.SIGQUIT) for p in left]:
        if process.is_running() and process.ppid() not in {p.pid for p in left}:
            process.send_signal(ask)
            psutil.wait_procs([process], timeout=20)
    pid_file = cluster / "postmaster.pid"
    if not _processes_in(cluster) and pid_file.exists():
        if _is_alive(pid_file):
            pid_file.unlink()
        (home.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def _processes_in(cluster: Path) -> list[psutil.Process]:
    """Every process of PostgreSQL works in its data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(cluster):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found


def _is_alive(pid_file: Path) -> bool:
    first_line = pid_file.read_text(encoding="utf-8").partition("\n")[0].strip()
    return not first_line.isdecimal() or psutil.pid_exists(int(first_line))


def _wait_until_ready(running: RunningPostgres, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        if running.process.poll() is not None:
            raise ServerDidNotStart("PostgreSQL", log, _last_error(log))
        try:
            psycopg.connect(running.web_url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise ServerDidNotStart("PostgreSQL", log, str(error).splitlines()[0]) from error
            time.sleep(0.05)
        else:
            return


def _last_error(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line for line in lines if "FATAL:" in line or "ERROR:" in line]
    return errors[-1].partition(":  ")[2] if errors else "it ended at once"
