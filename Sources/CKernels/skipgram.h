// How a sequence becomes pairs, whatever learns from them; private to the target.
#ifndef CORRAL_SKIP_GRAM_H
#define CORRAL_SKIP_GRAM_H

#include "CKernels.h"

// The vectors that one step is about: the item first, then its negatives.
typedef struct ck_pair {
  float *input;
  float *outputs[1 + CK_MOST_NEGATIVES];
  int64_t count;
} ck_pair;

static inline uint64_t ck_random(uint64_t *state) {
  return ck_finalised(*state += CK_GOLDEN_GAMMA);
}

// Draws the negatives of a pair, and asks for the memory of its vectors.
static inline void ck_draw_pair(
    const ck_skip_gram *model, int32_t near, int32_t item, uint64_t *state, ck_pair *pair) {
  pair->input = model->inputs + near * model->dimension;
  pair->outputs[0] = model->outputs + item * model->dimension;
  pair->count = 1;
  for (int64_t i = 0; i < model->negatives; i++) {
    uint64_t bits = ck_random(state);
    uint64_t column = ((bits >> 32) * (uint64_t)model->columns) >> 32;
    int32_t drawn = (uint32_t)bits < model->keep[column] ? (int32_t)column : model->alias[column];
    float *row = model->outputs + drawn * model->dimension;
    pair->outputs[pair->count] = row;
    pair->count += drawn != item;
    for (int64_t k = 0; k < model->dimension; k += 16) __builtin_prefetch(row + k, 1);
  }
}

// Learns from every pair of a sequence. Each pair is drawn one before its turn, so that its vectors have
// arrived by then.
static inline __attribute__((always_inline)) void ck_for_pairs(
    const ck_skip_gram *model, const int32_t *items, int64_t length, uint64_t seed, float rate,
    const int64_t dimension, void (*learn)(const ck_pair *pair, int64_t dimension, float rate)) {
  ck_pair pairs[2];
  pairs[1].count = 0;
  uint64_t state = seed;
  int turn = 0;
  for (int64_t center = 0; center < length; center++) {
    const uint64_t bits = ck_random(&state) >> 32;
    const int64_t radius = 1 + (int64_t)((bits * (uint64_t)model->window) >> 32);
    const int64_t first = center > radius ? center - radius : 0;
    const int64_t last = center + radius < length ? center + radius : length - 1;
    for (int64_t near = first; near <= last; near++) {
      if (near == center) continue;
      ck_draw_pair(model, items[near], items[center], &state, &pairs[turn]);
      turn = !turn;
      if (pairs[turn].count > 0) learn(&pairs[turn], dimension, rate);
    }
  }
  turn = !turn;
  if (pairs[turn].count > 0 && length > 1) learn(&pairs[turn], dimension, rate);
}

#endif
