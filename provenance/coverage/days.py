"""What a set of events adds to the counts of the days of applications, with one statement."""

from collections import Counter, defaultdict
from datetime import date

from django.db import connection

KEPT = ("retrievals", "unanswered", "unresolved", "outputs", "baseless", "foreign", "missing")
ADD = f"""
    INSERT INTO coverage_day AS d (day, application, {", ".join(f'"{name}"' for name in KEPT)})
    SELECT * FROM unnest(%s::date[], %s::text[], {", ".join("%s::bigint[]" for _ in KEPT)})
    ON CONFLICT (day, application) DO UPDATE
    SET {", ".join(f'"{name}" = d."{name}" + excluded."{name}"' for name in KEPT)}
"""  # noqa: S608  made of constants


class Days:
    """A day that anything is added to has its row, even if that is nought."""

    def __init__(self) -> None:
        self._added: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)

    def add(self, day: date, application: str, **counts: int) -> None:
        self._added[day, application].update(counts)

    def write(self) -> None:
        rows = [
            (*key, *(counts[name] for name in KEPT)) for key, counts in sorted(self._added.items())
        ]
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])
