"""Measures Corral beside other systems and prints one table of ratios.

    Benchmarks/run [--quick] [--data DIR] [--only GROUP ...] [--rounds N] [--graph N] [--json FILE]
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from bench.compare import compare
from bench.machine import Watch, description, load
from bench.matches import GROUPS, QUICK, Matches, Sizes
from bench.side import SideFailed
from bench.table import row, table

HOME = Path(__file__).resolve().parent.parent
MADE = HOME / "data"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def options():
    parser = argparse.ArgumentParser(prog="Benchmarks/run", description="Corral beside other systems.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: smaller sizes, fewer rounds, no verdicts")
    parser.add_argument("--data", type=Path, help="a folder that holds ml-1m/ml-1m.inter")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=GROUPS, metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--rounds", type=int, help="turns of each side")
    parser.add_argument("--graph", type=int, metavar="ITEMS", help="vectors of the hnsw group (default: 200000)")
    parser.add_argument("--json", type=Path, default=MADE / "results.json", help="where the figures go")
    parser.add_argument("--build", type=Path, default=HOME.parent / ".build/release", help=argparse.SUPPRESS)
    return parser.parse_args()


def interactions(chosen, corral):
    """The ml-1m file, or a planted one of the same shape where there is none."""
    if chosen:
        file = chosen / "ml-1m/ml-1m.inter"
        if file.exists():
            return file.resolve(), "ml-1m"
        sys.exit(f"bench: {chosen} holds no ml-1m/ml-1m.inter: name the folder above ml-1m, or leave --data out")
    file = MADE / "synthetic/synthetic.inter"
    if not file.exists():
        say("no ml-1m here: making planted data of its shape")
        size = ["--users", "6040", "--items", "3416", "--interactions", "988555", "--seed", "1"]
        subprocess.run([corral, "data", "synthesize", file.parent, *size], check=True, stdout=subprocess.DEVNULL)
        for features in ("user", "item"):  # ml-1m has none, and nothing here looks at them
            file.with_suffix(f".{features}").unlink(missing_ok=True)
    return file, "planted data of ml-1m's shape"


def vectors(sizes):
    """A function that makes the vectors of one group when they are first asked for, and names their folder."""

    def folder(group):
        exact = group == "exact"
        items = sizes.search_items if exact else sizes.graph_items
        queries = sizes.search_queries if exact else sizes.graph_queries
        path = MADE / f"{group}-{items}"
        words = ["--items", items, "--queries", queries, "--centres", items // 50]
        subprocess.run([sys.executable, HOME / "peers/vectors.py", path, *map(str, words)], check=True)
        return path

    return folder


def main():
    chosen = options()
    sizes = QUICK if chosen.quick else Sizes()
    if chosen.rounds:
        sizes = replace(sizes, rounds=chosen.rounds)
    if chosen.graph:
        sizes = replace(sizes, graph_items=chosen.graph)
    # Where a run is too small to judge by, lines carry no verdict.
    bars = {} if chosen.quick else json.loads((HOME / "thresholds.json").read_text())
    MADE.mkdir(exist_ok=True)
    file, name = interactions(chosen.data, chosen.build / "corral")
    matches = Matches(chosen.build / "CorralBench", sys.executable, HOME / "peers", sizes, file, vectors(sizes))
    report = {"machine": description(), "data": name, "quick": chosen.quick, "rounds": sizes.rounds, "lines": []}
    report |= {"started": time.strftime("%Y-%m-%dT%H:%M:%S"), "load_before": load(), "failed": []}
    watch = Watch()
    for group in chosen.only:
        for match in getattr(matches, group)():
            say(f"{match.lines[0].title} against {match.right_name}")
            try:
                lines = compare(match, sizes.rounds, MADE, bars)
            except SideFailed as failure:
                say(f"no figure: {failure}")
                report["failed"].append({"name": match.lines[0].name, "why": str(failure)})
                continue
            for line in lines:
                say(" | ".join(cell for cell in row(line)[3:] if cell))
            report["lines"] += lines
    report |= {"load_after": load(), "busy_cores": watch.busy_cores()}
    chosen.json.write_text(json.dumps(report, indent=1) + "\n")
    print(table(report["lines"]))
    machine, loads = report["machine"], (report["load_before"], report["load_after"])
    print(f"\n{name}; {machine['cpu']}, {machine['cores']} cores; medians of {sizes.rounds} alternated rounds;", end="")
    print(f" load {loads[0]} before, {loads[1]} after.")
    for failure in report["failed"]:
        print(f"no figure for {failure['name']}: {failure['why']}")
    print(f"every figure: {chosen.json}")


if __name__ == "__main__":
    main()
