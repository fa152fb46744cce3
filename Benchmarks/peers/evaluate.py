"""RecBole: full-rank evaluation of a factor model on the test interactions, seen items masked.

    evaluate.py FILE.inter --threads N --factors 64

The model is RecBole's own BPR as it is initialised: what is timed does not depend on what was learnt.
"""

import argparse
import contextlib
import io
import time

import torch

from recbole_setup import prepare
from worker import serve

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--factors", type=int, default=64)
options = parser.parse_args()
trainer, _, test, dataset = prepare(
    "BPR", options.file, options.threads, embedding_size=options.factors, eval_batch_size=1 << 20
)


def one_round():
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        trainer.evaluate(test, load_best_model=False, show_progress=False)
    return {"seconds": time.perf_counter() - started}


one_round()
serve({"users": int(dataset.user_num - 1), "items": int(dataset.item_num - 1)}, one_round)
