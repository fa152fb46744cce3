"""Corral's server beside FastAPI around the same model in eager PyTorch, both under the load of wrk.

    Benchmarks/load [--data DIR] [--rounds N] [--seconds N] [--only pair hnsw] [--items N]

A server is first asked as fast as it answers, over several numbers of connections: the best is its saturation. Then
requests come at random times at 70% of that rate, and the 99th percentile of their times is taken. The two servers
take turns. What the same model answers inside a process, from two threads, stands beside.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

from bench.__main__ import HOME, MADE, interactions, say, vectors
from bench.machine import description, load
from bench.matches import Matches, Sizes
from bench.side import KEEP_MEMORY, Side

CONNECTIONS = (8, 32, 64, 128)
# Workers of uvicorn, and threads of PyTorch in each: its best on two cores is looked for.
WORKERS = ((1, 1), (1, 2), (2, 1))


class Server:
    """A server in a process of its own, ready to be asked."""

    def __init__(self, name, words, port):
        self.name, self.address = name, f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [str(word) for word in words], cwd=HOME / "peers", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env=os.environ | KEEP_MEMORY,
        )
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.address}/health/ready", timeout=1):
                    return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"load: {name} ended with {self.process.returncode}: {' '.join(map(str, words))}")
                time.sleep(0.5)
        sys.exit(f"load: {name} is not ready after five minutes")

    def ask(self, users, connections, seconds, rate=0.0):
        """What wrk measured with some connections: as fast as they are answered, or at a rate in requests/s."""
        words = ["wrk", "-t", 1, "-c", connections, "-d", f"{seconds}s", "--timeout", "10s", "-s", HOME / "http/ask.lua"]
        words += [f"{self.address}/v1/recommend", "--", users, rate / connections]
        out = subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout
        answer = json.loads(out.strip().splitlines()[-1])
        answer["rate"] = answer["requests"] / answer["seconds"]
        return answer

    def measure(self, users, seconds):
        """Its saturation, and its times at 70% of it."""
        self.ask(users, 8, 2)  # warm
        best = max((self.ask(users, count, seconds) for count in CONNECTIONS), key=lambda answer: answer["rate"])
        calm = self.ask(users, 64, seconds, 0.7 * best["rate"])
        return {
            "saturation": best["rate"], "calm": calm["rate"], "p50_ms": calm["p50_ms"], "p99_ms": calm["p99_ms"],
            "failed": best["failed"] + calm["failed"],
        }

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def corral(chosen, folder, port):
    store = MADE / f"{folder.name}.store"
    words = [chosen.build / "corral", "serve", folder, "--listen", f"127.0.0.1:{port}", "--store", store, "--quiet"]
    return Server("Corral", words, port)


def peer(folder, port, workers, threads):
    words = [sys.executable, "service.py", folder, "--port", port, "--workers", workers, "--threads", threads]
    return Server(f"FastAPI, {workers} x {threads}", words, port)


def inside(matches, folder):
    """Requests a second to the same recommender in a process, from two threads."""
    side = Side(matches.corral("serve", folder, "--requests", 10_000, "--threads", 2), 2, MADE / "inside.log")
    try:
        side.ready()
        figures = [1 / side.round()["two"] for _ in range(3)]
        side.finish()
    finally:
        side.stop()
    return statistics.median(figures)


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/load", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="a folder that holds ml-1m/ml-1m.inter")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8, help="of each measurement")
    parser.add_argument("--only", nargs="+", choices=("pair", "hnsw"), default=("pair", "hnsw"))
    parser.add_argument("--items", type=int, default=1_000_000, help="of the large catalogue")
    parser.add_argument("--json", type=Path, default=MADE / "load.json", help="where the figures go")
    parser.add_argument("--build", type=Path, default=HOME.parent / ".build/release", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    MADE.mkdir(exist_ok=True)
    file, name = interactions(chosen.data, chosen.build / "corral")
    sizes = replace(Sizes(), served_items=chosen.items)
    matches = Matches(chosen.build / "CorralBench", sys.executable, HOME / "peers", sizes, file, vectors(sizes))
    folders = matches.served()
    report = {"machine": description(), "data": name, "load_before": load(), "lines": []}
    print(f"{'model':6} {'server':16} {'requests/s':>11} {'p50 ms':>8} {'p99 ms':>8} {'failed':>7}")
    for model in chosen.only:
        folder = folders[model]
        ids = (folder / "users.txt").read_text().splitlines()
        users = MADE / f"{folder.name}-asked.txt"
        users.write_text("".join(f"{user}\n" for user in ids[:20_000]))
        best = choose_workers(folder, users)
        sides = {"Corral": lambda: corral(chosen, folder, 8188), "FastAPI": lambda: peer(folder, 8189, *best)}
        rounds = {side: [] for side in sides}
        for number in range(chosen.rounds):
            for side in list(sides)[:: 1 if number % 2 == 0 else -1]:
                server = sides[side]()
                try:
                    rounds[side].append(server.measure(users, chosen.seconds))
                finally:
                    server.stop()
        medians = {
            side: {key: statistics.median(answer[key] for answer in answers) for key in answers[0]}
            for side, answers in rounds.items()
        }
        own = inside(matches, folder)
        for side, figures in medians.items():
            print(f"{model:6} {side:16} {figures['saturation']:11,.0f} {figures['p50_ms']:8.2f} "
                  f"{figures['p99_ms']:8.2f} {figures['failed']:7.0f}")
        ratio = medians["Corral"]["saturation"] / medians["FastAPI"]["saturation"]
        share = medians["Corral"]["saturation"] / own
        print(f"{model:6} {ratio:.1f}x FastAPI (workers x threads: {best[0]} x {best[1]}); "
              f"{own:,.0f} requests/s in the process, of which {share:.0%} over HTTP", flush=True)
        report["lines"].append(
            {"model": model, "workers": best, "inside": own, "ratio": ratio, "share": share, "rounds": rounds}
        )
    report["load_after"] = load()
    chosen.json.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\n{name}; {report['machine']['cpu']}, {report['machine']['cores']} cores; medians of {chosen.rounds} "
          f"alternated rounds; times at 70% of each server's own saturation; wrk runs on the same cores.")
    print(f"every figure: {chosen.json}")


def choose_workers(folder, users):
    """The number of workers and threads with which the peer answers most."""
    figures = {}
    for workers, threads in WORKERS:
        server = peer(folder, 8189, workers, threads)
        try:
            server.ask(users, 8, 2)
            figures[workers, threads] = max(server.ask(users, count, 4)["rate"] for count in CONNECTIONS)
        finally:
            server.stop()
        say(f"{server.name}: {figures[workers, threads]:,.0f} requests/s")
    return max(figures, key=figures.get)


if __name__ == "__main__":
    main()
