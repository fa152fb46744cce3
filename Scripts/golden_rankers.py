#!/usr/bin/env python3
"""Writes what PyTorch says small rankers do: Tests/CorralModelsTests/Golden/rankers.safetensors.

  pip install torch==2.13.0 numpy safetensors && Scripts/golden_rankers.py
The file is in the repository; run this only when a ranker changes its shape. The twins are plain: every candidate has
a copy of its query's side, first layers see everything end to end, cross layers are the papers' formulas.
"""
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
USERS, ITEMS, D, N, TASKS, LENGTH = 5, 7, 4, 3, 2, 3
GENRES, CITIES = [[0, 2], [], [1], [0, 1, 2], [2], [1], [0]], [0, 1, -1, 1, 0]
YEARS = torch.tensor([1990.0, float("nan"), 2001, 2010, 1984, 1999, 2005])
USER = [0, 3, None, 1, 4, 0]
HISTORIES = [[1, 2, 3, 4], [6], [5, 0], [], [2, 2, 1], [3, 4, 5]]
CANDIDATES = [[5, 0, 1], [0, 0, 6], [2, 3, 4], [5, 6, 1], [1, 2, 5], [6, 4, 3]]
def randn(*shape, scale=0.5):
    """Numbers that single precision holds exactly."""
    return (torch.randn(*shape) * scale).float().double()


SEED = randn(len(USER), N, TASKS)
out = {"seed": SEED}


def fields(prefix="", width=D, user=True, history=False):
    p = {prefix + "items.weight": randn(ITEMS, width), prefix + "user_features.city.weight": randn(2, width),
         prefix + "item_features.genres.weight": randn(3, width), prefix + "item_features.year.weight": randn(width)}
    p |= {prefix + "users.weight": randn(USERS, width)} if user else {}
    return p | ({prefix + "history.weight": randn(ITEMS, width)} if history else {})


def layers(name, *widths):
    p = {}
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        p[f"{name}.{i}.weight"], p[f"{name}.{i}.bias"] = randn(b, a, scale=a ** -0.5), randn(b, scale=0.3)
    return p


def average(table, ids):
    return table[torch.tensor(ids)].mean(0) if ids else torch.zeros(table.shape[1])


def query_fields(p, row, prefix=""):
    user, width = USER[row], p[prefix + "items.weight"].shape[1]
    parts = []
    if prefix + "users.weight" in p:
        parts.append(p[prefix + "users.weight"][user] if user is not None else torch.zeros(width))
    city = [CITIES[user]] if user is not None and CITIES[user] >= 0 else []
    parts.append(average(p[prefix + "user_features.city.weight"], city))
    history = p.get(prefix + "history.weight")
    return parts + ([] if history is None else [average(history, HISTORIES[row][-LENGTH:])])


def item_fields(p, item, prefix=""):
    known = YEARS[~YEARS.isnan()]
    years = ((YEARS - known.mean()) / known.std(correction=0)).nan_to_num(0)
    return [p[prefix + "items.weight"][item], average(p[prefix + "item_features.genres.weight"], GENRES[item]),
            years[item] * p[prefix + "item_features.year.weight"]]


def pairs():
    return [(row, item) for row, items in enumerate(CANDIDATES) for item in items]


def mlp(p, name, x, act=F.relu):
    count = sum(key.startswith(name + ".") and key.endswith(".weight") for key in p)
    for i in range(count):
        x = F.linear(x, p[f"{name}.{i}.weight"], p[f"{name}.{i}.bias"])
        if i + 1 < count:
            x = act(x, i) if act is not F.relu else F.relu(x)
    return x


def deepfm(p, training):
    rows = []
    for row, item in pairs():
        e = query_fields(p, row) + item_fields(p, item)
        fm = sum(torch.dot(e[i], e[j]) for i in range(len(e)) for j in range(i))
        first = query_fields(p, row, "first_order.") + item_fields(p, item, "first_order.")
        rows.append(mlp(p, "mlp", torch.cat(e)) + fm + sum(first))
    return torch.stack(rows)


def ends(p):
    return torch.stack([torch.cat(query_fields(p, row) + item_fields(p, item)) for row, item in pairs()])


def dcn(p, training):
    x0 = x = ends(p)
    for w, b in zip(p["cross.weight"], p["cross.bias"]):
        x = x0 * (x @ w)[:, None] + b + x
    return x @ p["cross.heads"].T + mlp(p, "mlp", x0)


