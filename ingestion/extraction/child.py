"""The child process that parses one untrusted file: content on stdin, JSON on stdout.

Run as `python -m ingestion.extraction.child MEDIA_TYPE MEMORY_BYTES CPU_SECONDS`. The limits are
set before anything of the file is read; `formats` imports the one parser that is needed after that.
"""

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from ingestion.extraction.extracted import ExtractionFailed
from ingestion.extraction.formats import extract_here


def main() -> None:
    media_type, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    limit(memory=memory, seconds=seconds)
    try:
        answer = extracted(sys.stdin.buffer.read(), media_type)
    except MemoryError:
        answer = {"failed": "memory"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def limit(*, memory: int, seconds: int) -> None:
    """Binds this process for good: memory, processor time, no files written, no core."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (bound, bound))
        except ValueError:
            # macOS refuses limits on address space; the wall clock still holds.
            continue


def extracted(content: bytes, media_type: str) -> dict[str, Any]:
    try:
        found = extract_here(content, media_type)
    except ExtractionFailed as failure:
        return {"failed": failure.reason_code, "message": failure.message}
    return {**asdict(found), "pages": [[p.number, p.start, p.end] for p in found.pages]}


if __name__ == "__main__":
    main()
