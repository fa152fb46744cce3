#!/usr/bin/env python3
"""Writes what PyTorch says the retrievers do: Tests/CorralModelsTests/Golden/{bpr-mf,...}.safetensors.

  pip install torch==2.13.0 numpy safetensors && Scripts/golden_retrievers.py
Each twin is a torch.nn.Module whose parameters have the names of Corral's. A file holds the parameters, the vectors of
the queries and items of the tests, the scores of each training query with every item, and the gradients of
sum(seed * scores), computed in double precision. The files are in the repository; run this only when a network changes.
"""
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
USERS, ITEMS, D = 5, 7, 4
GENRES, CITIES = [[0, 2], [], [1], [0, 1, 2], [2], [1], [0]], [0, 1, -1, 1, 0]
YEARS = torch.tensor([1990.0, float("nan"), 2001, 2010, 1984, 1999, 2005])
USER = [0, 3, None, 1, 4, 0]
HISTORIES = [[1, 2, 3, 4], [6], [5, 0], [], [2, 2, 1], [3, 4, 5]]
TARGETS = [5, 0, 2, 5, 1, 6]
GOLDEN = pathlib.Path(__file__).parent.parent / "Tests/CorralModelsTests/Golden"


class Table(nn.Module):
    def __init__(self, rows, columns):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(rows, columns))

    def forward(self, ids):
        return self.weight[torch.tensor(ids, dtype=torch.long)]


def rows(table, users, default):
    """The rows of known users, and default(i) of unknown ones."""
    return torch.stack([table.weight[u] if u is not None else default(i) for i, u in enumerate(users)])


def mean_of_items(table, i):
    return table(HISTORIES[i]).mean(0) if HISTORIES[i] else torch.zeros(table.weight.shape[1])


def recent(table, length):
    """[batch, length, columns], zeros first where a history is shorter, and which places hold an item."""
    columns, out, mask = table.weight.shape[1], [], []
    for history in HISTORIES:
        last = history[-length:]
        gap = length - len(last)
        out.append(torch.cat([torch.zeros(gap, columns), table(last)]))
        mask.append([False] * gap + [True] * len(last))
    return torch.stack(out), torch.tensor(mask)


class Retriever(nn.Module):
    """Inner products; one vector a query."""

    def toward(self, targets):
        return self.queries()

    def scores(self, queries, items):
        return queries @ items.T


class BPRMF(Retriever):
    def __init__(self, columns=D):
        super().__init__()
        self.users, self.items_table = Table(USERS, columns), Table(ITEMS, columns)

    def queries(self):
        return rows(self.users, USER, lambda i: mean_of_items(self.items_table, i))

    def items(self, ids):
        return self.items_table(ids)


class LogisticMF(BPRMF):
    def __init__(self):
        super().__init__(D + 1)

    def queries(self):
        users = super().queries()
        return torch.cat([users, torch.ones(len(users), 1)], 1)

    def items(self, ids):
        x = super().items(ids)
        return torch.cat([x[:, :D], torch.ones(len(x), 1), x[:, D:]], 1)


class NeuMF(Retriever):
    """As the paper has it: the layers see [u; i]. Corral's first layer is in two parts."""

    def __init__(self):
        super().__init__()
        self.product, self.layers = nn.Module(), nn.Module()
        self.product.users, self.product.items_table = Table(USERS, D), Table(ITEMS, D)
        self.product.output = nn.Parameter(torch.randn(D))
        self.layers.users, self.layers.items_table = Table(USERS, D), Table(ITEMS, D)
        self.layers.user, self.layers.item = nn.Linear(D, 6), nn.Linear(D, 6, bias=False)
        self.layers.add_module("0", nn.Linear(6, 3))
        self.layers.add_module("1", nn.Linear(3, 1))

    def pair(self, part, i):
        return rows(part.users, USER, lambda i: mean_of_items(part.items_table, i))[i]

    def queries(self):
        part = self.layers
        u = rows(part.users, USER, lambda i: mean_of_items(part.items_table, i))
        p = rows(self.product.users, USER, lambda i: mean_of_items(self.product.items_table, i))
        return torch.cat([p * self.product.output, part.user(u)], 1)

    def items(self, ids):
        return torch.cat([self.product.items_table(ids), self.layers.item(self.layers.items_table(ids))], 1)

    def scores(self, queries, items):
        first = torch.cat([self.layers.user.weight, self.layers.item.weight], 1)
        out = []
        for b in range(len(USER)):
            p, u = self.pair(self.product, b), self.pair(self.layers, b)
            row = []
            for i in range(ITEMS):
                pair = torch.cat([u, self.layers.items_table.weight[i]])
                x = F.relu(first @ pair + self.layers.user.bias)
                x = F.relu(getattr(self.layers, "0")(x))
                x = getattr(self.layers, "1")(x).squeeze()
                row.append((self.product.output * p * self.product.items_table.weight[i]).sum() + x)
            out.append(torch.stack(row))
        return torch.stack(out)


