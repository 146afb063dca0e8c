"""The servers, the migrated database and the settings of one test process.

One PostgreSQL and one Valkey for each process; every test runs as the web role.
"""

import os
from collections.abc import Iterator

import pytest

from tests.embedded_session import Session, start_session

# Before anything imports Django's settings, which read these addresses from the environment.
SESSION: Session = start_session(os.environ)
os.environ["DJANGO_SETTINGS_MODULE"] = "provenance.settings"

import django  # noqa: E402
from django.conf import settings as django_settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402
from pytest_django import DjangoDbBlocker  # noqa: E402

django.setup()
# A slow hash is no concern of a test, and half of what a page's test would take.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Nor does every client list the static files anew: each is found when it is asked for.
django_settings.WHITENOISE_AUTOREFRESH = True
# How fast a machine is decides no test.
settings.register_profile("ragledger", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ragledger")


def pytest_unconfigure() -> None:
    SESSION.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Migrates as the owner, and keeps what that made as the state every test starts from."""
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)
        connections.close_all()
        SESSION.keep_as_template()
        yield
        connections.close_all()


def _start_again_from_the_template(_: TransactionTestCase) -> None:
    """Append-only tables refuse TRUNCATE, so a test that committed gets a new database after it."""
    connections.close_all()
    SESSION.restore_template()


setattr(TransactionTestCase, "_fixture_teardown", _start_again_from_the_template)  # noqa: B010
