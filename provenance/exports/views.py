"""What people and other programs read in a bundle: each says again what the events say."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from provenance.exports import report_page, report_pdf, verify
from provenance.exports.facts import Facts
from provenance.exports.prov_pieces import ProvPieces
from provenance.exports.report import Answer, answer_of, entry_of, report_of
from provenance.exports.selection import Period
from provenance.integrity.models import SealedCheckpoint

Json = dict[str, Any]
FOLDER = Path(__file__).parent


class Views:
    """All of them grow at once, since each output is told once."""

    def __init__(self, facts: Facts, checkpoint: SealedCheckpoint, period: Period | None) -> None:
        self._facts, self._spool = facts, facts.spool
        self._case = facts.case_story()
        self._report = report_of(facts, self._case, checkpoint, period)
        self._trace, self._page = facts.spool.growing(), facts.spool.growing()
        self._graph = ProvPieces(facts.spool)
        self._on_paper: list[Answer] = []

    def add(self) -> None:
        """Raises EvidenceBroken, EvidenceTooLarge."""
        for piece in verify.pieces_of_trace(self._told(), self._case):
            self._trace.write(piece)
        if self._case:
            self._graph.add_case(self._case)
        spool, report = self._spool, self._report
        spool.add_pieces("trace.json", self._trace.pieces())
        spool.add_pieces("prov.json", self._graph.as_json())
        spool.add_pieces("prov.provn", self._graph.as_provn())
        entries = [entry_of(each) for each in islice(self._facts.events(), report_pdf.MAX_EVENTS)]
        spool.add("report.pdf", report_pdf.rendered(report, self._on_paper, entries))
        spool.add_pieces("report.html", self._html())
        spool.add("README.txt", (FOLDER / "bundle_readme.txt").read_bytes())
        spool.add("verify.py", Path(verify.__file__).read_bytes())

    def _told(self) -> Iterator[Json]:
        """Each trace, when all else that is made of it has been written."""
        for number, trace in enumerate(self._facts.traces(), 1):
            answer = answer_of(trace)
            if number <= report_pdf.MAX_ANSWERS:
                self._on_paper.append(answer)
            self._page.write(report_page.answer(self._report, answer, number))
            self._graph.add_trace(trace)
            yield trace

    def _html(self) -> Iterator[bytes]:
        events = (entry_of(event) for event in self._facts.events())
        return report_page.pieces(self._report, self._page.pieces(), events)
