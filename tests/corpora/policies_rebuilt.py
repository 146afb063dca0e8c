"""What an administrator rebuilds and switches, over HTTP; the past has to stay the same meanwhile.

Every read model, the index under the same model with the old one dropped, the index under another
model, and back.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

SECONDS = 3600
MODELS, GENERATIONS = "/read-models", "/index-generations"
Call = Callable[..., Any]


def steps(call: Call, other_model: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """What is done, and the doing of it, which says how it came out."""
    yield "every read model rebuilt", lambda: _rebuild_read_models(call)
    yield "index rebuilt, the old one dropped", lambda: _replace_index(call)
    yield f"index switched to {other_model}", lambda: _switch(call, _build(call, other_model))
    yield "index switched back", lambda: _switch(call, _generations(call)[1]["generation"])


def _rebuild_read_models(call: Call) -> str:
    told = []
    for name in sorted(each["name"] for each in call("GET", MODELS)):
        begun = time.monotonic()
        call("POST", f"{MODELS}/{name}/rebuild", {}, status=202)
        run = _wait(partial(_ended_rebuild, call, name))
        assert run["state"] == "rebuilt", (name, run)
        took = time.monotonic() - begun
        told.append(f"{name} {run['written']}+{run['removed']} ({took:.1f} s)")
    return f"rows written+removed: {', '.join(told)}"


def _ended_rebuild(call: Call, name: str) -> dict[str, Any] | None:
    runs = {each["name"]: each["rebuild"] for each in call("GET", MODELS)}
    run: dict[str, Any] = runs[name]
    return run if run["ended_at"] else None


def _replace_index(call: Call) -> str:
    old = _generations(call)[0]["generation"]
    told = _switch(call, _build(call, None))
    call("POST", f"{GENERATIONS}/{old}/drop", {}, status=202)
    _wait(lambda: _generation(call, old)["state"] == "dropped")
    return told


def _build(call: Call, model: str | None) -> int:
    """Returns once the generation is verified."""
    body = {"embedding_model": model} if model else {}
    number: int = call("POST", GENERATIONS, body, status=202)["generation"]
    _wait(lambda: any(each["generation"] == number for each in _generations(call)))
    _wait(lambda: _generation(call, number)["state"] not in {"building", "built"})
    assert _generation(call, number)["state"] == "verified", _generation(call, number)["problem"]
    return number


def _switch(call: Call, number: int) -> str:
    call("POST", f"{GENERATIONS}/{number}/activation", {}, status=202)
    _wait(lambda: _generation(call, number)["state"] == "active")
    found = _generation(call, number)
    return f"generation {number} under {found['embedding_model']}: {found['chunks']} passages"


def _generation(call: Call, number: int) -> dict[str, Any]:
    return next(each for each in _generations(call) if each["generation"] == number)


def _generations(call: Call) -> list[dict[str, Any]]:
    """The newest first."""
    found: list[dict[str, Any]] = call("GET", GENERATIONS)
    return found


def _wait(holds: Callable[[], Any]) -> Any:
    until = time.monotonic() + SECONDS
    while not (found := holds()):
        assert time.monotonic() < until, f"not so within {SECONDS} s"
        time.sleep(0.3)
    return found
