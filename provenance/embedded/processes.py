"""Starting a child process so that it cannot outlive its parent, and stopping it in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance.embedded.server_user import ServerUser

PR_SET_PDEATHSIG = 1
# The servers need nothing of ours, and must not see our secrets.
BARE_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}
_libc = ctypes.CDLL(None, use_errno=True)


def start_process(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    folder: Path,
    user: ServerUser | None = None,
    signal_when_orphaned: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts `command` in a process group of its own: Ctrl-C reaches only us, who stop the rest."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            process_group=0,
            umask=0o077,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
            preexec_fn=die_with(os.getpid(), signal_when_orphaned),  # noqa: PLW1509
        )


def die_with(parent: int, orphaned: signal.Signals) -> Callable[[], None]:
    """Has the kernel signal the child when `parent` dies, even by SIGKILL (Linux only)."""

    def arrange() -> None:
        if sys.platform == "linux":
            _libc.prctl(PR_SET_PDEATHSIG, orphaned, 0, 0, 0)
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return arrange


@dataclass(frozen=True)
class Ending:
    """How a process is asked to end, and how long it may take over it."""

    process: subprocess.Popen[bytes]
    ask: signal.Signals
    seconds: float


def stop_process(process: subprocess.Popen[bytes], *, ask: signal.Signals, seconds: float) -> None:
    """Asks the process to end, then kills what is left of its group."""
    stop_together([Ending(process, ask, seconds)])


def stop_together(endings: Sequence[Ending]) -> None:
    """Asks all of them before it waits for the first."""
    asked_at = time.monotonic()
    for each in endings:
        if each.process.poll() is None:
            each.process.send_signal(each.ask)
    for each in endings:
        try:
            each.process.wait(max(0, asked_at + each.seconds - time.monotonic()))
        except subprocess.TimeoutExpired:
            each.process.kill()
            each.process.wait()
        kill_group(each.process.pid)


def kill_group(leader: int) -> None:
    """Ends whatever a process left behind in its group."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
