#include "levels.h"

// The plain twin: one element at a time, whatever the processor.
#pragma STDC FP_CONTRACT OFF

static float dot(const float *a, const float *b, int64_t count) {
  float sum = 0;
  for (int64_t k = 0; k < count; k++) sum += a[k] * b[k];
  return sum;
}

static void scan_one(
    const ck_block *block, const float *query, float margin, float *threshold,
    ck_selection *selection, const ck_collector *collector) {
  (void)margin;
  for (int64_t i = 0; i < block->count; i++) {
    float score = dot(block->items + i * block->dimension, query, block->dimension);
    if (score > *threshold) {
      *threshold = ck_offer(collector, selection, block->first_item + i, score, *threshold);
    }
  }
}

static void scan_panel(
    const ck_block *block, const float *panel, int64_t width, float *thresholds,
    ck_selection *selections, const ck_collector *collector) {
  for (int64_t i = 0; i < block->count; i++) {
    const float *item = block->items + i * block->dimension;
    float scores[CK_MOST_LANES] = {0};
    for (int64_t k = 0; k < block->dimension; k++) {
      for (int64_t lane = 0; lane < width; lane++) scores[lane] += item[k] * panel[k * width + lane];
    }
    for (int64_t lane = 0; lane < width; lane++) {
      if (!(scores[lane] > thresholds[lane])) continue;
      thresholds[lane] = ck_offer(
          collector, &selections[lane], block->first_item + i, scores[lane], thresholds[lane]);
    }
  }
}

static void score_rows(
    const float *items, int64_t dimension, const int32_t *positions, int64_t count,
    const float *query, float *scores) {
  for (int64_t i = 0; i < count; i++) {
    scores[i] = dot(items + (int64_t)positions[i] * dimension, query, dimension);
  }
}

const ck_kernels ck_plain = {16, dot, scan_panel, scan_one, score_rows};