class DSSM(Retriever):
    def __init__(self):
        super().__init__()
        self.users, self.items_table = Table(USERS, D), Table(ITEMS, D)
        self.user_features, self.item_features = nn.Module(), nn.Module()
        self.user_features.city = Table(2, D)
        self.item_features.genres = Table(3, D)
        self.item_features.year = nn.Module()
        self.item_features.year.weight = nn.Parameter(torch.randn(D))
        self.query_tower = nn.Sequential(nn.Linear(2 * D, 6), nn.Linear(6, 3))
        self.item_tower = nn.Sequential(nn.Linear(3 * D, 6), nn.Linear(6, 3))

    def tower(self, layers, x):
        for layer in layers:
            x = layer(x).tanh()
        return x

    def outputs(self, ids):
        known = YEARS[~YEARS.isnan()]
        years = ((YEARS - known.mean()) / known.std(correction=0)).nan_to_num(0)
        genres = [self.item_features.genres(GENRES[i]).mean(0) if GENRES[i] else torch.zeros(D) for i in ids]
        year = [years[i] * self.item_features.year.weight for i in ids]
        return self.tower(self.item_tower, torch.cat(
            [self.items_table(ids), torch.stack(genres), torch.stack(year)], 1))

    def queries(self):
        out = []
        for user, history in zip(USER, HISTORIES):
            if user is None:
                out.append(self.outputs(history).mean(0))
            else:
                city = self.user_features.city.weight[CITIES[user]] if CITIES[user] >= 0 else torch.zeros(D)
                out.append(self.tower(self.query_tower, torch.cat([self.users.weight[user], city])))
        return F.normalize(torch.stack(out), dim=1)

    def items(self, ids):
        return F.normalize(self.outputs(ids), dim=1)


class Caser(Retriever):
    """The authors' PyTorch network, with Conv2d, for one next item."""
    L, HORIZONTAL, VERTICAL = 3, 2, 3

    def __init__(self):
        super().__init__()
        self.history, self.users, self.items_table = Table(ITEMS, D), Table(USERS, D), Table(ITEMS, 2 * D + 1)
        self.horizontal = nn.ModuleList(nn.Conv2d(1, self.HORIZONTAL, (h, D)) for h in range(1, self.L + 1))
        self.vertical = nn.Conv2d(1, self.VERTICAL, (self.L, 1))
        self.layer = nn.Linear(self.VERTICAL * D + self.HORIZONTAL * self.L, D)

    def queries(self):
        image = recent(self.history, self.L)[0].unsqueeze(1)
        seen = [self.vertical(image).reshape(len(USER), -1)]
        for conv in self.horizontal:
            x = F.relu(conv(image).squeeze(3))
            seen.append(F.max_pool1d(x, x.size(2)).squeeze(2))
        z = F.relu(self.layer(torch.cat(seen, 1)))
        users = rows(self.users, USER, lambda i: torch.zeros(D))
        return torch.cat([z, users, torch.ones(len(USER), 1)], 1)

    def items(self, ids):
        return self.items_table(ids)

    def renamed(self, name, value):
        parts = name.split(".")
        if parts[0] == "horizontal":
            name = f"horizontal.{int(parts[1]) + 1}.{parts[2]}"
        if parts[0] in ("horizontal", "vertical") and parts[-1] == "weight":
            value = value.reshape(value.size(0), -1)
        return name, value


class MultiInterest(Retriever):
    def toward(self, targets):
        """The interest of each query that scores its target best."""
        interests = self.queries()
        best = torch.einsum("bkd,bd->bk", interests, targets).argmax(1)
        return interests[torch.arange(len(best)), best]


class MIND(MultiInterest):
    L, K, ITERATIONS, POWER = 3, 2, 3, 1.5

    def __init__(self):
        super().__init__()
        self.items_table = Table(ITEMS, D)
        self.routing = nn.Module()
        self.routing.map = nn.Linear(D, D, bias=False)
        self.routing.start = nn.Parameter(torch.randn(self.K, self.L), requires_grad=False)
        self.layers = nn.ModuleList([nn.Linear(D, 6), nn.Linear(6, D)])

    def queries(self):
        behaviours, mask = recent(self.items_table, self.L)
        votes = behaviours @ self.routing.map.weight.T  # [B, L, D]
        b = self.routing.start.expand(len(USER), -1, -1)
        for round in range(self.ITERATIONS):
            is_last = round == self.ITERATIONS - 1
            v = votes if is_last else votes.detach()
            w = b.softmax(1) * mask[:, None, :]
            z = torch.einsum("bkl,bld->bkd", w, v)
            square = (z * z).sum(2, keepdim=True)
            u = square / (1 + square) * z / (square + 1e-24).sqrt()
            b = b + torch.einsum("bkd,bld->bkl", u.detach(), votes.detach())
        return self.layers[1](F.relu(self.layers[0](u)))

    def toward(self, targets):
        interests = self.queries()
        s = torch.einsum("bkd,bd->bk", interests, targets)
        return torch.einsum("bk,bkd->bd", (s.sign() * s.abs() ** self.POWER).softmax(1), interests)

    def items(self, ids):
        return self.items_table(ids)


