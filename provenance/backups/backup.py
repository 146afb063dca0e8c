"""Takes a backup: one snapshot of the log and of what does not follow from it, while writers go on.

Tables are streamed with COPY: it needs no rights beyond SELECT and no program beside the server,
never waits for a writer, and yields plain files whose rows and hashes the manifest holds. The log
among them can be verified to its root.
"""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection
from django.db.models import Model

from provenance.backups.contents import SECRET, applied_migrations, columns_of, kept_models
from provenance.backups.errors import FolderTaken
from provenance.backups.manifest import FILE, LogState, Manifest
from provenance.backups.source import KEYS
from provenance.backups.table_files import (
    Count,
    Report,
    TableWriter,
    all_rows,
    new_private_file,
    secret_rows,
)
from provenance.backups.unfinished import make_aside
from provenance.eventstore.ids import new_id
from provenance.integrity import checkpoints, tree
from provenance.integrity.models import LogKey, Tree
from provenance.integrity.verification.snapshot import one_snapshot


def back_up(folder: Path, *, keys: Path | None = None, report: Report) -> Manifest:
    """Writes a backup to `folder`, and the data keys to `keys` (by default a folder inside it).

    Both appear whole or not at all, the log last. Raises FolderTaken.
    """
    folder, keys_apart = folder.absolute(), keys and keys.absolute()
    for each in filter(None, (folder, keys_apart)):
        if each.exists() and (not each.is_dir() or any(each.iterdir())):
            raise FolderTaken(each)
    aside = make_aside(folder)
    apart = make_aside(keys_apart) if keys_apart else aside / KEYS
    apart.mkdir(mode=0o700, exist_ok=True)
    try:
        with one_snapshot():
            manifest = _write_parts(aside, apart, report)
        if keys_apart:
            _finish(apart, keys_apart)
        _finish(aside, folder)
    finally:
        for each in (aside, apart):
            shutil.rmtree(each, ignore_errors=True)
    return manifest


def _write_parts(folder: Path, keys: Path, report: Report) -> Manifest:
    models = kept_models()
    writer = TableWriter(Count(_stored_bytes(models), report))
    backup_id, made_at = new_id(), datetime.now(UTC)
    manifest = Manifest(
        backup_id=backup_id,
        made_at=made_at,
        log=_log_state(),
        migrations=applied_migrations(),
        tables=[
            writer.write(folder, model._meta.db_table, columns, all_rows(model, columns))
            for model in models
            for columns in [columns_of(model)]
        ],
    )
    secrets = Manifest(
        backup_id=backup_id,
        made_at=made_at,
        tables=[
            writer.write(keys, model._meta.db_table, columns, secret_rows(model, columns))
            for model, secret in SECRET.items()
            for columns in [[model._meta.pk.column, secret]]
        ],
    )
    writer.count.end()
    for part, described in ((keys, secrets), (folder, manifest)):
        with new_private_file(part / FILE) as file:
            file.write(described.as_file())
    return manifest


def _log_state() -> LogState:
    state = Tree.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM eventstore_event AS e WHERE NOT EXISTS"
            " (SELECT FROM eventstore_position AS p WHERE p.seq = e.seq)"
        )
        (without,) = cursor.fetchone()
    newest, key = checkpoints.newest(), LogKey.objects.order_by("-id").first()
    return LogState(
        size=state.size,
        root=tree.root(state.size).hex(),
        without_position=without,
        origin=key.origin if key else None,
        checkpoint=checkpoints.with_cosignatures(newest) if newest else None,
    )


def _stored_bytes(models: list[type[Model]]) -> int:
    """About what the files will take; only the time left is told by it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(sum(pg_table_size(to_regclass(name))), 0)::bigint"
            " FROM unnest(%s::text[]) AS name",
            [[model._meta.db_table for model in models]],
        )
        return int(cursor.fetchone()[0])


def _finish(aside: Path, folder: Path) -> None:
    """Everything is on the disk before it gets its name."""
    for path in (*aside.rglob("*"), aside):
        _sync(path)
    aside.rename(folder)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
