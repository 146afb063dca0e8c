"""The unprivileged user that the servers run as when RAGLedger itself runs as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from provenance.embedded.errors import ServerUserMissing

NAME = "ragledger"


@dataclass(frozen=True)
class ServerUser:
    uid: int
    gid: int


def server_user() -> ServerUser | None:
    """None unless we are root: an ordinary user runs the servers as itself."""
    if os.geteuid() != 0:
        return None
    entry = _entry() or _created()
    return ServerUser(entry.pw_uid, entry.pw_gid)


def may_enter(folder: Path, user: ServerUser) -> bool:
    """Whether `user` can walk down to `folder` through all its parents."""
    return all(_lets_through(parent, user) for parent in (folder, *folder.parents))


def _lets_through(folder: Path, user: ServerUser) -> bool:
    facts = folder.stat()
    if facts.st_uid == user.uid:
        return bool(facts.st_mode & 0o100)
    return bool(facts.st_mode & (0o010 if facts.st_gid == user.gid else 0o001))


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _created() -> pwd.struct_passwd:
    shell = shutil.which("nologin") or "/bin/false"
    useradd, adduser = shutil.which("useradd"), shutil.which("adduser")
    if useradd:
        command = [useradd, "--system", "--no-create-home", "--user-group", "--shell", shell, NAME]
    elif adduser:  # BusyBox
        command = [adduser, "-S", "-D", "-H", "-s", shell, NAME]
    else:
        raise ServerUserMissing(NAME)
    subprocess.run(command, check=False, capture_output=True)
    # Another start may have created it at the same moment: what counts is that it is there.
    entry = _entry()
    if entry is None:
        raise ServerUserMissing(NAME)
    return entry
