"""The embedded PostgreSQL: private, passworded, and back after whatever ended it."""

import os
import shutil
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from provenance.embedded import postgres
from provenance.embedded.cluster import OWNER, SUPERUSER, WEB, cluster_folder
from provenance.embedded.environment import complete_environment
from provenance.embedded.errors import SecretMissing, ServerDidNotStart
from provenance.embedded.home import Home, open_home

ROWS = "SELECT word FROM kept"


@contextmanager
def running(home: Home) -> Iterator[postgres.RunningPostgres]:
    server = postgres.start(home)
    try:
        yield server
    finally:
        server.stop()


def keep_a_word(server: postgres.RunningPostgres) -> None:
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('kept')")


def kept_words(server: postgres.RunningPostgres) -> list[str]:
    with psycopg.connect(server.owner_url) as connection:
        return [word for (word,) in connection.execute(ROWS)]


def test_the_first_start_makes_the_two_roles_and_pgvector(home: Home) -> None:
    with running(home) as server:
        with psycopg.connect(server.owner_url) as owner:
            facts = owner.execute(
                "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            vector = owner.execute("SELECT '[1,2]'::vector(2) <-> '[1,3]'").fetchone()
        assert facts == (False, True)
        assert vector == (1.0,)
        with psycopg.connect(server.web_url) as web:
            web_facts = web.execute(
                "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
                " WHERE rolname = current_user"
            ).fetchone()
            assert web_facts == (False, False, False, False)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute("CREATE TABLE mine ()")


def test_nobody_enters_without_a_password(home: Home) -> None:
    with running(home):
        for role in (SUPERUSER, OWNER, WEB):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(host=str(home.sockets), user=role, dbname="ragledger").close()


def test_it_listens_on_a_private_socket_only(home: Home) -> None:
    with running(home) as server, psycopg.connect(server.web_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert stat.S_IMODE(home.sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE((home.sockets / ".s.PGSQL.5432").stat().st_mode) == 0o700
        assert {stat.S_IMODE(key.stat().st_mode) for key in home.keys.iterdir()} == {0o600}


def test_a_new_database_of_the_owner_has_pgvector(home: Home) -> None:
    with running(home) as server:
        with psycopg.connect(server.owner_url, autocommit=True) as owner:
            owner.execute("CREATE DATABASE another")
        url = postgres.database_url(home, OWNER, database="another")
        with psycopg.connect(url) as owner:
            assert owner.execute("SELECT '[1]'::vector").fetchone() == ("[1]",)


def test_the_second_start_finds_the_data(home: Home) -> None:
    with running(home) as server:
        keep_a_word(server)
    with running(home) as server:
        assert kept_words(server) == ["kept"]


def test_what_was_committed_survives_a_killed_server(home: Home) -> None:
    server = postgres.start(home)
    keep_a_word(server)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    with running(home) as again:
        assert kept_words(again) == ["kept"]


def test_a_server_left_running_is_ended_first(home: Home) -> None:
    left = postgres.start(home)
    keep_a_word(left)
    with running(home) as server:
        assert left.process.wait(5) == 0
        assert kept_words(server) == ["kept"]


@pytest.mark.parametrize("stale_pid", [os.getpid, lambda: 2**22 - 7], ids=["reused", "dead"])
def test_a_stale_pid_file_does_not_stop_the_start(home: Home, stale_pid: Callable[[], int]) -> None:
    with running(home) as server:
        keep_a_word(server)
        pid_file = cluster_folder(home) / "postmaster.pid"
        kept = pid_file.read_text(encoding="utf-8")
    lines = kept.splitlines()
    pid_file.write_text("\n".join([str(stale_pid()), *lines[1:]]) + "\n", encoding="utf-8")
    if home.user:
        os.chown(pid_file, home.user.uid, home.user.gid)
    with running(home) as server:
        assert kept_words(server) == ["kept"]


def test_an_interrupted_first_start_is_begun_again(home: Home) -> None:
    half_made = home.servers / "postgres-new-interrupted"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n", encoding="utf-8")
    with running(home) as server:
        keep_a_word(server)
    assert not half_made.exists()


def test_a_lost_password_is_named_and_never_made_anew(home: Home) -> None:
    with running(home):
        pass
    (home.keys / "web_password").unlink()
    with pytest.raises(SecretMissing, match="web_password is missing"):
        postgres.start(home)


def test_lost_application_keys_are_never_made_anew(home: Home) -> None:
    environment = {"RAGLEDGER_HOME": str(home.root)}
    complete_environment(environment)
    with running(home):
        pass
    (home.keys / "key_encryption_key").unlink()
    with pytest.raises(SecretMissing, match="key_encryption_key is missing"):
        complete_environment({"RAGLEDGER_HOME": str(home.root)})


def test_a_server_that_cannot_start_says_why_in_one_line(home: Home) -> None:
    with running(home):
        pass
    (cluster_folder(home) / "PG_VERSION").write_text("17\n", encoding="utf-8")
    with pytest.raises(ServerDidNotStart, match="PostgreSQL did not start: ") as caught:
        postgres.start(home)
    assert len(str(caught.value).splitlines()) == 1


def test_a_home_too_deep_for_a_socket_gets_a_short_one(folder: Path) -> None:
    deep = open_home(folder / ("deep" * 20) / "home")
    with running(deep) as server:
        keep_a_word(server)
        assert len(str(deep.sockets)) < 40
        assert stat.S_IMODE(deep.sockets.stat().st_mode) == 0o700
    again = open_home(deep.root)
    assert again.sockets == deep.sockets
    shutil.rmtree(deep.sockets)
    elsewhere = open_home(deep.root)
    assert elsewhere.sockets.is_dir()
    shutil.rmtree(elsewhere.sockets)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user enters its own folders")
def test_as_root_a_closed_parent_stays_closed(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = open_home(closed / "home")
    try:
        with running(home) as server:
            keep_a_word(server)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert not home.servers.is_relative_to(folder)
        assert home.servers.stat().st_uid != 0
    finally:
        shutil.rmtree(home.servers)
