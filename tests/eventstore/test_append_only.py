"""The database refuses to change the log, whoever asks."""

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from provenance.accounts.events import CollectionCreated
from provenance.eventstore import store
from provenance.eventstore.blobs import put_blob
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.integrity.sequencer import sequence_everything

APPEND_ONLY = sorted(
    model._meta.db_table
    for model in apps.get_models()
    if getattr(model, "append_only_insert_columns", None)
)
INSERT = (
    "INSERT INTO eventstore_event (event_id, stream, stream_version, type, recorded_at, canonical"
)
VALUES = "VALUES (gen_random_uuid(), 's', 1, 't', now(), ''"
CHANGES = ("UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table}")


@pytest.fixture
def a_row_in_every_table(transactional_db: None) -> None:  # noqa: ARG001
    store.append(
        [
            NewEvent(
                data=CollectionCreated(collection="claims", time_zone="UTC"),
                stream=f"c-{number}",
                event_id=new_id(),
                actor=SYSTEM,
            )
            for number in range(300)
        ],
        expected={f"c-{number}": 0 for number in range(300)},
    )
    put_blob(b"bytes")
    sequence_everything()


def refuse(database: BaseDatabaseWrapper, statement: str) -> str:
    with pytest.raises(DatabaseError) as refused, transaction.atomic(using=database.alias):
        database.cursor().execute(statement)
    return str(refused.value)


LOG_TABLES = {
    "eventstore_event": "canonical",
    "eventstore_position": "leaf_hash",
    "eventstore_blob": "data",
    "integrity_node": "hash",
}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.usefixtures("a_row_in_every_table")
def test_update_delete_and_truncate_are_refused_for_the_web_role_and_the_owner() -> None:
    assert set(LOG_TABLES) <= set(APPEND_ONLY)
    for table, column in LOG_TABLES.items():
        for change in CHANGES:
            statement = change.format(table=table, column=column)
            assert "permission denied" in refuse(connection, statement)
            assert "append-only" in refuse(connections["owner"], statement)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.usefixtures("a_row_in_every_table")
def test_the_owner_is_refused_even_in_replica_mode_or_by_cascade() -> None:
    owner = connections["owner"]
    assert "append-only" in refuse(owner, "TRUNCATE eventstore_event CASCADE")
    assert "permission denied" in refuse(owner, "SET session_replication_role = replica")


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        f"{INSERT}, seq) OVERRIDING SYSTEM VALUE {VALUES}, 7)",
        f"{INSERT}, xid) {VALUES}, '5')",
        "DROP TRIGGER eventstore_event_keep ON eventstore_event",
        "ALTER TABLE eventstore_event DISABLE TRIGGER ALL",
        "DROP TABLE eventstore_event",
        "CREATE TABLE beside (id int)",
        "ALTER SEQUENCE eventstore_event_seq_seq RESTART",
    ],
)
def test_the_web_role_sets_no_seq_or_xid_and_changes_no_schema(statement: str) -> None:
    assert any(
        refusal in refuse(connection, statement)
        for refusal in ("permission denied", "must be owner")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_every_append_only_table_has_both_triggers_always_enabled(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgenabled, tgtype & 32 <> 0 FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [table],
        )
        rows = cursor.fetchall()
    assert {enabled for enabled, _ in rows} == {"A"}
    assert sorted(truncate for _, truncate in rows) == [False, True]


def test_the_error_of_a_refusal_is_a_restriction() -> None:
    assert psycopg.errors.RestrictViolation.sqlstate == "23001"
