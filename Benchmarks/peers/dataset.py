"""Reads an `.inter` file for the peers that want arrays."""

import numpy as np
import pandas as pd


def training_pairs(path):
    """Users and items, numbered from 0, of everything but each user's last two interactions."""
    frame = pd.read_csv(path, sep="\t")
    frame.columns = [name.split(":")[0] for name in frame.columns]
    frame = frame.sort_values(["user_id", "timestamp"], kind="stable")
    left = frame.groupby("user_id").cumcount(ascending=False)
    users, items = (np.unique(frame[name], return_inverse=True)[1] for name in ("user_id", "item_id"))
    kept = (left >= 2).to_numpy()
    return users[kept], items[kept]
