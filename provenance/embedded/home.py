"""Where one machine keeps its data: keys, logs, and the servers' own folder."""

import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from provenance.embedded.errors import HomeUnusable
from provenance.embedded.server_user import ServerUser, may_enter, server_user

PROJECT = Path(__file__).resolve().parents[2]
# As root: readable by nobody, but the server user may walk through it to its own folders.
SYSTEM = Path("/var/lib/ragledger")
SOCKET_NAME_BYTES = len("/.s.PGSQL.5432.lock")
SOCKET_PATH_BYTES = 107


@dataclass(frozen=True)
class Home:
    root: Path
    servers: Path
    sockets: Path
    user: ServerUser | None

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def logs(self) -> Path:
        return self.root / "logs"


def home_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """RAGLEDGER_HOME, else `.ragledger` in the project, or a system folder as root."""
    named = environment.get("RAGLEDGER_HOME")
    if named:
        return Path(named).expanduser().absolute()
    return SYSTEM if os.geteuid() == 0 else PROJECT / ".ragledger"


def open_home(root: Path) -> Home:
    """Finds or makes the folders of `root`; modes of folders that were there stay as they are.

    Raises HomeUnusable.
    """
    user = server_user()
    try:
        _make_folder(root, 0o711 if user else 0o700)
        for name in ("keys", "logs"):
            _make_folder(root / name, 0o700)
    except OSError as error:
        raise HomeUnusable(root, error.strerror or str(error)) from error
    servers = _servers_folder(root, user)
    return Home(root=root, servers=servers, sockets=_sockets_folder(servers, user), user=user)


def make_owned_folder(folder: Path, user: ServerUser | None) -> Path:
    """A 0700 folder of the servers' user."""
    _make_folder(folder, 0o700)
    if user:
        os.chown(folder, user.uid, user.gid)
    return folder


def programs(package: str, *folders: str, user: ServerUser | None) -> Path:
    """Where the installed `package` lies; as root a copy of `folders` that the server user reaches.

    Folders are named from the site-packages folder: libraries may lie beside their package, and
    programs find them by relative paths.
    """
    # Importing a package may already touch run-time folders, so only its place is looked up.
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    site = Path(spec.submodule_search_locations[0]).parent
    if user is None:
        return site
    copy = SYSTEM / "programs" / f"{package}-{version(package)}"
    if not copy.exists():
        _copy_programs([(site / folder, folder) for folder in folders], copy)
    return copy


def _copy_programs(folders: list[tuple[Path, str]], copy: Path) -> None:
    _make_folder(SYSTEM, 0o711)
    _make_folder(copy.parent, 0o755)
    half_done = Path(tempfile.mkdtemp(dir=copy.parent, prefix=".copying-"))
    for folder, name in folders:
        if folder.exists():
            unneeded = shutil.ignore_patterns("include", "*.a")
            shutil.copytree(folder, half_done / name, ignore=unneeded)
    _open_to_read(half_done)
    try:
        half_done.rename(copy)
    except OSError:
        # Another start finished the same copy first.
        if not copy.exists():
            raise
        shutil.rmtree(half_done)


def _make_folder(folder: Path, mode: int) -> None:
    """As `mkdir -p`: parents get the usual mode, `folder` gets `mode` if it is made here."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        return
    folder.chmod(mode)


def _open_to_read(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)


def _servers_folder(root: Path, user: ServerUser | None) -> Path:
    """`root/servers`, which is a link to a system folder if the server user cannot enter `root`."""
    servers = root / "servers"
    if user and not servers.exists() and not may_enter(root, user):
        _make_folder(SYSTEM, 0o711)
        _make_folder(SYSTEM / "homes", 0o711)
        servers.symlink_to(make_owned_folder(SYSTEM / "homes" / secrets.token_hex(8), user))
    return make_owned_folder(servers.resolve(), user)


def _sockets_folder(servers: Path, user: ServerUser | None) -> Path:
    """`servers/sockets`, or where it points: a short path if that one is too long for a socket."""
    sockets = servers / "sockets"
    if len(os.fsencode(sockets)) + SOCKET_NAME_BYTES <= SOCKET_PATH_BYTES:
        return make_owned_folder(sockets, user)
    if sockets.is_symlink() and _is_ours_alone(sockets.resolve(), user):
        return sockets.resolve()
    sockets.unlink(missing_ok=True)
    short = Path(tempfile.mkdtemp(prefix="ragledger-", dir="/tmp"))
    sockets.symlink_to(make_owned_folder(short, user))
    return short


def _is_ours_alone(folder: Path, user: ServerUser | None) -> bool:
    """A folder of a shared /tmp may have been swept, and made again by somebody else."""
    if not folder.is_dir():
        return False
    facts = folder.lstat()
    owner = user.uid if user else os.geteuid()
    return facts.st_uid == owner and stat.S_IMODE(facts.st_mode) == stat.S_IRWXU
