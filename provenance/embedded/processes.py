"""Starting a child process so that it cannot outlive its parent, and stopping it in order."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
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


def stop_process(process: subprocess.Popen[bytes], *, ask: signal.Signals, seconds: float) -> None:
    """Asks the process to end, then kills what is left of its group."""
    if process.poll() is None:
        process.send_signal(ask)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    kill_group(process.pid)


def kill_group(leader: int) -> None:
    """Ends whatever a process left behind in its group."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
