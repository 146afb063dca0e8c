"""Completes the environment with the embedded servers' addresses and this machine's secrets."""

import os
from collections.abc import MutableMapping

from provenance.embedded import postgres, valkey
from provenance.embedded.cluster import OWNER, WEB, cluster_folder
from provenance.embedded.errors import IncompleteServers
from provenance.embedded.home import Home, home_folder, open_home
from provenance.embedded.keys import (
    APPLICATION_SECRETS,
    DATABASE_PASSWORDS,
    REPLACEABLE_SECRETS,
    ensure_secret,
)

# Tells `manage.py up` that the addresses below are those of the embedded servers.
EMBEDDED = "RAGLEDGER_EMBEDDED"
SERVER_ADDRESSES = ("DATABASE_URL", "REDIS_URL")
# What serves needs no owner; `up`, `migrate`, `restore` and `rotate_key_encryption_key` do.
OWNER_ADDRESS = "DATABASE_OWNER_URL"


def uses_embedded_servers(environment: MutableMapping[str, str]) -> bool:
    """True if no server is named; naming only some of them is refused."""
    named = [n for n in (*SERVER_ADDRESSES, OWNER_ADDRESS) if _is_set(environment, n)]
    missing = [name for name in SERVER_ADDRESSES if name not in named]
    if named and missing:
        raise IncompleteServers(missing)
    return not named


def complete_environment(environment: MutableMapping[str, str] = os.environ) -> Home | None:
    """Sets what is not set yet, so that settings find it; None if nothing was missing.

    Secrets are made on the first call and found again afterwards.
    """
    embedded = uses_embedded_servers(environment)
    environment.pop(EMBEDDED, None)
    if not embedded and all(_is_set(environment, name) for name in APPLICATION_SECRETS):
        return None
    home = open_home(home_folder(environment))
    environment["RAGLEDGER_HOME"] = str(home.root)
    data_exists = embedded and cluster_folder(home).exists()
    for name, file in APPLICATION_SECRETS.items():
        if not _is_set(environment, name):
            secret = ensure_secret(home.keys, file, data_exists=data_exists)
            environment[f"{name}_FILE"] = str(secret)
    for name, file in REPLACEABLE_SECRETS.items():
        if not _is_set(environment, name):
            secret = ensure_secret(home.keys, file, data_exists=False)
            environment[f"{name}_FILE"] = str(secret)
    if embedded:
        environment[EMBEDDED] = "1"
        for password in DATABASE_PASSWORDS:
            ensure_secret(home.keys, password, data_exists=data_exists)
        environment["DATABASE_URL"] = postgres.database_url(home, WEB)
        environment["DATABASE_OWNER_URL"] = postgres.database_url(home, OWNER)
        environment["REDIS_URL"] = valkey.redis_url(home)
    return home


def _is_set(environment: MutableMapping[str, str], name: str) -> bool:
    return bool(environment.get(name) or environment.get(f"{name}_FILE"))