def dcn_v2(p, training):
    x0 = x = ends(p)
    for i in range(2):
        inner = x @ p[f"cross.{i}.inner"].T if f"cross.{i}.inner" in p else x
        x = x0 * F.linear(inner, p[f"cross.{i}.weight"], p[f"cross.{i}.bias"]) + x
    return x @ p["heads.weight"].T + mlp(p, "mlp", x0)


def din(p, training):
    def dice(x, i):
        name = f"mlp.{i}.dice."
        mean, variance = (x.mean(0), x.var(0, correction=0)) if training else (p[name + "mean"], p[name + "variance"])
        share = torch.sigmoid((x - mean) / (variance + 1e-8).sqrt())
        if training:
            with torch.no_grad():
                moved[name + "mean"] = 0.9 * p[name + "mean"] + 0.1 * mean
                moved[name + "variance"] = 0.9 * p[name + "variance"] + 0.1 * x.var(0)
        return share * x + (1 - share) * p[name + "alpha"] * x

    rows, biases = [], []
    for row, item in pairs():
        t = p["items.weight"][item]
        v = torch.zeros(D)
        last = HISTORIES[row][-LENGTH:]
        for place, past in enumerate(last, LENGTH - len(last)):
            s = p["items.weight"][past]
            k = s + p["positions.weight"][place] if "positions.weight" in p else s
            a = mlp(p, "attention", torch.cat([t, k, t * k, t - k]), lambda x, i: torch.sigmoid(x))
            v = v + a / D ** 0.5 * s
        rows.append(torch.cat(query_fields(p, row) + item_fields(p, item) + [v, t * v]))
        biases.append(p["item_bias.weight"][item])
    moved = din.moved = {}
    return mlp(p, "mlp", torch.stack(rows), dice) + torch.stack(biases)


def bst(p, training):
    heads, width = 2, D // 2
    rows = []
    for row, item in pairs():
        past = HISTORIES[row][-LENGTH:]
        first = LENGTH - len(past)
        x = torch.stack([p["items.weight"][i] for i in past + [item]]) + p["positions.weight"][first:]
        count = len(past) + 1
        # The history looks at itself; the candidate, in the last row, at everything.
        mask = torch.ones(count, count, dtype=torch.bool)
        mask[:-1, -1] = False
        for block in range(2):
            def linear(name, x):
                return F.linear(x, p[f"blocks.{block}.{name}.weight"], p[f"blocks.{block}.{name}.bias"])

            def norm(name, x):
                return F.layer_norm(x, [D], p[f"blocks.{block}.{name}.weight"], p[f"blocks.{block}.{name}.bias"])

            q, k, v = (linear(name, x).reshape(count, heads, width).transpose(0, 1) for name in ("query", "key", "value"))
            logits = (q @ k.transpose(1, 2) / width ** 0.5).masked_fill(~mask, -torch.inf)
            looked = (logits.softmax(2) @ v).transpose(0, 1).reshape(count, D)
            y = norm("attention_norm", x + linear("output", looked))
            x = norm("norm", y + linear("outer", F.leaky_relu(linear("inner", y))))
        read = torch.cat([torch.zeros(first * D), x[:-1].reshape(-1)])
        rows.append(torch.cat([read] + query_fields(p, row) + item_fields(p, item) + [x[-1]]))
    return mlp(p, "mlp", torch.stack(rows))


def block(name):
    p = {}
    for part in ("query", "key", "value", "output", "inner", "outer"):
        p[f"{name}.{part}.weight"], p[f"{name}.{part}.bias"] = randn(D, D, scale=0.6), randn(D, scale=0.3)
    for part in ("attention_norm", "norm"):
        p[f"{name}.{part}.weight"], p[f"{name}.{part}.bias"] = 1 + randn(D, scale=0.2), randn(D, scale=0.2)
    return p


def din_parameters(*attention):
    return fields() | layers("attention", 4 * D, *attention, 1) | layers("mlp", 7 * D, 6, 5, TASKS) | {
        "item_bias.weight": randn(ITEMS, 1)} | {
        f"mlp.{i}.dice.{name}": value for i, width in enumerate((6, 5)) for name, value in (
            ("alpha", randn(width, scale=0.3)), ("mean", randn(width, scale=0.3)), ("variance", (0.5 + torch.rand(width)).float().double()))}


