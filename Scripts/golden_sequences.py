#!/usr/bin/env python3
"""Writes what PyTorch says small sequence models do: Tests/CorralModelsTests/Golden/{sasrec,bert4rec,gru4rec}.safetensors.
Two more of SASRec, which is told the cluster that a query searches: {sasrec-hadamard,sasrec-prepend}.safetensors.

  pip install torch==2.13.0 numpy safetensors && Scripts/golden_sequences.py
Each file holds the parameters, `queries` (the vectors of QUERIES), `loss` (the full softmax of a training batch) and
`gradient/NAME` of every parameter; with tasks also `untold/queries`, those of queries that are not told. The files are in the repository; run this only when a model changes its shape.
"""
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

ITEMS, D, LENGTH, POSITIONS, HEADS, HIDDEN, LAYERS = 7, 4, 5, 6, 2, 6, 2
QUERIES = [[1, 2, 3], [5], [0, 6, 6, 2, 5, 4, 1], [], [4, 3]]
# Every position but the last is an input, every position but the first a target; cloze: HIDDEN_AT of each are hidden.
STRETCHES = [[1, 2, 3, 0], [4, 6], [0, 6, 6, 2, 5, 1]]
CLOZE, HIDDEN_AT = [[1, 2, 3], [4], [0, 6, 6, 2, 5]], [[1], [0], [0, 3, 4]]
# Query i searches the first; an item is in the second. A pass that is told a cluster trains the targets in it.
TASKS, TASK, CLUSTER = 3, [1, 0, 2, 2, 1], [0, 1, 2, 0, 1, 2, 0]
folder = pathlib.Path(__file__).parent.parent / "Tests/CorralModelsTests/Golden"


