#!/usr/bin/env python3
"""Writes what PyTorch says a small two-tower network does: Tests/CorralModelsTests/Golden/two_tower.safetensors.

  pip install torch==2.13.0 numpy safetensors && Scripts/golden_models.py
The file is in the repository; run this only when the network changes its shape.
"""
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(3)
USERS, ITEMS, D, LENGTH, TAU = 5, 7, 4, 3, 0.2
GENRES, CITIES = [[0, 2], [], [1], [0, 1, 2], [2], [1], [0]], [0, 1, -1, 1, 0]
YEARS = torch.tensor([1990.0, float("nan"), 2001, 2010, 1984, 1999, 2005])
USER = [0, 3, None, 1, 4, 0]
HISTORIES = [[1, 2, 3, 4], [6], [5, 0], [], [2, 2, 1], [3, 4, 5]]
TARGETS = [5, 0, 2, 5, 1, 6]
REWARDS = torch.tensor([1.0, 0.5, 1, 0, 2, 1])
COUNTS = torch.tensor([5.0, 1, 2, 3, 1, 8, 4])

p = {
    "users.weight": torch.randn(USERS, D),
    "items.weight": torch.randn(ITEMS, D),
    "history.weight": torch.randn(ITEMS, D),
    "history.ages": torch.randn(LENGTH),
    "user_features.city.weight": torch.randn(2, D),
    "item_features.genres.weight": torch.randn(3, D),
    "item_features.year.weight": torch.randn(D),
    "query_tower.0.weight": torch.randn(6, 3 * D) * 0.4, "query_tower.0.bias": torch.randn(6),
    "query_tower.1.weight": torch.randn(3, 6) * 0.5, "query_tower.1.bias": torch.randn(3),
    "item_tower.0.weight": torch.randn(6, 3 * D) * 0.4, "item_tower.0.bias": torch.randn(6),
    "item_tower.1.weight": torch.randn(3, 6) * 0.5, "item_tower.1.bias": torch.randn(3),
}
for value in p.values():
    value.requires_grad_()


def average(table, ids):
    return table[torch.tensor(ids)].mean(0) if ids else torch.zeros(D)


def tower(x, name):
    x = F.relu(F.linear(x, p[name + ".0.weight"], p[name + ".0.bias"]))
    return F.normalize(F.linear(x, p[name + ".1.weight"], p[name + ".1.bias"]), dim=1)


def history(items):
    last = items[-LENGTH:][::-1]  # newest first: age 0, 1, ...
    if not last:
        return torch.zeros(D)
    return torch.softmax(p["history.ages"][: len(last)], 0) @ p["history.weight"][torch.tensor(last)]


def queries():
    rows = []
    for user, past in zip(USER, HISTORIES):
        known = user is not None
        city = [CITIES[user]] if known and CITIES[user] >= 0 else []
        rows.append(torch.cat([
            p["users.weight"][user] if known else torch.zeros(D), history(past),
            average(p["user_features.city.weight"], city)]))
    return tower(torch.stack(rows), "query_tower")


def items(ids):
    known = YEARS[~YEARS.isnan()]
    years = ((YEARS - known.mean()) / known.std(correction=0)).nan_to_num(0)
    rows = [torch.cat([
        p["items.weight"][item], average(p["item_features.genres.weight"], GENRES[item]),
        years[item] * p["item_features.year.weight"]]) for item in ids]
    return tower(torch.stack(rows), "item_tower")


def loss(form):
    """In-batch softmax, a column an example, accidental hits masked; sum of r_i times row losses over the batch."""
    ids, n = torch.tensor(TARGETS), len(TARGETS)
    q = COUNTS / COUNTS.sum()
    scores = queries() @ items(TARGETS).T / TAU
    hit = (ids[:, None] == ids[None, :]) & ~torch.eye(n, dtype=torch.bool)
    positive = scores.diagonal()
    if form == "plain":
        rows = -scores.masked_fill(hit, -torch.inf).log_softmax(1).diagonal()
    elif form == "yi":
        rows = -(scores - q[ids].log()).masked_fill(hit, -torch.inf).log_softmax(1).diagonal()
    else:
        others = (~hit).sum(1) - 1
        conditional = q[ids][None, :] / (1 - q[ids])[:, None]
        negatives = (scores - conditional.log()).masked_fill(hit | torch.eye(n, dtype=torch.bool), -torch.inf)
        mean = negatives.logsumexp(1) - others.log()
        if form == "expected-count":
            rows = torch.logaddexp(positive, mean) - positive
        else:
            weight = 1 - torch.sigmoid(positive - mean).detach()
            rows = weight * (negatives.logsumexp(1) - positive)
    return (REWARDS * rows).sum() / n


out = {name: value.detach().clone() for name, value in p.items()}
out["queries"], out["item_vectors"] = queries().detach(), items(range(ITEMS)).detach()
for form in ("plain", "yi", "expected-count", "positive-uncorrected"):
    for value in p.values():
        value.grad = None
    result = loss(form)
    result.backward()
    out[f"{form}/loss"] = result.detach().reshape(1)
    out.update({f"{form}/gradient/{name}": value.grad.clone() for name, value in p.items()})
path = pathlib.Path(__file__).parent.parent / "Tests/CorralModelsTests/Golden/two_tower.safetensors"
path.parent.mkdir(exist_ok=True)
save_file({k: v.float().contiguous() for k, v in sorted(out.items())}, path)
print(path, path.stat().st_size, "bytes")
