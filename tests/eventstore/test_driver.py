"""The driver's own cursor keeps to what Django does for its connection."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection

from provenance.eventstore.driver import driver_cursor, execute

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def severed() -> None:
    """A request begins, and the server has lost the connection since the last one."""
    connection.ensure_connection()
    with ThreadPoolExecutor(1) as another_connection:
        ended = another_connection.submit(end_server_of, connection.connection.info.backend_pid)
        assert ended.result()
    close_old_connections()


def end_server_of(process: int) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
            return bool(cursor.fetchone()[0])
    finally:
        connection.close()


@pytest.mark.usefixtures("severed")
def test_the_first_statement_of_a_request_does_not_fail_because_the_server_was_restarted() -> None:
    with driver_cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.usefixtures("severed")
def test_nor_does_the_first_one_that_writes() -> None:
    assert execute("DELETE FROM django_session WHERE session_key = %(key)s", {"key": "none"}) == 0
