"""Whether this installation can do its work: each part is asked, and says what is wrong."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from provenance.backups.sole_use import is_restoring
from provenance.history.reproduction import count_unexplained
from provenance.integrity.verification.outcomes import alarm
from provenance.projections.standing import Standing, standing

# How long an event may wait for its position or for a read model before that is called a fault.
MAX_LAG_SECONDS = 30
REDIS_SECONDS = 1.0


@dataclass(frozen=True)
class Check:
    """One part: `problem` is empty when it works; `facts` are figures."""

    name: str
    problem: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "ok": not self.problem, "problem": self.problem or None} | (
            {"facts": self.facts} if self.facts else {}
        )


def check_everything() -> list[Check]:
    """The database first: without it the rest cannot be asked."""
    checks = [_checked("database", _database), _checked("redis", _redis)]
    if not checks[0].problem:
        checks += [
            _checked("migrations", _migrations),
            _checked("restore", _restore),
            _checked("integrity of the log", _integrity),
            *_pipeline(),
        ]
    return checks


def _checked(name: str, ask: Callable[[], str]) -> Check:
    try:
        return Check(name, ask())
    except (DatabaseError, InterfaceError, redis.RedisError) as error:
        return Check(name, str(error).strip() or repr(error))


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _redis() -> str:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    ) as client:
        client.ping()
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    missing = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    return f"not applied: {', '.join(missing)}" if missing else ""


def _restore() -> str:
    return "a backup is being restored into this database" if is_restoring() else ""


def _integrity() -> str:
    found = alarm()
    return found.problem if found else ""


def _pipeline() -> list[Check]:
    try:
        now = standing()
    except (DatabaseError, InterfaceError) as error:
        return [Check("sequencer", str(error).strip())]
    return [_sequencer(now), *_read_models(now), _work(now), _reproductions()]


def _work(now: Standing) -> Check:
    """Failing work is told, but it is no reason to send nobody here."""
    failing = {each.kind: each.count for each in now.failing_work}
    return Check("work", facts={"waiting": now.waiting_work, "failing": failing})


def _reproductions() -> Check:
    """An alarm of the past is told for ever, but it is no reason to send nobody here."""
    return Check("reproductions", facts={"unexplained": count_unexplained()})


def _sequencer(now: Standing) -> Check:
    facts = {"unplaced_events": now.unplaced, "lag_seconds": seconds_since(now.oldest_unplaced_at)}
    late = facts["lag_seconds"] > MAX_LAG_SECONDS
    return Check("sequencer", "events wait for their positions" if late else "", facts)


def _read_models(now: Standing) -> list[Check]:
    checks = []
    for each in now.read_models:
        lag = seconds_since(each.behind_since)
        problem = each.problem or ("is behind the log" if lag > MAX_LAG_SECONDS else "")
        facts = {key: value for key, value in asdict(each).items() if isinstance(value, int)}
        checks.append(Check(f"read model {each.name}", problem, {**facts, "lag_seconds": lag}))
    return checks


def seconds_since(moment: datetime | None) -> float:
    """0 for what is not waiting."""
    if moment is None:
        return 0.0
    return round(max((datetime.now(UTC) - moment).total_seconds(), 0.0), 3)
