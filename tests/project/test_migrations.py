"""The migrations make what the models say, and can be taken back."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

OWN_PACKAGES = ("provenance.", "ingestion", "retrieval")


def own_apps_with_migrations() -> list[str]:
    own = (config for config in apps.get_app_configs() if config.name.startswith(OWN_PACKAGES))
    return [config.label for config in own if config.models_module is not None]


def own_tables() -> list[str]:
    prefixes = tuple(f"{label}_" for label in own_apps_with_migrations())
    tables = connections["owner"].introspection.table_names()
    return [table for table in tables if table.startswith(prefixes)]


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, interactive=False, verbosity=0)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_every_migration_can_be_taken_back_and_applied_again() -> None:
    made = own_tables()
    assert made
    for label in reversed(own_apps_with_migrations()):
        call_command("migrate", label, "zero", database="owner", verbosity=0)
    assert own_tables() == []
    call_command("migrate", database="owner", verbosity=0)
    assert own_tables() == made


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_migration_that_is_cut_off_before_it_is_recorded_can_be_applied_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = own_tables()
    call_command("migrate", "review", "zero", database="owner", verbosity=0)
    without = own_tables()
    assert without != made

    def be_killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut_off:
        cut_off.setattr(MigrationRecorder, "record_applied", be_killed)
        with pytest.raises(KeyboardInterrupt):
            call_command("migrate", "review", database="owner", verbosity=0)
    assert own_tables() == without
    call_command("migrate", database="owner", verbosity=0)
    assert own_tables() == made


@pytest.mark.django_db
def test_every_append_only_table_refuses_change_even_to_its_owner() -> None:
    """The triggers must be there and fire whatever the session says (ENABLE ALWAYS)."""
    append_only = {
        model._meta.db_table
        for model in apps.get_models()
        if hasattr(model, "append_only_insert_columns")
    }
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, bit_or(tgtype::int) FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgenabled = 'A' GROUP BY 1"
        )
        guarded = {table for table, kinds in cursor.fetchall() if kinds & REFUSED == REFUSED}
    assert append_only
    assert append_only <= guarded


# Bits of pg_trigger.tgtype: DELETE, UPDATE, TRUNCATE.
REFUSED = 8 | 16 | 32
