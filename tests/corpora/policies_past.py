"""Loads real policies in the order of their history, and asks for their past in every way.

In the suite a part of them goes through Django's client. The whole corpus, over HTTP, into a server
that holds nothing yet: `python -m tests.corpora.policies_past --url URL --key KEY`. `--rebuild`,
with a key that may administer, rebuilds and switches read models and index, and asks everything
again after each step. `--kept FILE` keeps what was handed in, so that a second run goes on from it.
"""

import argparse
import json
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.corpora import policies_rebuilt
from tests.corpora.conftest import CORPORA, json_lines

CORPUS = CORPORA / "policies-dev"
RETRIEVE_EVERY, LOOK_EVERY = 50, 100
QUERIES = (
    "personal data",
    "takedown notice",
    "subprocessors",
    "trademark policy",
    "account suspension and appeal",
)
KEPT = ("document_ids", "hashes", "live", "looks", "retrievals")
Call = Callable[..., Any]


@dataclass
class Past:
    """What was handed in, and what was seen on the way.

    `live` is the hash of what stands for each document after the last entry; `looks` are pairs of a
    position and what was live then.
    """

    call: Call
    settle: Callable[[], None]
    document_ids: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    looks: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    retrievals: list[str] = field(default_factory=list)

    def load(self, entries: Sequence[dict[str, Any]]) -> None:
        for number, entry in enumerate(entries, start=1):
            self._hand_in(entry)
            if number % RETRIEVE_EVERY == 0:
                self.settle()
                self._retrieve(number // RETRIEVE_EVERY)
            if number % LOOK_EVERY == 0:
                found = self.call("GET", "/knowledge?limit=1")
                self.looks.append((found["position"], dict(self.live)))
        self.settle()

    def keep(self, file: Path) -> None:
        file.write_text(json.dumps({name: getattr(self, name) for name in KEPT}), encoding="utf-8")

    def restore(self, file: Path) -> None:
        for name, value in json.loads(file.read_text(encoding="utf-8")).items():
            setattr(self, name, value)

    def _hand_in(self, entry: dict[str, Any]) -> None:
        name = entry["doc_id"]
        if entry["text"] is None:
            path = f"/documents/{self.document_ids[name]}/withdrawal"
            body = {"reason": "deleted", "effective_from": entry["commit_time"]}
            self.call("POST", path, body, status=202)
            del self.live[name]
        elif self.live.get(name) != entry["sha256"]:
            # A file that was only renamed has been in force since before.
            answer = self.call("POST", "/documents", _document(entry), status=202)
            self.document_ids[name] = answer["document_id"]
            self.hashes[answer["version_id"]] = answer["content_sha256"]
            self.live[name] = entry["sha256"]

    def _retrieve(self, number: int) -> None:
        for mode in ("hybrid", "vector", "text"):
            body = {
                "query": QUERIES[number % len(QUERIES)],
                "mode": mode,
                "top_k": 10,
                "exact": number % 2 == 0,
            }
            self.retrievals.append(self.call("POST", "/retrievals", body)["retrieval_id"])

    def known(self, **moment: Any) -> dict[str, str]:
        """The hash of what stood for each document at a moment."""
        names = {document_id: name for name, document_id in self.document_ids.items()}
        found = self.call("GET", f"/knowledge?{urlencode({'limit': 200, **moment})}")
        assert found["next_cursor"] is None
        return {names[row["document_id"]]: self.hashes[row["version_id"]] for row in found["data"]}


def _document(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "external_id": entry["doc_id"],
        "title": entry["title"] or entry["doc_id"],
        "content": entry["text"],
        "media_type": "text/markdown",
        "effective_from": entry["commit_time"],
    }


def entries_of(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Every version of the documents, in the order in which they came to be."""
    found = [entry for file in files for entry in json_lines(file)]
    # Stable: versions of one document keep their order.
    return sorted(found, key=lambda entry: datetime.fromisoformat(entry["commit_time"]))


def wrong_looks(past: Past) -> list[int]:
    """Positions at which something else than what was live then is said to have been known."""
    return [position for position, live in past.looks if past.known(at=position) != live]


def wrong_moments(past: Past) -> tuple[int, list[dict[str, Any]]]:
    """How many of the corpus's truths about effective moments were asked, and which are missed."""
    asked = [t for t in json_lines(CORPUS / "truth-asof.jsonl") if t["doc_id"] in past.document_ids]
    wrong = [
        truth
        for truth in asked
        if past.known(effective_at=truth["as_of"]).get(truth["doc_id"]) != truth.get("sha256")
    ]
    return len(asked), wrong


def wrong_rewordings(past: Past) -> tuple[int, list[str]]:
    """How many changes of wording were asked for, and what came out wrong."""
    rows = json_lines(CORPUS / "truth-rewordings.jsonl")
    asked = [row for row in rows if row["doc_id"] in past.document_ids]
    return len(asked), [wrong for row in asked for wrong in _wrong_wording(past, row)]


def _wrong_wording(past: Past, row: dict[str, Any]) -> Iterator[str]:
    change = datetime.fromisoformat(row["new_time"])
    for side, moment in (("old", change - timedelta(seconds=1)), ("new", change)):
        other = "new" if side == "old" else "old"
        text = _words_found(past, row["doc_id"], row[f"{side}_text"], moment)
        if _flat(row[f"{side}_text"]) not in text:
            yield f"{row['id']}: the {side} wording is not found {side}"
        # A wording may be a part of the other one.
        holds_both = row[f"{side}_version"] in row[f"{other}_versions"]
        if not holds_both and _flat(row[f"{other}_text"]) in text:
            yield f"{row['id']}: the {other} wording is found with the {side} one"


def _words_found(past: Past, name: str, query: str, moment: datetime) -> str:
    """What a search finds of a document, passages that follow on each other joined."""
    body = {
        "query": query,
        "mode": "text",
        "top_k": 100,
        "exact": True,
        "effective_at": moment.isoformat(),
    }
    found = past.call("POST", "/retrievals", body)["results"]
    rows = [row for row in found if row["document_id"] == past.document_ids[name]]
    text, end = "", -1
    for row in sorted(rows, key=lambda row: row["char_start"]):
        follows = 0 <= end - row["char_start"] <= len(row["text"])
        text += row["text"][end - row["char_start"] :] if follows else f"\n{row['text']}"
        end = row["char_end"]
    return _flat(text)


def _flat(text: str) -> str:
    return " ".join(text.split())


def reproduced(past: Past) -> Counter[tuple[str, str, str | None, bool]]:
    """Counts of verdict, verdict on all ranks, cause, and whether the search was exact."""
    counts: Counter[tuple[str, str, str | None, bool]] = Counter()
    for retrieval_id in past.retrievals:
        found = past.call("POST", f"/retrievals/{retrieval_id}/reproduction", {})
        exact = found["recorded_search"] == "exact"
        counts[found["verdict"], found["whole_ranking"], found["cause"], exact] += 1
    return counts


def _over_http(url: str, key: str) -> Call:
    def call(method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        request = urllib.request.Request(  # noqa: S310  the address is the caller's own server
            f"{url}/api/v1{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            assert answer.status == status, (path, answer.status)
            return json.load(answer)

    return call


def _until_indexed(past: Past) -> None:
    """Waits until the index has reached every version that was handed in."""
    while True:
        waiting = [
            past.call("GET", f"/documents?limit=1&status={status}")["data"]
            for status in ("submitted", "processed")
        ]
        known = set(past.known())
        if not any(waiting) and known == set(past.live):
            return
        time.sleep(0.2)


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__))
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--kept", type=Path, metavar="FILE")
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--other-model", default="hash-test")
    options = parser.parse_args()
    past = Past(_over_http(options.url, options.key), lambda: _until_indexed(past))
    if options.kept and options.kept.exists():
        past.restore(options.kept)
    else:
        _load_all(past, options.kept)
    tell(past)
    steps = policies_rebuilt.steps(past.call, options.other_model)
    for done, step in steps if options.rebuild else ():
        begun = time.monotonic()
        say(f"{done}: {step()}, in {time.monotonic() - begun:.0f} s")
        tell(past)
    return 0


def _load_all(past: Past, kept: Path | None) -> None:
    begun = time.monotonic()
    past.load(entries_of(sorted((CORPUS / "docs").glob("*.jsonl"))))
    say(f"{len(past.hashes)} versions loaded in {time.monotonic() - begun:.0f} s")
    if kept:
        past.keep(kept)


def tell(past: Past) -> None:
    """Asks everything, and says what came out wrong."""
    say(f"{len(past.looks)} looks at positions, wrong: {wrong_looks(past)}")
    asked, wrong = wrong_moments(past)
    say(f"{asked} effective moments, wrong: {wrong}")
    asked, wordings = wrong_rewordings(past)
    say(f"{asked} rewordings, wrong: {wordings}")
    say(f"reproduced: {dict(reproduced(past))}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
