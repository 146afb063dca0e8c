"""After an erasure, the plain text is looked for in every file of the database server."""

import os
import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from provenance.embedded.cluster import SUPERUSER, cluster_folder, program
from provenance.embedded.home import open_home
from provenance.embedded.postgres import database_url
from provenance.projections.projection import projections
from provenance.review.finding import Target
from retrieval.commands import retrieve
from tests.recording.stories import ALICE, hand_in, output_of, prompt_of
from tests.review.everywhere import places_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
Step = Callable[[], None]
Erase = Callable[[Target], UUID]
# Their freed pages, and those of their indexes, may hold words until they are used again; so may
# what the planner noted of frequent values, until the next ANALYZE.
READ_MODELS = tuple(model._meta.db_table for each in projections() for model in each.tables)
FREED = (*READ_MODELS, "pg_statistic")
# As many segments as PostgreSQL keeps for use again (min_wal_size), and some more.
SEGMENTS = 8
HOME = open_home(Path(os.environ["RAGLEDGER_HOME"]))
FOLDER = cluster_folder(HOME)


@pytest.fixture
def superuser() -> Iterator[psycopg.Connection]:
    if not FOLDER.exists():
        pytest.skip("The database server is not this session's own: its files are out of reach.")
    name = connection.settings_dict["NAME"]
    url = database_url(HOME, SUPERUSER, database=name)
    with psycopg.connect(url, autocommit=True) as found:
        yield found


def places_with(superuser: psycopg.Connection, *words: str) -> set[str]:
    """The tables and indexes whose files hold one of the words, `pg_wal`, or another file."""
    sought = [word.encode() for word in words]
    return {
        _place(path, superuser)
        for folder in {HOME.root, HOME.servers}
        for path in folder.rglob("*")
        if any(word in _content(path) for word in sought)
    }


def _content(path: Path) -> bytes:
    """Nothing of a file that is removed meanwhile."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except FileNotFoundError:
        return b""


def _place(path: Path, superuser: psycopg.Connection) -> str:
    folder, *rest = path.relative_to(FOLDER).parts if path.is_relative_to(FOLDER) else (str(path),)
    if folder != "base":
        return folder
    node = rest[-1].partition(".")[0]
    found = superuser.execute("SELECT pg_filenode_relation(0, %s)::regclass::text", [node])
    return str((found.fetchone() or [path])[0])


def dumped(superuser: psycopg.Connection) -> bytes:
    finished = subprocess.run(
        [str(program(HOME, "pg_dump")), "--dbname", superuser.info.dsn, "--no-password"],
        capture_output=True,
        check=True,
        env={"PGPASSWORD": superuser.info.password},
    )
    return finished.stdout


def told_about(person: str, word: str, run_work: Step) -> UUID:
    """Returns a document that says the word; the person's interactions say it too."""
    document = hand_in(f"# Note\n\nThe customer {word} waits for 8 months.\n", "note").document_id
    run_work()
    for turn in range(20):
        context = {"user_ref": person, "turn": turn}
        answer = retrieve(principal=ALICE, query=f"{word}?", mode="text", context=context)
        output_of(prompt_of(answer, context=context), f"Dear {word}, eight months.")
    run_work()
    return UUID(str(document))


def test_what_was_erased_stays_on_the_disk_only_as_the_documentation_says(
    erase: Erase, run_work: Step, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    person, word = f"person{secrets.token_hex(6)}", f"quill{secrets.token_hex(6)}"
    document = told_about(person, word, run_work)
    superuser.execute("ANALYZE")
    superuser.execute("CHECKPOINT")
    assert {"recording_output", "pg_wal"} <= places_with(superuser, word)
    assert {"recording_output", "pg_statistic", "pg_wal"} <= places_with(superuser, person)
    erase(Target("subject", person))
    erase(Target("document", target_id=document))

    assert places_of(word) == places_of(person) == []
    dump = dumped(superuser)
    call_command("backup", "--to", str(tmp_path / "backup"))
    copies = [dump, *(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())]
    assert b"recording_output" in dump
    assert not any(sought.encode() in copy for sought in (word, person) for copy in copies)

    superuser.execute("VACUUM ANALYZE")
    superuser.execute("CHECKPOINT")
    left = places_with(superuser, word, person) - {"pg_wal"}
    assert all(place.startswith(FREED) for place in left), left
    superuser.execute("VACUUM FULL")
    superuser.execute("CHECKPOINT")
    assert places_with(superuser, word, person) <= {"pg_wal"}
    for _ in range(SEGMENTS):
        superuser.execute("SELECT pg_switch_wal()")
        superuser.execute("CHECKPOINT")
    assert places_with(superuser, word, person) == set()
