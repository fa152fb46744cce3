"""Eager PyTorch: one training step of a two-tower retriever on synthetic ids.

    step.py --items N --threads N --optimizer adam|sparse

1,024 users with the mean of 50 history items and the user's own row, towers [128, 64] on both sides, in-batch softmax
of cosines at temperature 0.07. `adam` is one fused Adam for everything; `sparse` updates the tables with SparseAdam,
which touches only the rows of the batch.
"""

import argparse
import math
import time

import torch
import torch.nn.functional as functional
from torch import nn

from worker import serve

BATCH, HISTORY, DIMENSION, HIDDEN, TEMPERATURE = 1024, 50, 64, 128, 0.07

parser = argparse.ArgumentParser()
parser.add_argument("--items", type=int, required=True)
parser.add_argument("--users", type=int, default=100_000)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--optimizer", choices=["adam", "sparse"], required=True)
parser.add_argument("--steps", type=int, default=20)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)
sparse = options.optimizer == "sparse"


class TwoTower(nn.Module):
    def __init__(self):
        super().__init__()
        self.users = nn.Embedding(options.users, DIMENSION, sparse=sparse)
        self.items = nn.Embedding(options.items, DIMENSION, sparse=sparse)
        for table in (self.users, self.items):
            nn.init.normal_(table.weight, std=0.02)
        self.query = nn.Sequential(nn.Linear(2 * DIMENSION, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, DIMENSION))
        self.item = nn.Sequential(nn.Linear(DIMENSION, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, DIMENSION))

    def loss(self, users, histories, targets):
        history = self.items(histories).mean(1)
        queries = functional.normalize(self.query(torch.cat([self.users(users), history], 1)), dim=1)
        items = functional.normalize(self.item(self.items(targets)), dim=1)
        return functional.cross_entropy(queries @ items.T / TEMPERATURE, torch.arange(len(users)))


def skewed(*shape):
    """Ids whose logarithm is uniform: frequencies fall as one over the rank, and ranks lie anywhere in the table."""
    rank = (torch.rand(shape) * math.log(options.items)).exp().long() - 1
    return (rank.clamp_(0, options.items - 1) * 7_919) % options.items


model = TwoTower()
tables = [model.users.weight, model.items.weight]
layers = [*model.query.parameters(), *model.item.parameters()]
if sparse:
    optimizers = [torch.optim.SparseAdam(tables, lr=1e-3), torch.optim.Adam(layers, lr=1e-3, fused=True)]
else:
    optimizers = [torch.optim.Adam(tables + layers, lr=1e-3, fused=True)]
batches = [(torch.randint(0, options.users, (BATCH,)), skewed(BATCH, HISTORY), skewed(BATCH)) for _ in range(8)]


def step(batch):
    for optimizer in optimizers:
        optimizer.zero_grad(set_to_none=True)
    loss = model.loss(*batch)
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()
    return loss.item()


def one_round():
    seconds = []
    for number in range(options.steps):
        started = time.perf_counter()
        step(batches[number % len(batches)])
        seconds.append(time.perf_counter() - started)
    return {"seconds": sorted(seconds)[len(seconds) // 2]}


for batch in batches[:3]:
    step(batch)
serve({}, one_round)
