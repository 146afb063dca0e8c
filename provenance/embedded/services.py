"""RAGLedger's own processes: web, workers, sequencer, projector, as one machine runs them."""

import os
import subprocess
import sys
from pathlib import Path

from provenance.embedded.home import PROJECT
from provenance.embedded.processes import start_process
from provenance.embedded.supervisor import Service

WEB_WORKERS, WEB_THREADS = 2, 4


def application_services(*, logs: Path, host: str, port: int) -> list[Service]:
    """In the order to start them: the loops first, so that the web finds them at work."""
    manage = [sys.executable, "manage.py"]
    return [
        _service("sequencer", [*manage, "sequencer"], logs),
        _service("projector", [*manage, "projector"], logs),
        _service("worker", [*manage, "worker"], logs),
        _service("rebuilder", [*manage, "worker", "--unhurried"], logs),
        _service("web", _web_command(host, port), logs),
    ]


def run_command(name: str, *arguments: str, log: Path) -> subprocess.Popen[bytes]:
    """Starts one of manage.py's commands beside the services."""
    return start_process(
        [sys.executable, "manage.py", name, *arguments],
        log=log,
        environment=os.environ,
        folder=PROJECT,
    )


def _service(name: str, command: list[str], logs: Path) -> Service:
    def start() -> subprocess.Popen[bytes]:
        log = logs / f"{name}.log"
        return start_process(command, log=log, environment=os.environ, folder=PROJECT)

    return Service(name, start)


def _web_command(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "provenance.wsgi:application", "--preload"),
        *("--bind", f"{host}:{port}", "--worker-class", "provenance.web_worker.WebWorker"),
        *("--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)),
        *("--timeout", "120", "--graceful-timeout", "8"),
        *("--limit-request-line", "8190", "--no-control-socket"),
        *("--logger-class", "provenance.weblog.WebLog"),
    ]
