#!/usr/bin/env python3
"""Writes Tests/TorchTests/Golden: what PyTorch makes of small inputs, for the tests to compare with.

Needs torch==2.13.0, numpy and safetensors. Every case is a group of tensors: inputs, `out`, a random
`seed` of the shape of `out`, and for each input x that has a gradient `x.grad` of sum(out * seed).
"""
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

folder = pathlib.Path(__file__).parent.parent / "Tests" / "TorchTests" / "Golden"
generator = torch.Generator().manual_seed(20260101)


def normal(*shape):
    return torch.randn(shape, generator=generator)


def positive(*shape):
    return torch.rand(shape, generator=generator) + 0.1


def integers(bound, *shape):
    return torch.randint(bound, shape, generator=generator)


def case(tensors, name, function, **inputs):
    """Adds one case; floating inputs get a gradient."""
    for key, x in inputs.items():
        tensors[f"{name}/{key}"] = x.clone()
        if x.is_floating_point():
            x.requires_grad_(True)
    out = function(*inputs.values())
    seed = normal(*out.shape)
    (out * seed).sum().backward()
    tensors[f"{name}/out"] = out.detach().clone()
    tensors[f"{name}/seed"] = seed
    for key, x in inputs.items():
        if x.is_floating_point():
            tensors[f"{name}/{key}.grad"] = x.grad.to_dense() if x.grad.is_sparse else x.grad


def elementwise():
    tensors = {}
    functions = {
        "relu": torch.relu, "gelu": F.gelu, "silu": F.silu, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
        "softplus": F.softplus, "logSigmoid": F.logsigmoid, "exp": torch.exp, "absolute": torch.abs,
        "sin": torch.sin, "cos": torch.cos, "negate": torch.neg, "clamped": lambda x: x.clamp(-0.5, 0.5),
        "softmax": lambda x: x.softmax(-1), "logSoftmax": lambda x: x.log_softmax(-1),
        "logSumExp": lambda x: x.logsumexp(-1), "sum": lambda x: x.sum(0), "mean": lambda x: x.mean(-1),
        "norm": lambda x: x.norm(dim=-1), "cumulativeSum": lambda x: x.cumsum(-1),
        "max": lambda x: x.max(-1).values, "min": lambda x: x.min(-1).values,
        "normalized": lambda x: F.normalize(x, dim=-1), "topK": lambda x: x.topk(2, -1).values,
    }
    for name, function in functions.items():
        case(tensors, name, function, x=2 * normal(3, 5))
    for name in ("log", "log1p", "sqrt", "rsqrt"):
        case(tensors, name, getattr(torch, name), x=positive(3, 5))
    case(tensors, "power", lambda x: x.pow(1.7), x=positive(3, 5))
    binary = {
        "add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div,
        "maximum": torch.maximum, "minimum": torch.minimum,
    }
    for name, function in binary.items():
        case(tensors, name, lambda x, y, function=function: function(x, y), x=normal(3, 5), y=positive(5))
    return tensors


