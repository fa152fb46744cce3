"""Eager PyTorch: requests to a saved model, answered one by one.

    serve.py FOLDER --answers FILE --requests N --threads N

Each request scores all items. One client has all threads inside an operation; two clients share them.
"""

import argparse
import threading
import time
from pathlib import Path

import torch

from twin import Twin
from worker import serve

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("--answers", type=Path, required=True, help="Corral's answers, which must be the same")
parser.add_argument("--requests", type=int, required=True)
parser.add_argument("--threads", type=int, required=True)
options = parser.parse_args()
twin = Twin(options.folder)
names = [twin.users[number * 7919 % len(twin.users)] for number in range(options.requests)]


def client(names, threads, seconds):
    torch.set_num_threads(threads)
    for name in names:
        started = time.perf_counter()
        twin.recommend(name, 10)
        seconds.append(time.perf_counter() - started)


def one_round():
    figures = {}
    for clients, number in ((1, "one"), (2, "two")):
        seconds = []
        workers = [
            threading.Thread(target=client, args=(names[start::clients], options.threads // clients, seconds))
            for start in range(clients)
        ]
        started = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        figures[number] = (time.perf_counter() - started) / len(names)
        seconds.sort()
        figures[f"p50_ms_{number}"] = 1000 * seconds[len(seconds) // 2]
        figures[f"p99_ms_{number}"] = 1000 * seconds[len(seconds) * 99 // 100]
    return figures


torch.set_num_threads(options.threads)
serve({"recall": twin.check(options.answers)}, one_round)
