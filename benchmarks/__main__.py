"""`python -m benchmarks [NAME ...]`: runs the benchmarks, each in a process of its own."""

import argparse
import importlib
import json
import subprocess
import sys
import time

from benchmarks.harness import Figure, table
from benchmarks.servers import prepared_process

BENCHMARKS = (
    "append",
    "sequencer",
    "sealing",
    "proofs",
    "ingestion",
    "retrieval",
    "generations",
    "reembedding",
    "live_rebuild",
    "past_peer",
    "trace",
    "erasure",
    "verification",
    "pages",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"There is no benchmark {unknown[0]}.")
    if arguments.alone:
        run_here(arguments.names[0])
    else:
        run_all(arguments.names or list(BENCHMARKS))


def run_here(name: str) -> None:
    """Django can be set up for one database a process, so each benchmark has its own."""
    with prepared_process():
        # Models can be imported only now.
        for figure in importlib.import_module(f"benchmarks.{name}").figures():
            print(json.dumps(figure.as_json()), flush=True)


def run_all(names: list[str]) -> None:
    figures: list[Figure] = []
    failed: list[str] = []
    begun = time.monotonic()
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "benchmarks", "--alone", name]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        figures += [Figure(**json.loads(line)) for line in finished.stdout.splitlines()]
        if finished.returncode:
            failed.append(name)
    print(table(figures))
    print(f"\n{time.monotonic() - begun:.0f} s. Ratios are medians over rounds, paired by round.")
    if failed:
        sys.exit(f"Could not be measured: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
