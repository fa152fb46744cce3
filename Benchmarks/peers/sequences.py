"""The sequences of an `.inter` file as the eager loops read them: items from 1, 0 where there is none."""

import numpy as np

from dataset import training_pairs


def training_sequences(path, users=0):
    """The items of the first users, oldest first, without each one's last two, and the number of items."""
    owners, items = training_pairs(path)
    rows = np.split(items + 1, np.flatnonzero(np.diff(owners)) + 1)
    rows = [row for row in rows[: users or None] if len(row) > 1]
    return rows, int(items.max()) + 1


def padded(rows, length):
    """The last `length` items of each row, zeros after them."""
    matrix = np.zeros((len(rows), length), np.int64)
    for row, items in enumerate(rows):
        items = items[-length:]
        matrix[row, : len(items)] = items
    return matrix