class ComiRec(MultiInterest):
    L, K = 3, 2

    def __init__(self):
        super().__init__()
        self.items_table = Table(ITEMS, D)
        self.places = nn.Parameter(torch.randn(self.L, D))
        self.attention = nn.ModuleList([nn.Linear(D, 6, bias=False), nn.Linear(6, self.K, bias=False)])

    def queries(self):
        out = []
        for items, mask in zip(*recent(self.items_table, self.L)):
            if not mask.any():
                out.append(torch.zeros(self.K, D))
                continue
            h, p = items[mask], self.places[mask]
            a = self.attention[1](self.attention[0](h + p).tanh()).softmax(0)  # [n, K]
            out.append(a.T @ h)
        return torch.stack(out)

    def items(self, ids):
        return self.items_table(ids)


class MMoE(MultiInterest):
    L, K, EXPERTS, HEADS = 3, 2, 3, 2

    def __init__(self):
        super().__init__()
        self.items_table = Table(ITEMS, D)
        self.places = nn.Parameter(torch.randn(self.L, D))
        self.gates = nn.Linear(D, self.K * self.EXPERTS, bias=False)
        self.experts = nn.ModuleList(nn.ModuleDict({
            "query": nn.Linear(D, D), "key": nn.Linear(D, D, bias=False),
            "value": nn.Linear(D, D, bias=False), "output": nn.Linear(D, D),
            "norm": nn.ModuleList([nn.LayerNorm(D), nn.LayerNorm(D)]),
            "layers": nn.ModuleList([nn.Linear(D, 6), nn.Linear(6, D)])}) for _ in range(self.EXPERTS))

    def expert(self, e, items):
        """A whole block over all positions, of which the last is taken."""
        n = len(items)
        seen = torch.zeros(n, D)
        if n:
            q, k, v = ((e[name](items)).reshape(n, self.HEADS, -1).transpose(0, 1) for name in ("query", "key", "value"))
            seen = ((q @ k.transpose(1, 2) / q.size(2) ** 0.5).softmax(2) @ v).transpose(0, 1).reshape(n, D)
        else:  # nothing to look at: the block of a zero
            items, seen = torch.zeros(1, D), torch.zeros(1, D)
        y = e["norm"][0](items + e["output"](seen))
        return e["norm"][1](y + e["layers"][1](F.relu(e["layers"][0](y))))[-1]

    def queries(self):
        out = []
        for items, mask in zip(*recent(self.items_table, self.L)):
            x = items[mask] + self.places[mask]
            mean = x.mean(0) if len(x) else torch.zeros(D)
            weights = self.gates(mean).reshape(self.K, self.EXPERTS).softmax(1)
            out.append(weights @ torch.stack([self.expert(e, x) for e in self.experts]))
        return torch.stack(out)

    def items(self, ids):
        return self.items_table(ids)


# A seed for each twin, so that one more, wherever it stands, changes no file of another: give it the next number.
for name, (seed, make) in sorted({
        "bpr-mf": (0, BPRMF), "logistic-mf": (1, LogisticMF), "neumf": (2, NeuMF), "dssm": (3, DSSM),
        "caser": (4, Caser), "mind": (5, MIND), "comirec": (6, ComiRec), "mmoe": (7, MMoE)}.items()):
    torch.manual_seed(seed)
    model = make()
    with torch.no_grad():
        for value in model.parameters():  # biases and norms too
            value.copy_((torch.randn_like(value) * 0.7).float())
    vectors = model.items(list(range(ITEMS)))
    scores = model.scores(model.toward(vectors[torch.tensor(TARGETS)]), vectors)
    weights = torch.randn_like(scores).float().double()
    (weights * scores).sum().backward()
    out = {"queries": model.queries(), "items": vectors, "scores": scores, "seed": weights}
    for key, value in model.named_parameters():
        key = key.replace("items_table", "items")
        pairs = [("parameters/", value)] + ([("gradients/", value.grad)] if value.requires_grad else [])
        for part, tensor in pairs:
            tensor = tensor.detach().clone()
            renamed, tensor = model.renamed(key, tensor) if hasattr(model, "renamed") else (key, tensor)
            out[part + renamed] = tensor
    path = GOLDEN / f"{name}.safetensors"
    save_file({k: v.detach().float().contiguous() for k, v in sorted(out.items())}, path)
    print(path, path.stat().st_size, "bytes")
