"""hnswlib's own Python module: building a graph, and searching it at a given recall.

    hnsw.py FOLDER --threads N --count 100 --recall 0.95
"""

import argparse
import time

import hnswlib

from vectors import load, recall
from worker import serve

WIDTHS = [100, 120, 150, 200, 250, 300, 350, 400, 500, 600, 800, 1000, 1200, 1600]

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--count", type=int, default=100)
parser.add_argument("--recall", type=float, default=0.95)
parser.add_argument("--links", type=int, default=16)
parser.add_argument("--construction", type=int, default=200)
options = parser.parse_args()

items, queries, true = load(options.folder)
index = hnswlib.Index("ip", items.shape[1])
index.init_index(len(items), ef_construction=options.construction, M=options.links, random_seed=1)
started = time.perf_counter()
index.add_items(items, num_threads=options.threads)
building = time.perf_counter() - started
for width in WIDTHS:
    index.set_ef(width)
    reached = recall(index.knn_query(queries, k=options.count, num_threads=1)[0], true[:, :options.count])
    if reached >= options.recall:
        break


def one_round():
    started = time.perf_counter()
    for query in queries:
        index.knn_query(query, k=options.count, num_threads=1)
    return {"seconds": (time.perf_counter() - started) / len(queries)}


serve({"build_seconds": building, "ef": width, "recall": reached}, one_round)
