"""gensim: a pass of skip-gram with negative sampling over users' sequences.

    item2vec.py FILE.inter --threads N

64 dimensions, a window of 5, 5 negatives, nothing thinned out: the vocabulary is made beforehand.
"""

import argparse
import time

import numpy as np
from gensim.models import Word2Vec

from dataset import training_pairs
from worker import serve

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--threads", type=int, required=True)
options = parser.parse_args()
users, items = training_pairs(options.file)
starts = np.flatnonzero(np.diff(users)) + 1
sequences = [[str(item) for item in row] for row in np.split(items, starts)]
model = Word2Vec(
    vector_size=64, window=5, negative=5, ns_exponent=0.75, sg=1, hs=0, sample=0, min_count=1, workers=options.threads,
    epochs=1, seed=1,
)
model.build_vocab(sequences)


def one_round():
    started = time.perf_counter()
    model.train(sequences, total_examples=len(sequences), epochs=1)
    return {"seconds": (time.perf_counter() - started) / len(items)}


serve({"words": len(items)}, one_round)
