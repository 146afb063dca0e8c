"""The child process that parses one untrusted file: content on stdin, JSON on stdout.

Run as `python -m ingestion.extraction.child MEMORY_BYTES CPU_SECONDS MEDIA_TYPE FORM`. The limits
are set before anything of the file is read; `formats` imports the one parser that is needed after
that.
"""

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from lxml import etree

from ingestion.extraction.extracted import ExtractionFailed
from ingestion.extraction.formats import extract_here


def main() -> None:
    memory, seconds, media_type, form = sys.argv[1:]
    limit(memory=int(memory), seconds=int(seconds))
    try:
        answer = extracted(sys.stdin.buffer.read(), media_type, form)
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


def extracted(content: bytes, media_type: str, form: str) -> dict[str, Any]:
    try:
        found = extract_here(content, media_type, form)
    except ExtractionFailed as failure:
        if ran_out_of_memory(failure):
            return {"failed": "memory"}
        return {"failed": failure.reason_code, "message": failure.message}
    return {**asdict(found), "pages": [[p.number, p.start, p.end] for p in found.pages]}


def ran_out_of_memory(failure: BaseException) -> bool:
    """True if memory was at the root of it: libxml2 reports that as an error of syntax."""
    cause = failure.__cause__
    return isinstance(cause, etree.XMLSyntaxError) and cause.code == etree.ErrorTypes.ERR_NO_MEMORY


if __name__ == "__main__":
    main()