def layers():
    tensors = {}
    case(tensors, "linear", F.linear, input=normal(2, 3, 4), weight=normal(5, 4), bias=normal(5))
    case(tensors, "matmul", lambda x, y: x @ y, x=normal(2, 3, 4), y=normal(2, 4, 5))
    case(tensors, "matmulTransposed", lambda x, y: x @ y.T, x=normal(3, 4), y=normal(6, 4))
    case(tensors, "embedding", lambda weight, ids: F.embedding(ids, weight, sparse=True),
         weight=normal(9, 4), ids=torch.tensor([[1, 8, 1], [0, 3, 1]]))
    ids, offsets = torch.tensor([4, 1, 1, 7, 0, 8, 2]), torch.tensor([0, 3, 3, 4, 7])
    for mode in ("sum", "mean"):
        case(tensors, f"bags.{mode}",
             lambda weight, ids, offsets, mode=mode: F.embedding_bag(
                 ids, weight, offsets, mode=mode, sparse=True, include_last_offset=True),
             weight=normal(9, 4), ids=ids, offsets=offsets)
    case(tensors, "bags.weighted",
         lambda weight, ids, offsets, weights: F.embedding_bag(
             ids, weight, offsets, mode="sum", per_sample_weights=weights, include_last_offset=True),
         weight=normal(9, 4), ids=ids, offsets=offsets, weights=normal(7))
    case(tensors, "layerNorm", lambda x, weight, bias: F.layer_norm(x, [6], weight, bias),
         x=normal(4, 6), weight=normal(6), bias=normal(6))
    attention = F.scaled_dot_product_attention
    mask = torch.tensor([[True, False, True, True], [False, False, False, True], [True, True, True, True]])
    case(tensors, "attention.plain", attention, query=normal(2, 3, 4), key=normal(2, 5, 4), value=normal(2, 5, 6))
    case(tensors, "attention.causal", lambda query, key, value: attention(query, key, value, is_causal=True),
         query=normal(2, 2, 5, 4), key=normal(2, 2, 5, 4), value=normal(2, 2, 5, 4))
    case(tensors, "attention.masked",
         lambda query, key, value, mask: attention(query, key, value, attn_mask=mask),
         query=normal(2, 3, 4), key=normal(2, 4, 4), value=normal(2, 4, 4), mask=mask)
    for name in ("relu", "gelu", "silu", "tanh", "sigmoid"):
        act = getattr(F, name, None) or getattr(torch, name)
        case(tensors, f"mlp.{name}",
             lambda x, w0, b0, w1, b1, act=act: F.linear(act(F.linear(x, w0, b0)), w1, b1),
             x=normal(4, 3), w0=normal(5, 3), b0=normal(5), w1=normal(2, 5), b1=normal(2))
    case(tensors, "gather", lambda x, ids: x.gather(1, ids), x=normal(3, 4), ids=integers(4, 3, 2))
    case(tensors, "indexSelect", lambda x, ids: x.index_select(0, ids), x=normal(5, 3), ids=integers(5, 4))
    case(tensors, "indexAdd", lambda x, ids, y: x.index_add(0, ids, y),
         x=normal(5, 3), ids=integers(5, 4), y=normal(4, 3))
    case(tensors, "maskedFill", lambda x, mask: x.masked_fill(mask, -3.0), x=normal(3, 4), mask=integers(2, 3, 4) == 1)
    case(tensors, "choose", lambda mask, x, y: torch.where(mask, x, y),
         mask=integers(2, 3, 4) == 1, x=normal(3, 4), y=normal(3, 4))
    return tensors


def losses():
    tensors = {}
    targets = torch.tensor([1, 4, 0])
    case(tensors, "crossEntropy.none", lambda x, targets: F.cross_entropy(x, targets, reduction="none"),
         x=3 * normal(3, 5), targets=targets)
    case(tensors, "crossEntropy.mean", lambda x, targets: F.cross_entropy(x, targets), x=normal(3, 5), targets=targets)
    labels = torch.tensor([[0.0, 1.0, 0.3], [1.0, 1.0, 0.0]])
    for mode in ("none", "mean"):
        case(tensors, f"binaryCrossEntropy.{mode}",
             lambda x, labels, mode=mode: F.binary_cross_entropy_with_logits(x, labels, reduction=mode),
             x=3 * normal(2, 3), labels=labels.clone())
    case(tensors, "inBatch",
         lambda users, items: F.cross_entropy(F.normalize(users) @ F.normalize(items).T / 0.07, torch.arange(4)),
         users=normal(4, 6), items=normal(4, 6))
    return tensors


def optimizers():
    """Per case: `start`, `gradients` [steps, ...], `path` [steps, ...]: the parameter after every step."""
    tensors = {}
    steps = 6
    start, gradients = normal(7, 4), normal(steps, 7, 4)
    tensors["start"], tensors["gradients"] = start, gradients

    def path(name, make, clip=None, sparse=None):
        w = start.clone().requires_grad_(True)
        optimizer, seen = make([w]), []
        for g in gradients:
            w.grad = g.clone()
            if sparse is not None:
                w.grad = torch.sparse_coo_tensor(sparse[None], g[sparse], w.shape, check_invariants=True)
            if clip:
                torch.nn.utils.clip_grad_norm_([w], clip)
            optimizer.step()
            seen.append(w.detach().clone())
        tensors[name] = torch.stack(seen)

    optim = torch.optim
    path("sgd", lambda w: optim.SGD(w, lr=0.1))
    path("adagrad", lambda w: optim.Adagrad(w, lr=0.1))
    path("adam", lambda w: optim.Adam(w, lr=0.1))
    path("adam.decay", lambda w: optim.AdamW(w, lr=0.1, weight_decay=0.2))
    path("adam.clipped", lambda w: optim.Adam(w, lr=0.1), clip=1.5)
    path("sgd.clipped", lambda w: optim.SGD(w, lr=0.1), clip=1.5)
    rows = torch.tensor([1, 2, 6])
    tensors["rows"] = rows
    path("sgd.rows", lambda w: optim.SGD(w, lr=0.1), sparse=rows)
    path("adam.rows", lambda w: optim.SparseAdam(w, lr=0.1), sparse=rows)
    # Row-wise Adagrad is in no optimiser of PyTorch itself.
    w, squares, seen = start.clone(), torch.zeros(7, 1), []
    for g in gradients:
        squares[rows] += g[rows].square().mean(1, keepdim=True)
        w[rows] -= 0.1 * g[rows] / (squares[rows].sqrt() + 1e-10)
        seen.append(w.clone())
    tensors["adagrad.rows"] = torch.stack(seen)
    return tensors


