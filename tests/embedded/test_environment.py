"""What the environment lacks is completed; what it names is left alone."""

import stat

import pytest

from provenance.embedded.environment import EMBEDDED, complete_environment
from provenance.embedded.errors import IncompleteServers
from provenance.embedded.home import Home

SERVERS = {
    "DATABASE_URL": "postgresql://web@db/ragledger",
    "DATABASE_OWNER_URL": "postgresql://owner@db/ragledger",
    "REDIS_URL": "redis://cache/0",
}
SECRETS = ("RAGLEDGER_SECRET_KEY", "RAGLEDGER_KEK", "RAGLEDGER_HASH_KEY")


def test_without_servers_the_embedded_ones_are_named(home: Home) -> None:
    environment = {"RAGLEDGER_HOME": str(home.root)}
    complete_environment(environment)
    assert environment[EMBEDDED] == "1"
    assert environment["DATABASE_URL"].startswith("postgresql://ragledger_web:")
    assert environment["DATABASE_OWNER_URL"].startswith("postgresql://ragledger_owner:")
    assert environment["REDIS_URL"].startswith("unix://")


def test_secrets_are_made_once_and_only_their_owner_reads_them(home: Home) -> None:
    first, second = ({"RAGLEDGER_HOME": str(home.root)} for _ in range(2))
    complete_environment(first)
    kept = {key: key.read_bytes() for key in home.keys.iterdir()}
    complete_environment(second)
    assert {key: key.read_bytes() for key in home.keys.iterdir()} == kept
    assert {stat.S_IMODE(key.stat().st_mode) for key in kept} == {0o600}
    assert first == second


def test_named_servers_are_used_and_only_secrets_are_made(home: Home) -> None:
    environment = {"RAGLEDGER_HOME": str(home.root), **SERVERS}
    complete_environment(environment)
    assert EMBEDDED not in environment
    assert environment.items() >= SERVERS.items()
    assert all(environment[f"{name}_FILE"] for name in SECRETS)


def test_a_complete_environment_touches_no_folder(home: Home) -> None:
    missing = home.root / "never-made"
    environment = {"RAGLEDGER_HOME": str(missing), **SERVERS, **dict.fromkeys(SECRETS, "x")}
    assert complete_environment(environment) is None
    assert not missing.exists()


def test_a_server_in_a_file_counts_as_named(home: Home) -> None:
    files = {f"{name}_FILE": "/run/secrets/x" for name in SERVERS}
    environment = {"RAGLEDGER_HOME": str(home.root), **files}
    complete_environment(environment)
    assert "DATABASE_URL" not in environment


def test_only_some_servers_named_is_refused() -> None:
    with pytest.raises(IncompleteServers, match="REDIS_URL not set"):
        complete_environment({"DATABASE_URL": SERVERS["DATABASE_URL"]})


def test_what_serves_needs_no_owner(home: Home) -> None:
    environment = {"RAGLEDGER_HOME": str(home.root), **SERVERS}
    del environment["DATABASE_OWNER_URL"]
    complete_environment(environment)
    assert "DATABASE_OWNER_URL" not in environment
