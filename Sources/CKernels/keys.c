#include "keys.h"

#include "CKernels.h"

static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }
static uint64_t smaller(uint64_t a, uint64_t b) { return a < b ? a : b; }

// Moves the keys above the median of three of them to the front; returns how many those are, or 1
// where there are none. No branch depends on a key: they come in no order that could be predicted.
static int64_t split_keys(uint64_t *keys, int64_t count) {
  uint64_t a = keys[0], b = keys[count / 2], c = keys[count - 1];
  uint64_t pivot = larger(smaller(a, b), smaller(larger(a, b), c));
  int64_t split = 0;
  for (int64_t i = 0; i < count; i++) {
    uint64_t key = keys[i];
    keys[i] = keys[split];
    keys[split] = key;
    split += key > pivot;
  }
  if (split > 0) return split;
  // The pivot is the largest key, because others equal it.
  for (int64_t i = 0; i < count; i++) {
    if (keys[i] != pivot) continue;
    keys[i] = keys[0];
    keys[0] = pivot;
    return 1;
  }
  return 1;
}

static void insertion_sort(uint64_t *keys, int64_t count) {
  for (int64_t i = 1; i < count; i++) {
    uint64_t key = keys[i];
    int64_t j = i;
    for (; j > 0 && keys[j - 1] < key; j--) keys[j] = keys[j - 1];
    keys[j] = key;
  }
}

void ck_sort_keys(uint64_t *keys, int64_t count) {
  while (count > 16) {
    int64_t split = split_keys(keys, count);
    // The shorter part by recursion, so that the stack stays shallow.
    if (split < count - split) {
      ck_sort_keys(keys, split);
      keys += split;
      count -= split;
    } else {
      ck_sort_keys(keys + split, count - split);
      count = split;
    }
  }
  insertion_sort(keys, count);
}

// Moves the `wanted` largest keys to the front, in any order.
void ck_select_keys(uint64_t *keys, int64_t count, int64_t wanted) {
  while (count > 16) {
    int64_t split = split_keys(keys, count);
    if (wanted < split) {
      count = split;
    } else {
      keys += split;
      count -= split;
      wanted -= split;
    }
  }
  insertion_sort(keys, count);
}
