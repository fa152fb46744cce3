"""Eager PyTorch: negatives drawn by the softmax of a retriever's scores, a few queries at a time.

    proposals.py --items N --threads N --queries 64 --count 20
"""

import argparse
import time

import torch

from worker import serve

DIMENSION, CHUNK = 64, 16

parser = argparse.ArgumentParser()
parser.add_argument("--items", type=int, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--queries", type=int, default=64)
parser.add_argument("--count", type=int, default=20)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)
items = 0.2 * torch.randn(options.items, DIMENSION)
queries = torch.randn(options.queries, DIMENSION)


@torch.no_grad()
def one_round():
    started = time.perf_counter()
    for rows in queries.split(CHUNK):
        logs = torch.log_softmax(rows @ items.T, 1)
        drawn = torch.multinomial(logs.exp(), options.count, replacement=True)
        logs.gather(1, drawn)
    return {"seconds": (time.perf_counter() - started) / len(queries)}


serve({}, one_round)
