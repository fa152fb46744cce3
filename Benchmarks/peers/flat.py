"""Faiss Flat: exact search by inner product, batched and one query at a time.

    flat.py FOLDER --threads N --count 100 --queries 1000 --mode batch|single --path default|blas

Faiss scores a batch either itself or with BLAS, by a threshold on the batch: `blas` forces the latter, which is the
faster of the two for large batches with this wheel; the results are the same.
"""

import argparse
import time

import faiss

from vectors import load, recall
from worker import serve

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--count", type=int, default=100)
parser.add_argument("--queries", type=int, default=1000)
parser.add_argument("--mode", choices=["batch", "single"], required=True)
parser.add_argument("--path", choices=["default", "blas"], default="default")
options = parser.parse_args()

items, queries, true = load(options.folder)
queries = queries[:options.queries]
faiss.omp_set_num_threads(options.threads)
if options.path == "blas":
    faiss.cvar.distance_compute_blas_threshold = 20
index = faiss.IndexFlatIP(items.shape[1])
index.add(items)
del items


def one_round():
    started = time.perf_counter()
    if options.mode == "batch":
        index.search(queries, options.count)
    else:
        for row in range(len(queries)):
            index.search(queries[row:row + 1], options.count)
    return {"seconds": (time.perf_counter() - started) / len(queries)}


found = index.search(queries[:100], options.count)[1]
serve({"recall": recall(found, true[:100, :options.count])}, one_round)