def sequences():
    """Layers over sequences one after the other: `NAME/parameter/...` and `NAME/gradient/...`."""
    tensors = {}
    offsets = torch.tensor([0, 3, 3, 4, 9])
    tensors["offsets"] = offsets
    lengths = offsets.diff().tolist()

    def layer(name, module, run, names):
        for parameter in module.parameters():
            parameter.data = 0.5 * normal(*parameter.shape)
        x = normal(sum(lengths), 4).requires_grad_(True)
        out = torch.cat([run(rows) for rows in x.split(lengths) if len(rows)])
        seed = normal(*out.shape)
        (out * seed).sum().backward()
        tensors.update({f"{name}/x": x.detach().clone(), f"{name}/out": out.detach(), f"{name}/seed": seed,
                        f"{name}/x.grad": x.grad})
        for theirs, parameter in module.named_parameters():
            tensors[f"{name}/parameter/{names(theirs)}"] = parameter.detach().clone()
            tensors[f"{name}/gradient/{names(theirs)}"] = parameter.grad

    parts = {"self_attn.in_proj_": "attention.joined.", "self_attn.out_proj.": "attention.output.",
             "norm1": "attention_norm", "norm2": "forward_norm", "linear1": "inner", "linear2": "outer", "layers.": ""}

    def of_block(name):
        for theirs, ours in parts.items():
            name = name.replace(theirs, ours)
        return name

    for placement, activation, causal in (("pre", "relu", True), ("post", "gelu", False)):
        block = torch.nn.TransformerEncoderLayer(
            4, 2, 6, dropout=0.0, activation=activation, batch_first=True, norm_first=placement == "pre")
        norm = torch.nn.LayerNorm(4) if placement == "pre" else None
        module = torch.nn.TransformerEncoder(block, 2, norm=norm, enable_nested_tensor=False)

        def run(rows, module=module, causal=causal):
            mask = torch.nn.Transformer.generate_square_subsequent_mask(len(rows)) if causal else None
            return module(rows[None], mask=mask)[0]

        layer(f"transformer.{placement}", module, run, of_block)
    module = torch.nn.GRU(4, 3, num_layers=2, batch_first=True)
    kinds = {"weight_ih": "input.weight", "weight_hh": "state.weight", "bias_ih": "input.bias", "bias_hh": "state.bias"}
    layer("gru", module, lambda rows: module(rows[None])[0][0],
          lambda name: f"{name.split('_l')[1]}.{kinds[name.split('_l')[0]]}")
    case(tensors, "products", lambda rows, table, columns: (rows[:, None] * table[columns]).sum(-1),
         rows=normal(4, 19), table=normal(6, 19), columns=integers(6, 4, 3))
    weights, targets = positive(5), torch.tensor([2, 0, 5, 5, 1])
    tensors["softmaxLoss/weights"] = weights
    tensors["softmaxLoss/column_shifts"], tensors["softmaxLoss/row_shifts"] = normal(6), normal(5)

    def softmax_loss(queries, items, targets):
        products = queries @ items.T
        own = products.gather(1, targets[:, None]) + tensors["softmaxLoss/row_shifts"][:, None]
        logits = (products + tensors["softmaxLoss/column_shifts"]).scatter(1, targets[:, None], own)
        return (weights * F.cross_entropy(logits, targets, reduction="none")).sum()

    case(tensors, "softmaxLoss", softmax_loss, queries=normal(5, 4), items=normal(6, 4), targets=targets)
    return tensors


def main():
    if not torch.__version__.startswith("2.13.0"):
        sys.exit(f"golden.py: needs torch 2.13.0, found {torch.__version__}")
    folder.mkdir(exist_ok=True)
    for make in (elementwise, layers, losses, optimizers, sequences):
        tensors = {name: x.contiguous() for name, x in make().items()}
        tensors = {name: x.to(torch.uint8) if x.dtype == torch.bool else x for name, x in tensors.items()}
        save_file(tensors, folder / f"{make.__name__}.safetensors")


main()
