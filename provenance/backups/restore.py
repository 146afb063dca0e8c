"""Brings a log back from a backup into an empty database, proves it, and lets it go on.

Everything that is loaded is loaded, verified and named anew in one transaction of the owner role,
the only one that may set sequence numbers. A run that is broken off leaves the database as empty
as it was. Read models follow by folding; whoever asks /readyz meanwhile is told so.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection, connections, transaction
from psycopg import sql

from provenance.backups.contents import applied_migrations, kept_models
from provenance.backups.errors import (
    CheckpointAhead,
    LogBroken,
    NotEmpty,
    OriginUnknown,
    OtherSchema,
)
from provenance.backups.events import LogRestored
from provenance.backups.loading import load_tables
from provenance.backups.manifest import LogState, Manifest
from provenance.backups.sole_use import keep_writers_away, loops_kept_away, restoring
from provenance.backups.source import Source
from provenance.backups.table_files import Report
from provenance.eventstore import store
from provenance.eventstore.canonical import instant
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.integrity import checkpoints, sequencer, tree
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.models import Tree
from provenance.integrity.notes import Note, SignerKey, VerifierKey
from provenance.integrity.verification.findings import Progress as Checking
from provenance.integrity.verification.whole_log import verify_log
from provenance.projections import projector
from provenance.projections.models import Progress
from provenance.projections.projection import projections

SUFFIX = "/restored-"


@dataclass(frozen=True)
class Outside:
    """Checkpoints that somebody else has kept, and the keys that must have signed them."""

    notes: Sequence[str] = ()
    trusted: Sequence[VerifierKey] = ()


def restore(
    source: Source, *, origin: str | None, outside: Outside, report: Report, checking: Checking
) -> LogRestored:
    """Loads, verifies and commits; read models are folded by `fold_read_models` afterwards.

    Raises BackupError, and NoteInvalid for a checkpoint of `outside` that does not verify.
    """
    _refuse_later_checkpoints(source.log, outside)
    with _as_owner(), restoring(), loops_kept_away(), transaction.atomic():
        keep_writers_away()
        _refuse_other_schema(source.manifest)
        _refuse_rows()
        keys_missing = load_tables(source, report)
        restored = _go_on(source, _new_origin(source.log, origin), keys_missing)
        _verify(source.log, outside, checking)
        _begin_read_models()
    return restored


def fold_read_models(report: Report) -> None:
    """Brings every read model to the end of the log; the projector does the same if it runs.

    Raises ProjectionStopped.
    """
    with restoring():
        total = (store.head_position() + 1) * len(projections())
        projector.fold_everything(lambda done: report(done, total))


@contextmanager
def _as_owner() -> Iterator[None]:
    """Whatever asks for the database inside speaks as the owner: one connection, one transaction.

    Loading needs the owner's rights, and what verifies must see what is not committed yet.
    """
    web = connections["default"]
    connections["default"] = connections["owner"]
    try:
        yield
    finally:
        connections["default"] = web


def _refuse_later_checkpoints(log: LogState, outside: Outside) -> None:
    for note in outside.notes:
        signed = Checkpoint.parse(Note.parse(note).text)
        if signed.size > log.size:
            raise CheckpointAhead(signed.size, log.size)


def _refuse_other_schema(manifest: Manifest) -> None:
    wanted, here = manifest.migrations or {}, applied_migrations()
    differing = [
        f"{label}.{name}"
        for label in sorted(wanted.keys() | here.keys())
        for name in sorted(set(wanted.get(label, ())) ^ set(here.get(label, ())))
    ]
    if differing:
        raise OtherSchema(differing)


def _refuse_rows() -> None:
    """What a migration itself puts into a table, the empty tree, is no row."""
    with connection.cursor() as cursor:
        for model in kept_models():
            table = sql.Identifier("public", model._meta.db_table)
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table))
            if cursor.fetchone()[0] and model is not Tree:
                raise NotEmpty(model._meta.db_table)


def _new_origin(log: LogState, named: str | None) -> tuple[str, VerifierKey]:
    """The log's next name, used by nobody else, and the key that signs under it."""
    seed = settings.LOG_SIGNING_KEY
    known = checkpoints.verifier_keys()
    if seed is None and not known:
        raise OriginUnknown
    key = known[-1] if seed is None else SignerKey("log", seed).verifier
    before = log.origin or settings.LOG_ORIGIN or (checkpoints.origin_of(seed) if seed else "")
    suffix = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    return named or f"{before.partition(SUFFIX)[0]}{SUFFIX}{suffix}", key


def _go_on(source: Source, named: tuple[str, VerifierKey], keys_missing: int) -> LogRestored:
    """Under a new name, with an event that says so: what the source recorded since is no fork."""
    origin, key = named
    log, manifest = source.log, source.manifest
    checkpoints.go_on_as(origin, key, since_size=log.size)
    restored = LogRestored(
        backup_id=manifest.backup_id,
        backup_made_at=instant(manifest.made_at),
        size=log.size,
        root=log.root,
        old_origin=log.origin,
        new_origin=origin,
        placed_anew=sequencer.sequence_everything(),
        keys_missing=keys_missing,
    )
    stream = f"restoration-{manifest.backup_id}"
    event = NewEvent(data=restored, stream=stream, event_id=new_id(), actor=SYSTEM)
    store.append([event], expected={stream: 0})
    sequencer.sequence_everything()
    return restored


def _verify(log: LogState, outside: Outside, checking: Checking) -> None:
    """Raises LogBroken."""
    report = verify_log(progress=checking, outside=outside.notes, trusted=outside.trusted)
    if not report.whole:
        raise LogBroken(report.first_broken)
    if tree.root(log.size).hex() != log.root:
        raise LogBroken(f"the root of its {log.size:,} events is not the one in its manifest")
    newest = checkpoints.newest()
    if (newest and checkpoints.with_cosignatures(newest)) != log.checkpoint:
        raise LogBroken("its newest checkpoint is not the one in its manifest")


def _begin_read_models() -> None:
    """They stand before the first event, so that /readyz tells that they are behind."""
    for each in projections():
        Progress.objects.update_or_create(
            name=each.name, defaults={"version": each.version, "position": -1, "problem": ""}
        )
