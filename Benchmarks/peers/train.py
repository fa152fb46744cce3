"""RecBole: training BPR, whole epochs, or SASRec, some batches of an epoch.

    train.py FILE.inter --model bpr|sasrec --threads N [--batches 3]

Batches of 2,048 rows, Adam, 64 dimensions, one uniform negative. SASRec has RecBole's own shape (2 blocks, 2 heads,
inner layers of 256, 50 positions); its dataset has a row for every prefix of a sequence, of which the last position
is the only target.
"""

import argparse
import time

from recbole_setup import Some, one_epoch, prepare
from worker import serve

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--model", choices=["bpr", "sasrec"], required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--batches", type=int, default=3)
parser.add_argument("--length", type=int, default=50)
options = parser.parse_args()
batch = 2048
if options.model == "bpr":
    trainer, training, _, _ = prepare(
        "BPR", options.file, options.threads, embedding_size=64, train_batch_size=batch, learning_rate=1e-3
    )
    batches, rows = training, len(training._dataset)
else:
    trainer, training, _, _ = prepare(
        "SASRec", options.file, options.threads, hidden_size=64, inner_size=256, n_layers=2, n_heads=2,
        hidden_dropout_prob=0.2, attn_dropout_prob=0.2, loss_type="BPR", MAX_ITEM_LIST_LENGTH=options.length,
        train_batch_size=batch, learning_rate=1e-3,
    )
    batches, rows = Some(training, options.batches), min(options.batches, len(training)) * batch


def one_round():
    started = time.perf_counter()
    one_epoch(trainer, batches)
    return {"seconds": (time.perf_counter() - started) / rows}


one_round()
serve({"rows": rows}, one_round)
