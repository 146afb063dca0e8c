"""Verifies samples of the log: some blocks of 256 leaves against their bytes and stored nodes."""

import random

from provenance.integrity.merkle import BLOCK, STORED_LEVEL_STEP, Node, perfect_root
from provenance.integrity.verification.blobs import BlobCheck
from provenance.integrity.verification.findings import Report
from provenance.integrity.verification.leaves import check_events, compare_nodes
from provenance.integrity.verification.released import Accounted
from provenance.integrity.verification.snapshot import one_snapshot, tree_size

BLOCKS = 40


def verify_samples(*, blocks: int = BLOCKS) -> Report:
    """Takes whole blocks at random, at most so many; what they do not hold stays unseen."""
    report = Report()
    released = Accounted()
    with one_snapshot():
        report.size = size = tree_size(report)
        there = -(-size // BLOCK)
        for block in random.SystemRandom().sample(range(there), min(blocks, there)):
            _verify_block(report, released, block * BLOCK, min((block + 1) * BLOCK, size))
    return report


def _verify_block(report: Report, released: Accounted, start: int, end: int) -> None:
    leaves = check_events(report, BlobCheck(report), start, end, released=released)
    if len(leaves) == BLOCK:
        node = Node(STORED_LEVEL_STEP, start // BLOCK, perfect_root(leaves))
        compare_nodes(report, [node])
