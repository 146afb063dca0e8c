"""The trace of an output, as page and as JSON, against the bare SQL behind it."""

import secrets
import statistics
from collections.abc import Callable, Iterator
from uuid import UUID

from django.conf import settings
from django.test import Client

from benchmarks import whole_pipeline
from benchmarks.application import documents
from benchmarks.captured_sql import bare_connection, captured, run_bare
from benchmarks.harness import Figure, in_turns, median_milliseconds, ratio
from benchmarks.scale import amount, rounds
from benchmarks.servers import database_only
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_api_key, create_user
from provenance.accounts.models import Role
from retrieval.recording.commands import report_output, report_prompt

# name: retrievals of ten passages each, all of them in the prompt
SIZES = {"1 retrieval": 1, "10 retrievals": 10}
PASSAGES = 10
TIMES = 20
ROUNDS = 5
MOST_QUERIES = 15


def figures() -> Iterator[Figure]:
    with database_only():
        settings.ALLOWED_HOSTS = ["testserver"]
        whole_pipeline.index(
            {f"{n}": text for n, text in enumerate(documents(6, chunks=5, seed=3))}
        )
        page, api = reviewer(), application()
        for name, retrievals in SIZES.items():
            output_id = _interaction(retrievals)
            whole_pipeline.settle()
            yield from _figures(
                f"trace, {name}",
                {
                    "page": lambda id_=output_id: page(f"/outputs/{id_}/"),  # type: ignore[misc]
                    "JSON": lambda id_=output_id: api(f"/api/v1/outputs/{id_}/trace"),  # type: ignore[misc]
                },
            )


def _figures(benchmark: str, requests: dict[str, Callable[[], None]]) -> Iterator[Figure]:
    requests["page"]()  # the first one reads templates
    with captured() as statements:
        requests["page"]()
    yield Figure(benchmark, "page", float(len(statements)), "SQL statements", at_most=MOST_QUERIES)
    times = amount(TIMES)
    # The page records that it was looked at, once: the floor only reads.
    reading = [each for each in statements if each.reads]
    with bare_connection() as bare:
        measured = in_turns(
            {
                "bare SQL": lambda: median_milliseconds(
                    lambda: run_bare(bare, reading), times=times
                ),
                **{
                    name: lambda request=request: median_milliseconds(request, times=times)  # type: ignore[misc]
                    for name, request in requests.items()
                },
            },
            rounds=rounds(ROUNDS),
        )
    yield Figure(benchmark, "bare SQL", statistics.median(measured["bare SQL"]), "ms")
    for name in requests:
        yield Figure(
            benchmark,
            name,
            statistics.median(measured[name]),
            "ms",
            base="bare SQL",
            ratio=ratio(measured, name, "bare SQL"),
        )


def _interaction(retrievals: int) -> UUID:
    """An output of twenty sentences, from a prompt that repeats every passage it was given."""
    words = documents(1, chunks=retrievals, seed=5)[0].split()
    answers = [
        whole_pipeline.ask_whole(" ".join(words[9 * n : 9 * n + 9]), top_k=PASSAGES)
        for n in range(retrievals)
    ]
    passages = [result["text"] for answer in answers for result in answer["results"]]
    prompt = report_prompt(
        principal=SYSTEM_PRINCIPAL,
        retrieval_ids=[UUID(answer["retrieval_id"]) for answer in answers],
        text="\n\n".join([*passages, "What follows from this?"]),
    )
    sentences = [passage.split(". ")[1] + "." for passage in passages][:20]
    output = report_output(
        principal=SYSTEM_PRINCIPAL,
        prompt_id=prompt.prompt_id,
        text=" ".join(sentences),
        model="benchmark",
    )
    return output.output_id


def reviewer() -> Callable[[str], None]:
    person = create_user(
        principal=SYSTEM_PRINCIPAL,
        username="reviewer",
        password=secrets.token_urlsafe(),
        role=Role.REVIEWER,
    )
    client = Client()
    client.force_login(person)
    return lambda path: _read(client, path)


def application() -> Callable[[str], None]:
    _, key = create_api_key(principal=SYSTEM_PRINCIPAL, application="benchmark", scopes=["admin"])
    client = Client(headers={"authorization": f"Bearer {key}"})
    return lambda path: _read(client, path)


def _read(client: Client, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:  # noqa: PLR2004
        raise RuntimeError(f"{path}: {answer.status_code}")
