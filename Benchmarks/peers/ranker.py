"""Eager PyTorch: training steps and scoring of a ranker as one writes it by hand, on synthetic ids.

    ranker.py --model deepfm|dcn|dcn-v2|din|bst --items N --threads N

A step: 512 positives with 20 negatives each, histories of 20, binary cross-entropy, one fused Adam. Scoring: 100
candidates for each of 128 users. The user's side is expanded to every candidate, embeddings are joined end to end.
"""

import argparse
import time

import torch
import torch.nn.functional as functional
from torch import nn

from worker import serve

BATCH, NEGATIVES, HISTORY, USERS = 512, 20, 20, 6_040
SCORED, CANDIDATES = 128, 100

parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=["deepfm", "dcn", "dcn-v2", "din", "bst"], required=True)
parser.add_argument("--items", type=int, default=3_400)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--steps", type=int, default=10)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)


class Dice(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.BatchNorm1d(width, affine=False, eps=1e-8)
        self.alpha = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        share = torch.sigmoid(self.norm(x.flatten(0, -2))).view_as(x)
        return share * x + (1 - share) * self.alpha * x


def layers(sizes, activation, dropout):
    parts = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        parts += [nn.Linear(inputs, outputs), activation(outputs), nn.Dropout(dropout)]
    return nn.Sequential(*parts, nn.Linear(sizes[-1], 1))


def relu(_):
    return nn.ReLU()


def end_to_end(users, items):
    """[batch, d] and [batch, n, d] as [batch, n, 2d]."""
    return torch.cat([users.unsqueeze(1).expand(-1, items.shape[1], -1), items], 2)


class Ranker(nn.Module):
    def __init__(self, dimension, user=True):
        super().__init__()
        self.users = nn.Embedding(USERS, dimension) if user else None
        self.items = nn.Embedding(options.items, dimension)


class DeepFM(Ranker):
    def __init__(self):
        super().__init__(64)
        self.deep = layers([128, 128, 128, 64], relu, 0.3)

    def forward(self, users, histories, items):
        user, item = self.users(users), self.items(items)
        fields = torch.stack([user.unsqueeze(1).expand_as(item), item], 2)
        pairs = 0.5 * (fields.sum(2) ** 2 - (fields ** 2).sum(2)).sum(2)
        return self.deep(fields.flatten(2)).squeeze(2) + pairs


class DCN(Ranker):
    def __init__(self):
        super().__init__(64)
        self.weights = nn.Parameter(torch.randn(3, 128) * 0.1)
        self.biases = nn.Parameter(torch.zeros(3, 128))
        self.deep = layers([128, 128, 128, 64], relu, 0.3)
        self.head = nn.Linear(128, 1, bias=False)

    def forward(self, users, histories, items):
        start = x = end_to_end(self.users(users), self.items(items))
        for weight, bias in zip(self.weights, self.biases):
            x = start * (x @ weight).unsqueeze(2) + bias + x
        return (self.head(x) + self.deep(start)).squeeze(2)


class DCNv2(Ranker):
    def __init__(self):
        super().__init__(64)
        self.crosses = nn.ModuleList([nn.Linear(128, 128) for _ in range(2)])
        self.deep = layers([128, 128, 128, 64], relu, 0.3)
        self.head = nn.Linear(128, 1, bias=False)

    def forward(self, users, histories, items):
        start = x = end_to_end(self.users(users), self.items(items))
        for cross in self.crosses:
            x = start * cross(x) + x
        return (self.head(x) + self.deep(start)).squeeze(2)


class DIN(Ranker):
    def __init__(self):
        super().__init__(128, user=False)
        self.attention = nn.Sequential(
            nn.Linear(512, 128), nn.Sigmoid(), nn.Linear(128, 64), nn.Sigmoid(), nn.Linear(64, 1))
        self.deep = layers([384, 128, 128], Dice, 0.3)
        self.bias = nn.Embedding(options.items, 1)

    def forward(self, users, histories, items):
        shape = (*items.shape, histories.shape[1], 128)
        history = self.items(histories)
        target = self.items(items).unsqueeze(2).expand(shape)
        past = history.unsqueeze(1).expand(shape)
        weights = self.attention(torch.cat([target, past, target * past, target - past], 3)) / 128 ** 0.5
        interest, target = (weights * past).sum(2), target[:, :, 0]
        joined = torch.cat([target, interest, target * interest], 2)
        return (self.deep(joined) + self.bias(items)).squeeze(2)


class BST(Ranker):
    def __init__(self):
        super().__init__(64, user=False)
        self.positions = nn.Parameter(torch.randn(HISTORY + 1, 64) * 0.1)
        self.block = nn.TransformerEncoderLayer(64, 2, 64, 0.2, functional.leaky_relu, batch_first=True)
        self.deep = layers([(HISTORY + 1) * 64 + 64, 128, 64], relu, 0.2)

    def forward(self, users, histories, items):
        batch, count = items.shape
        target = self.items(items)
        past = self.items(histories).unsqueeze(1).expand(-1, count, -1, -1)
        tokens = torch.cat([past, target.unsqueeze(2)], 2) + self.positions
        read = self.block(tokens.flatten(0, 1)).reshape(batch, count, -1)
        return self.deep(torch.cat([read, target], 2)).squeeze(2)


model = {"deepfm": DeepFM, "dcn": DCN, "dcn-v2": DCNv2, "din": DIN, "bst": BST}[options.model]()
for table in model.modules():
    if isinstance(table, nn.Embedding):
        nn.init.normal_(table.weight, std=0.01)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
labels = torch.zeros(BATCH, 1 + NEGATIVES)
labels[:, 0] = 1


def batch(rows, count):
    return (
        torch.randint(0, USERS, (rows,)), torch.randint(0, options.items, (rows, HISTORY)),
        torch.randint(0, options.items, (rows, count)))


batches = [batch(BATCH, 1 + NEGATIVES) for _ in range(4)]
scored = batch(SCORED, CANDIDATES)


def step(batch):
    optimizer.zero_grad(set_to_none=True)
    loss = functional.binary_cross_entropy_with_logits(model(*batch), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.inference_mode()
def score():
    model.eval()
    scores = model(*scored).tolist()
    model.train()
    return scores


def median(work):
    seconds = []
    for number in range(options.steps):
        started = time.perf_counter()
        work(number)
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)[len(seconds) // 2]


def one_round():
    return {
        "seconds": median(lambda number: step(batches[number % len(batches)])),
        "scoring": median(lambda number: score())}


step(batches[0])
score()
serve({}, one_round)