W = 6 * D
cases = {
    "deepfm": (deepfm, fields(history=True) | fields("first_order.", 1, history=True) | layers("mlp", W, 6, 5, TASKS)),
    "dcn": (dcn, fields(history=True) | layers("mlp", W, 6, 5, TASKS) | {
        "cross.weight": randn(3, W, scale=0.2), "cross.bias": randn(3, W, scale=0.3),
        "cross.heads": randn(TASKS, W, scale=0.2)}),
    "dcn-v2": (dcn_v2, fields(history=True) | layers("mlp", W, 6, 5, TASKS) | {"heads.weight": randn(TASKS, W, scale=0.2)} | {
        f"cross.{i}.{name}": randn(*shape, scale=0.2) for i in range(2)
        for name, shape in (("weight", (W, W)), ("bias", (W,)))}),
    "dcn-v2-low-rank": (dcn_v2, fields(history=True) | layers("mlp", W, 6, 5, TASKS) | {
        "heads.weight": randn(TASKS, W, scale=0.2)} | {
        f"cross.{i}.{name}": randn(*shape, scale=0.3) for i in range(2)
        for name, shape in (("inner", (3, W)), ("weight", (W, 3)), ("bias", (W,)))}),
    "din": (din, din_parameters(5, 3)),
    "bst": (bst, fields(user=False) | {"positions.weight": randn(LENGTH + 1, D)} | block("blocks.0") | block("blocks.1")
            | layers("mlp", (LENGTH + 1 + 3 + 1) * D, 6, 5, TASKS)),
    # A layer far narrower than the candidates are many.
    "din-positions": (din, din_parameters(1) | {"positions.weight": randn(LENGTH, D)}),
}


def add(name, twin, p):
    """Adds a case: parameters, logits, and the gradients and averages of a training step."""
    out.update({f"{name}/{key}": value.clone() for key, value in p.items()})
    out[f"{name}/logits"] = twin(p, False).reshape(SEED.shape)
    trained = {key: value for key, value in p.items() if not key.endswith(("dice.mean", "dice.variance"))}
    for value in trained.values():
        value.requires_grad_()
    logits = twin(p, True).reshape(SEED.shape)
    (logits * SEED).sum().backward()
    out[f"{name}/training"] = logits.detach()
    out.update({f"{name}/gradient/{key}": value.grad for key, value in trained.items()})
    if twin is din:
        out.update({f"{name}/moved/{key}": value for key, value in din.moved.items()})


for name, (twin, p) in cases.items():
    add(name, twin, p)

# The loss of three heads: positives in column 0, one masked negative, labels of which some are not known.
nan = float("nan")
WEIGHTS = torch.tensor([1.0, 0.5, 2.0])
MASKED = torch.tensor([[False, False, True, False], [False] * 4, [False] * 4])
LIKE = torch.tensor([[1, nan, nan, 0], [0, nan, 1, nan], [nan] * 4])
WATCH = torch.tensor([[0.3, nan, nan, 0.0], [nan] * 4, [0.9, 0.1, nan, nan]])
LOGITS = randn(3, 4, 3)
out["loss/logits"] = LOGITS


def loss(kind, logits, temperature=0.5):
    scores = logits[:, :, 0] / temperature
    positive, others, kept = scores[:, :1], scores[:, 1:], (~MASKED[:, 1:]).float()
    if kind == "softmax":
        rows = -scores.masked_fill(MASKED, -torch.inf).log_softmax(1)[:, 0]
    elif kind == "bpr":
        rows = (-F.logsigmoid(positive - others) * kept).sum(1) / kept.sum(1)
    else:
        rows = -F.logsigmoid(positive[:, 0]) + (-F.logsigmoid(-others) * kept).sum(1) / kept.sum(1)
    total = (rows * WEIGHTS).mean()
    for head, labels, weight in ((1, LIKE, 0.5), (2, WATCH, 2.0)):
        known = ~labels.isnan()
        p, y, w = torch.sigmoid(logits[:, :, head][known]), labels[known], WEIGHTS[:, None].expand(3, 4)[known]
        each = -(y * p.log() + (1 - y) * (1 - p).log()) if head == 1 else (p - y) ** 2
        total = total + weight * (each * w).mean()
    return total


for kind in ("bce", "softmax", "bpr"):
    logits = LOGITS.clone().requires_grad_()
    value = loss(kind, logits)
    value.backward()
    out[f"loss/{kind}"], out[f"loss/{kind}/gradient"] = value.detach().reshape(1), logits.grad

# A new case goes here, after torch.manual_seed(a number of its own), and so changes no number of the others:
#   torch.manual_seed(1)
#   add("name", twin, fields() | layers(...))
path = pathlib.Path(__file__).parent.parent / "Tests/CorralModelsTests/Golden/rankers.safetensors"
save_file({key: value.detach().float().contiguous() for key, value in sorted(out.items())}, path)
print(path, path.stat().st_size, "bytes")
