"""RecBole, set up on an `.inter` file: the last interaction of a user is the test, the one before it validation."""

import contextlib
import io
import logging
import os
import sys
import tempfile
import warnings

import numpy as np
import torch

SCRATCH = tempfile.TemporaryDirectory()


def prepare(model, file, threads, **settings):
    """The trainer of a model, its training data and its test data."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(threads)
    # RecBole 1.2.1 was written for NumPy 1: it reads these names while it sets itself up.
    for name, kind in {"float_": np.float64, "complex_": np.complex128, "unicode_": np.str_}.items():
        if not hasattr(np, name):
            setattr(np, name, kind)
    folder, name = os.path.split(os.path.splitext(os.path.abspath(file))[0])
    os.chdir(SCRATCH.name)  # it writes logs into the working folder
    sys.argv = sys.argv[:1]  # and reads the command line itself

    from recbole.config import Config
    from recbole.data import create_dataset, data_preparation
    from recbole.utils import get_model, get_trainer, init_seed

    settings = {
        "data_path": os.path.dirname(folder), "use_gpu": False, "gpu_id": "", "seed": 1, "reproducibility": True,
        "show_progress": False, "state": "ERROR",
        "USER_ID_FIELD": "user_id", "ITEM_ID_FIELD": "item_id", "TIME_FIELD": "timestamp",
        "load_col": {"inter": ["user_id", "item_id", "timestamp"]},
        "metrics": ["Recall", "NDCG", "MRR"], "topk": [10, 20, 50], "valid_metric": "NDCG@10",
        "eval_args": {"split": {"LS": "valid_and_test"}, "order": "TO", "group_by": "user", "mode": "full"},
        "checkpoint_dir": SCRATCH.name,
    } | settings
    with contextlib.redirect_stdout(io.StringIO()):
        config = Config(model=model, dataset=name, config_dict=settings)
        init_seed(config["seed"], config["reproducibility"])
        dataset = create_dataset(config)
        training, _, test = data_preparation(config, dataset)
        network = get_model(model)(config, training._dataset).to(config["device"])
        trainer = get_trainer(config["MODEL_TYPE"], model)(config, network)
    return trainer, training, test, dataset


def one_epoch(trainer, batches):
    """Trains on some batches, as RecBole's own loop does."""
    trainer._train_epoch(batches, 0, show_progress=False)


class Some:
    """A loader that stops early: after `count` batches of the loader that it stands for."""

    def __init__(self, loader, count):
        self.loader, self.count = loader, min(count, len(loader))

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def __len__(self):
        return self.count

    def __iter__(self):
        for number, batch in enumerate(self.loader):
            if number == self.count:
                return
            yield batch
