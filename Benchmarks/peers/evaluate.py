"""RecBole: full-rank evaluation of a factor model on the test interactions, seen items masked.

    evaluate.py FILE.inter --threads N --factors 64

The model is RecBole's own BPR as it is initialised: what is timed does not depend on what was learnt.
"""

import argparse
import contextlib
import io
import logging
import os
import sys
import tempfile
import time
import warnings

import numpy as np
import torch

from worker import serve

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--factors", type=int, default=64)
options = parser.parse_args()
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
torch.set_num_threads(options.threads)

# RecBole 1.2.1 was written for NumPy 1: it reads these names while it sets itself up.
for name, kind in {"float_": np.float64, "complex_": np.complex128, "unicode_": np.str_}.items():
    if not hasattr(np, name):
        setattr(np, name, kind)

folder, name = os.path.split(os.path.splitext(os.path.abspath(options.file))[0])
scratch = tempfile.TemporaryDirectory()
os.chdir(scratch.name)  # it writes logs into the working folder
sys.argv = sys.argv[:1]  # and reads the command line itself

from recbole.config import Config  # noqa: E402
from recbole.data import create_dataset, data_preparation  # noqa: E402
from recbole.utils import get_model, get_trainer, init_seed  # noqa: E402

settings = {
    "data_path": os.path.dirname(folder), "use_gpu": False, "gpu_id": "", "seed": 1, "reproducibility": True,
    "show_progress": False, "state": "ERROR", "embedding_size": options.factors, "eval_batch_size": 1 << 20,
    "USER_ID_FIELD": "user_id", "ITEM_ID_FIELD": "item_id", "TIME_FIELD": "timestamp",
    "load_col": {"inter": ["user_id", "item_id", "timestamp"]},
    "metrics": ["Recall", "NDCG", "MRR"], "topk": [10, 20, 50], "valid_metric": "NDCG@10",
    "eval_args": {"split": {"LS": "valid_and_test"}, "order": "TO", "group_by": "user", "mode": "full"},
    "checkpoint_dir": scratch.name,
}
with contextlib.redirect_stdout(io.StringIO()):
    config = Config(model="BPR", dataset=name, config_dict=settings)
    init_seed(config["seed"], config["reproducibility"])
    dataset = create_dataset(config)
    training, _, test = data_preparation(config, dataset)
    model = get_model("BPR")(config, training._dataset).to(config["device"])
    trainer = get_trainer(config["MODEL_TYPE"], "BPR")(config, model)


def one_round():
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        trainer.evaluate(test, load_best_model=False, show_progress=False)
    return {"seconds": time.perf_counter() - started}


one_round()
serve({"users": int(dataset.user_num - 1), "items": int(dataset.item_num - 1)}, one_round)
