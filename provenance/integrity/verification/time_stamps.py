"""Checks that each stored time stamp is over the checkpoint beside which it lies."""

from datetime import datetime
from pathlib import Path

import structlog
from cryptography import x509
from django.conf import settings

from provenance.eventstore.driver import driver_cursor
from provenance.integrity.errors import TimeStampInvalid
from provenance.integrity.time_stamps import read_roots, stamped_at
from provenance.integrity.verification.findings import Report

log = structlog.get_logger()

Stored = tuple[int, str, bytes, datetime]


def check_time_stamps(report: Report) -> None:
    """Also who signed it, where the settings name the roots of the authority."""
    stored = _stored()
    if not stored:
        return
    roots = _roots()
    for number, note, response, moment in stored:
        problem = ""
        try:
            if stamped_at(response, note, roots=roots) != moment:
                problem = "it says another time than its column"
        except TimeStampInvalid as error:
            problem = str(error)
        if problem:
            report.add("time stamps", f"the time stamp of checkpoint {number}: {problem}")


def _roots() -> list[x509.Certificate]:
    """None where their file cannot be read here: that says nothing about the log."""
    if not settings.TIMESTAMP_ROOTS:
        return []
    try:
        return read_roots(Path(settings.TIMESTAMP_ROOTS))
    except TimeStampInvalid as error:
        log.warning("who signed the time stamps is not checked", problem=str(error))
        return []


def _stored() -> list[Stored]:
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.note, t.response, t.stamped_at FROM integrity_time_stamp AS t"
            " JOIN integrity_checkpoint AS c ON c.id = t.checkpoint_id"
            " ORDER BY c.id, t.authority",
            binary=True,
        )
        return cursor.fetchall()
