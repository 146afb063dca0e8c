"""How long the benchmarks run: RAGLEDGER_BENCH_SCALE multiplies rounds and amounts (default 1)."""

import os

SCALE = float(os.environ.get("RAGLEDGER_BENCH_SCALE", "1"))


def rounds(number: int) -> int:
    return max(1, round(number * SCALE))


def amount(number: int) -> int:
    return max(1, round(number * SCALE))
