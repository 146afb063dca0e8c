"""How long the server takes for the pages that reviewers live on, over a large log.

The log is a recorded world multiplied: by itself about 100,000 events with 15,000 outputs and 2,000
versions; RAGLEDGER_BENCH_SCALE=10 makes ten times as many of each, which takes a while.
"""

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from benchmarks import volume, whole_pipeline
from benchmarks.application import documents
from benchmarks.harness import Figure, progress, seconds
from benchmarks.scale import amount
from benchmarks.servers import database_only
from benchmarks.trace import application, reviewer
from ingestion.commands import submit_document
from ingestion.models import CatalogueDocument
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from provenance.integrity.sequencer import sequence_everything
from provenance.projections.projector import fold_everything
from retrieval.recording.commands import report_output, report_prompt
from retrieval.recording.models import InteractionOutput, VersionOutput

WORLD_DOCUMENTS, WORLD_VERSIONS = 20, 5
WORLD_OUTPUTS = 150
COPIES_OF_DOCUMENTS, COPIES_OF_INTERACTIONS = 19, 99
TIMES = 30
MOST_MS = 100
LISTS = (
    "/",
    "/outputs/",
    "/outputs/?q=insurer",
    "/outputs/?model=model-1",
    "/retrievals/",
    "/prompts/",
    "/documents/",
    "/search/?q=insurer",
    "/stale/",
    "/coverage/",
    "/reviews/",
    "/impact/models/",
    "/log/",
    "/views/",
    "/time/",
    "/pipeline/",
    "/integrity/",
)


def figures() -> Iterator[Figure]:
    with database_only():
        settings.ALLOWED_HOSTS = ["testserver"]
        _record_a_world()
        copied = volume.multiply(volume.DOCUMENTS, times=amount(COPIES_OF_DOCUMENTS))
        copied += volume.multiply(volume.INTERACTIONS, times=amount(COPIES_OF_INTERACTIONS))
        benchmark = f"pages over {store.head_position() + 1 + copied:,} events"
        yield Figure(benchmark, "sequencer", copied / seconds(sequence_everything), "events/s")
        yield Figure(benchmark, "folding", copied / seconds(fold_everything), "events/s")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        page, api = reviewer(), application()
        for address in (*LISTS, _document(), *_traces(1), _impact()):
            yield from _measured(benchmark, address, page)
        version = _busiest_version()
        yield from _measured(benchmark, f"/api/v1/versions/{version}/outputs", api, most=50)


def _measured(
    benchmark: str, address: str, request: Callable[[str], None], most: int = MOST_MS
) -> Iterator[Figure]:
    progress(address)
    request(address)  # the first one reads templates
    queries = _queries_of(lambda: request(address))
    times = sorted(seconds(lambda: request(address)) * 1000 for _ in range(TIMES))
    name = "/".join(
        "..." if len(part) == len(str(UUID(int=0))) else part for part in address.split("/")
    )
    yield Figure(benchmark, f"{name}, {queries} queries", statistics.median(times), "ms")
    yield Figure(benchmark, f"{name}, p95", times[int(TIMES * 0.95)], "ms", at_most=most)


def _queries_of(work: Callable[[], None]) -> int:
    """Counted where they are executed: a request forgets the queries that Django kept."""
    count = 0

    def counting(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(counting):
        work()
    return count


def _record_a_world() -> None:
    chance = random.Random(7)  # noqa: S311
    texts = documents(WORLD_DOCUMENTS, chunks=4, seed=7)
    whole_pipeline.index({f"policy {n}": text for n, text in enumerate(texts)})
    for version in range(1, WORLD_VERSIONS):
        for n, text in enumerate(texts):
            _hand_in(f"policy {n}", f"{text}\n\nThis is version {version}.")
        whole_pipeline.settle()
    for number in range(WORLD_OUTPUTS):
        _interact(chance.choice(texts).split(), number)
        if number % 50 == 0:
            whole_pipeline.settle()
    whole_pipeline.settle()


def _hand_in(external_id: str, text: str) -> None:
    submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=text.encode(),
        external_id=external_id,
        title=f"The {external_id}",
        media_type="text/markdown",
    )


def _interact(words: Sequence[str], number: int) -> None:
    answer = whole_pipeline.ask_whole(" ".join(words[:9]), top_k=5)
    passages = [result["text"] for result in answer["results"]]
    prompt = report_prompt(
        principal=SYSTEM_PRINCIPAL,
        retrieval_ids=[UUID(answer["retrieval_id"])],
        text="\n\n".join([*passages, "What follows from this?"]),
    )
    report_output(
        principal=SYSTEM_PRINCIPAL,
        prompt_id=prompt.prompt_id,
        text=f"{passages[0].split('. ')[0]}. Nothing says so.",
        model=f"model-{number % 3}",
    )


def _document() -> str:
    return f"/documents/{CatalogueDocument.objects.values_list('document_id', flat=True)[0]}/"


def _traces(count: int) -> list[str]:
    found = InteractionOutput.objects.order_by("position").values_list("output_id", flat=True)
    return [f"/outputs/{output_id}/" for output_id in found[:count]]


def _busiest_version() -> UUID:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT version_id FROM {VersionOutput._meta.db_table}"  # noqa: S608
            " GROUP BY version_id ORDER BY count(*) DESC LIMIT 1"
        )
        found: UUID = cursor.fetchone()[0]
        return found


def _impact() -> str:
    return f"/versions/{_busiest_version()}/impact/"
