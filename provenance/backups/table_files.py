"""Streams tables to files and back with COPY, in constant memory, and tells how far it is."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db.models import Model
from psycopg import sql

from provenance.backups.manifest import CHUNK, TableFile
from provenance.eventstore.driver import driver_cursor

# Told how many bytes of about how many are done.
Report = Callable[[int, int], None]


@dataclass
class Count:
    """How many bytes of about `total` are done; reported once a megabyte."""

    total: int
    report: Report
    done: int = 0

    def add(self, size: int) -> None:
        before, self.done = self.done, self.done + size
        if self.done // CHUNK != before // CHUNK:
            self.report(self.done, max(self.total, self.done))

    def end(self) -> None:
        self.report(self.done, self.done)


@dataclass
class TableWriter:
    """Writes the files of one backup."""

    count: Count

    def write(
        self, folder: Path, table: str, columns: list[str], rows: sql.Composable
    ) -> TableFile:
        path = folder / f"{table}.copy"
        digest = hashlib.sha256()
        before = self.count.done
        statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(rows)
        with new_private_file(path) as file, driver_cursor() as cursor:
            with cursor.copy(statement) as copy:
                for data in copy:
                    file.write(data)
                    digest.update(data)
                    self.count.add(len(data))
            written = cursor.rowcount
        return TableFile(
            table=table,
            columns=columns,
            file=path.name,
            rows=written,
            bytes=self.count.done - before,
            sha256=digest.hexdigest(),
        )


def load(path: Path, into: sql.Composable, columns: list[str], count: Count) -> int:
    """Adds the rows of a file to a table and returns how many they are."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(into, names(columns))
    with path.open("rb") as file, driver_cursor() as cursor:
        with cursor.copy(statement) as copy:
            while data := file.read(CHUNK):
                copy.write(data)
                count.add(len(data))
        return cursor.rowcount


def all_rows(model: type[Model], columns: list[str]) -> sql.Composable:
    return sql.SQL("SELECT {} FROM {}").format(
        names(columns), sql.Identifier("public", model._meta.db_table)
    )


def secret_rows(model: type[Model], columns: list[str]) -> sql.Composable:
    """Those whose last column, the secret, is there."""
    return sql.SQL("{} WHERE {} IS NOT NULL").format(
        all_rows(model, columns), sql.Identifier(columns[-1])
    )


def names(columns: list[str]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def new_private_file(path: Path) -> BinaryIO:
    """A file that was not there, and that nobody else may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "wb", CHUNK)