def block(x, p, name, causal, pre, act):
    def norm(x, part):
        return F.layer_norm(x, [D], p[f"{name}.{part}.weight"], p[f"{name}.{part}.bias"])

    def linear(x, part):
        return F.linear(x, p[f"{name}.{part}.weight"], p[f"{name}.{part}.bias"])

    def attend(x):
        q, k, v = (y.view(len(x), HEADS, D // HEADS).transpose(0, 1) for y in linear(x, "attention.joined").chunk(3, 1))
        scores = q @ k.transpose(1, 2) / (D // HEADS) ** 0.5
        if causal:
            scores = scores.masked_fill(torch.ones(len(x), len(x)).triu(1).bool(), -torch.inf)
        return linear((scores.softmax(-1) @ v).transpose(0, 1).reshape(len(x), D), "attention.output")

    def forward(x):
        return linear(act(linear(x, "inner")), "outer")

    if pre:
        x = x + attend(norm(x, "attention_norm"))
        return x + forward(norm(x, "forward_norm"))
    x = norm(x + attend(x), "attention_norm")
    return norm(x + forward(x), "forward_norm")


def block_shapes():
    shapes = {}
    for layer in range(LAYERS):
        for part, out, inputs in (("attention.joined", 3 * D, D), ("attention.output", D, D), ("inner", HIDDEN, D),
                                  ("outer", D, HIDDEN)):
            shapes[f"blocks.{layer}.{part}.weight"] = (out, inputs)
            shapes[f"blocks.{layer}.{part}.bias"] = (out,)
        for part in ("attention_norm", "forward_norm"):
            shapes[f"blocks.{layer}.{part}.weight"] = shapes[f"blocks.{layer}.{part}.bias"] = (D,)
    return shapes


def sasrec(p, items, task=None, how=None):
    """The vector after each item, and first after the token if there is one; the last item has the last place."""
    x = p["items.weight"][items] * D**0.5
    if task is not None and how == "hadamard":
        x = x * p["prompt.weight"][task]
    x = x + p["positions.weight"][POSITIONS - len(items):]
    if task is not None and how == "prepend":
        x = torch.cat([p["prompt.weight"][task][None] * D**0.5, x])
    for layer in range(LAYERS):
        x = block(x, p, f"blocks.{layer}", True, True, F.relu)
    return F.layer_norm(x, [D], p["blocks.norm.weight"], p["blocks.norm.bias"])


def bert4rec(p, items, hidden):
    """The vectors of hidden positions."""
    is_hidden = torch.tensor([i in hidden for i in range(len(items))])[:, None]
    x = torch.where(is_hidden, p["mask"], p["items.weight"][items]) + p["positions.weight"][POSITIONS - len(items):]
    x = F.layer_norm(x, [D], p["input_norm.weight"], p["input_norm.bias"])
    for layer in range(LAYERS):
        x = block(x, p, f"blocks.{layer}", False, False, F.gelu)
    x = F.gelu(F.linear(x[hidden], p["output.weight"], p["output.bias"]))
    return F.layer_norm(x, [D], p["output_norm.weight"], p["output_norm.bias"])


def gru4rec(p, items):
    x = p["items.weight"][items]
    for layer in range(LAYERS):
        states, h = [], torch.zeros(HIDDEN)
        for row in x:
            of_input = F.linear(row, p[f"states.{layer}.input.weight"], p[f"states.{layer}.input.bias"]).chunk(3)
            of_state = F.linear(h, p[f"states.{layer}.state.weight"], p[f"states.{layer}.state.bias"]).chunk(3)
            r, z = (torch.sigmoid(of_input[i] + of_state[i]) for i in (0, 1))
            n = torch.tanh(of_input[2] + r * of_state[2])
            h = (1 - z) * n + z * h
            states.append(h)
        x = torch.stack(states)
    return F.linear(x, p["output.weight"], p["output.bias"])


def write(name, seed, shapes, queries, train, more={}):
    torch.manual_seed(seed)
    p = {key: (0.5 * torch.randn(shape)).requires_grad_() for key, shape in shapes.items()}
    out = {key: value.detach().clone() for key, value in p.items()}
    out["queries"] = queries(p).detach()
    out.update({key: make(p).detach() for key, make in more.items()})
    vectors, targets = train(p)
    loss = F.cross_entropy(vectors @ p["items.weight"].T, torch.tensor(targets))
    loss.backward()
    out["loss"] = loss.detach().reshape(1)
    out.update({f"gradient/{key}": value.grad for key, value in p.items()})
    save_file({key: value.contiguous() for key, value in sorted(out.items())}, folder / f"{name}.safetensors")


def forward_training(model):
    return lambda p: (torch.cat([model(p, rows[:-1]) for rows in STRETCHES]), [i for rows in STRETCHES for i in rows[1:]])


def last(model):
    return lambda p: torch.stack([model(p, rows[-LENGTH:])[-1] if rows else torch.zeros(D) for rows in QUERIES])


def told(how):
    def vectors(p):
        states = [sasrec(p, rows[-LENGTH:], task, how) for rows, task in zip(QUERIES, TASK)]
        return torch.stack([x[-1] if len(x) else torch.zeros(D) for x in states])
    return vectors


def task_training(how):
    """A pass over each stretch for each cluster of its targets."""
    def train(p):
        vectors, targets = [], []
        for rows in STRETCHES:
            for task in range(TASKS):
                own = [i for i, item in enumerate(rows[1:]) if CLUSTER[item] == task]
                if own:
                    vectors.append(sasrec(p, rows[:-1], task, how)[1 - len(rows):][own])
                    targets += [rows[1 + i] for i in own]
        return torch.cat(vectors), targets
    return train


tables = {"items.weight": (ITEMS, D), "positions.weight": (POSITIONS, D)}
norm = {"weight": (D,), "bias": (D,)}
write("sasrec", 11, {**tables, **block_shapes(), **{f"blocks.norm.{k}": v for k, v in norm.items()}},
      last(sasrec), forward_training(sasrec))
write("bert4rec", 12,
      {**tables, "mask": (1, D), **block_shapes(), "output.weight": (D, D), "output.bias": (D,),
       **{f"{part}.{k}": v for part in ("input_norm", "output_norm") for k, v in norm.items()}},
      lambda p: torch.cat([bert4rec(p, rows[-LENGTH + 1:] + [0], [len(rows[-LENGTH + 1:])]) for rows in QUERIES]),
      lambda p: (torch.cat([bert4rec(p, *rows) for rows in zip(CLOZE, HIDDEN_AT)]),
                 [rows[i] for rows, hidden in zip(CLOZE, HIDDEN_AT) for i in hidden]))
write("gru4rec", 13,
      {"items.weight": (ITEMS, D), "output.weight": (D, HIDDEN), "output.bias": (D,),
       **{f"states.{layer}.{part}.{kind}": shape for layer in range(LAYERS)
          for part, inputs in (("input", HIDDEN if layer else D), ("state", HIDDEN))
          for kind, shape in (("weight", (3 * HIDDEN, inputs)), ("bias", (3 * HIDDEN,)))}},
      last(gru4rec), forward_training(gru4rec))
for how, seed in (("hadamard", 14), ("prepend", 19)):
    write(f"sasrec-{how}", seed,
          {**tables, **block_shapes(), **{f"blocks.norm.{k}": v for k, v in norm.items()}, "prompt.weight": (TASKS, D)},
          told(how), task_training(how), {"untold/queries": last(sasrec)})
