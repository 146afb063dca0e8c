"""The child process that draws a page: one line of JSON and the PDF on stdin, JSON on stdout.

Run as `python -m ingestion.drawing.child MEMORY_BYTES CPU_SECONDS`. The limits are set before
anything of the file is read.
"""

import base64
import json
import sys
from typing import Any

from ingestion.extraction.child import limit
from ingestion.extraction.extracted import ExtractionFailed


def main() -> None:
    limit(memory=int(sys.argv[1]), seconds=int(sys.argv[2]))
    try:
        answer = drawn(json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read())
    except MemoryError:
        answer = {"failed": "memory"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def drawn(asked: dict[str, Any], content: bytes) -> dict[str, Any]:
    # Imported under the limits: it loads the library that reads the file.
    from ingestion.drawing.pdf_page import picture_of  # noqa: PLC0415

    passage = asked["text"], asked["start"], asked["end"]
    try:
        png, placed = picture_of(content, asked["page"], *passage)
    except ExtractionFailed as failure:
        return {"failed": failure.reason_code, "message": failure.message}
    return {"png": base64.b64encode(png).decode(), "placed": placed}


if __name__ == "__main__":
    main()
