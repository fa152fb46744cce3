"""Eager PyTorch: epochs of SASRec on the sequences of a file, every position a target.

    sasrec.py FILE.inter --threads N --loss bce|softmax [--negatives 1] [--length 200] [--users 0]

Two blocks, one head, 64 dimensions, dropout 0.2, batches of 128 sequences, fused Adam. Sequences stand in padded
tensors that are made beforehand; the loss is taken where there is a target. `bce` has one uniform negative a position,
`softmax` `--negatives` uniform ones that the batch shares.
"""

import argparse
import time

import torch
import torch.nn.functional as functional
from torch import nn

from sequences import padded, training_sequences
from worker import serve

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--loss", choices=["bce", "softmax"], required=True)
parser.add_argument("--negatives", type=int, default=1)
parser.add_argument("--length", type=int, default=200)
parser.add_argument("--dimension", type=int, default=64)
parser.add_argument("--inner", type=int, default=64)
parser.add_argument("--heads", type=int, default=1)
parser.add_argument("--users", type=int, default=0)
parser.add_argument("--batch", type=int, default=128)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)
DIMENSION, LENGTH, DROPOUT = options.dimension, options.length, 0.2
rows, ITEMS = training_sequences(options.file, options.users)
inputs = torch.from_numpy(padded([row[:-1][-LENGTH:] for row in rows], LENGTH))
targets = torch.from_numpy(padded([row[1:][-LENGTH:] for row in rows], LENGTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.between = nn.LayerNorm(DIMENSION), nn.LayerNorm(DIMENSION)
        self.joined, self.out = nn.Linear(DIMENSION, 3 * DIMENSION), nn.Linear(DIMENSION, DIMENSION)
        self.inner, self.outer = nn.Linear(DIMENSION, options.inner), nn.Linear(options.inner, DIMENSION)

    def forward(self, x):
        batch = x.shape[0]
        heads = self.joined(self.before(x)).view(batch, LENGTH, 3, options.heads, -1).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(*heads, dropout_p=DROPOUT, is_causal=True)
        attended = attended.transpose(1, 2).reshape(batch, LENGTH, DIMENSION)
        x = x + functional.dropout(self.out(attended), DROPOUT)
        inner = functional.dropout(functional.relu(self.inner(self.between(x))), DROPOUT)
        return x + functional.dropout(self.outer(inner), DROPOUT)


class SASRec(nn.Module):
    def __init__(self):
        super().__init__()
        self.items = nn.Embedding(ITEMS + 1, DIMENSION, padding_idx=0)
        self.positions = nn.Embedding(LENGTH, DIMENSION)
        self.blocks, self.norm = nn.ModuleList([Block(), Block()]), nn.LayerNorm(DIMENSION)
        for table in (self.items, self.positions):
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, x):
        # Zeros stand at the end, where causal attention never looks.
        hidden = functional.dropout(self.items(x) * DIMENSION**0.5 + self.positions.weight, DROPOUT)
        for block in self.blocks:
            hidden = block(hidden)
        return self.norm(hidden)

    def loss(self, x, y):
        kept = y > 0
        hidden, y = self(x)[kept], y[kept]
        positive = (hidden * self.items(y)).sum(1)
        if options.loss == "bce":
            negative = (hidden * self.items(torch.randint(1, ITEMS + 1, y.shape))).sum(1)
            return (functional.softplus(-positive) + functional.softplus(negative)).mean()
        drawn = torch.randint(1, ITEMS + 1, (options.negatives,))
        negative = (hidden @ self.items(drawn).T).masked_fill(drawn[None] == y[:, None], -1e9)
        scores = torch.cat([positive[:, None], negative], 1)
        return functional.cross_entropy(scores, torch.zeros(len(y), dtype=torch.long))


model = SASRec()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)


def epoch():
    order = torch.randperm(len(inputs))
    for first in range(0, len(inputs) - options.batch + 1, options.batch):
        chosen = order[first : first + options.batch]
        optimizer.zero_grad(set_to_none=True)
        model.loss(inputs[chosen], targets[chosen]).backward()
        optimizer.step()


def one_round():
    started = time.perf_counter()
    epoch()
    steps = len(inputs) // options.batch
    positions = int((targets > 0).sum()) * steps * options.batch / len(inputs)
    return {"seconds": (time.perf_counter() - started) / positions}


serve({}, one_round)
