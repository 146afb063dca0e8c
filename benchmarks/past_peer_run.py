"""Run by a Python that has `rag-timetravel`: asks it about the past, as `past_peer.py` says.

Its replay is the nearest snapshot before the moment, and a search of the table as it was then; the
answer of a language model that it would go on to ask for is left out.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from rag_timetravel import PipelineConfig, RAGPipeline  # type: ignore[import-not-found]

# As often as it can, and as its users may.
WAYS = {"a snapshot after every version": 1, "a snapshot after every tenth": 10}


class Vectors:
    """The vectors that came with the task."""

    dim = 64

    def __init__(self, known: dict[str, list[float]]) -> None:
        self._known = known
        self.dim = len(next(iter(known.values())))

    async def embed(self, texts: list[str]) -> list[list[float]]:
        return [self._known[text] for text in texts]


async def answers(folder: Path, task: dict[str, Any], every: int) -> list[dict[str, Any]]:
    config = PipelineConfig(top_k=task["top_k"], auto_snapshot_every=every)
    pipeline = await RAGPipeline.create(str(folder), config, embedder=Vectors(task["vectors"]))
    moments = []
    for entry in task["history"]:
        await pipeline.ingest(entry["document"], entry["text"])
        moments.append(time.time())
        await asyncio.sleep(0.01)
    found = []
    for each in task["asked"]:
        start = time.perf_counter()
        snapshot = await pipeline._store.get_snapshot_before(moments[each["moment"]])  # noqa: SLF001
        version = None if snapshot is None else snapshot["lancedb_version"]
        chunks = await pipeline._index.search(  # noqa: SLF001
            query=each["question"], top_k=task["top_k"], version=version
        )
        took = time.perf_counter() - start
        found.append({"seconds": took, "texts": [chunk.text for chunk in chunks]})
    return found


async def main() -> None:
    folder = Path(sys.argv[1])
    task = json.loads((folder / "task.json").read_text())
    found = {way: await answers(folder / str(every), task, every) for way, every in WAYS.items()}
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main())
