#include "levels.h"
#include "template/cholesky.h"

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

static void score(
    const float *const *vectors, int64_t count, int64_t dimension, const float *query, float *scores) {
  for (int64_t i = 0; i < count; i++) scores[i] = dot(vectors[i], query, dimension);
}

static float negative_dot(const void *a, const void *b, const void *dimension) {
  return -dot(a, b, *(const int64_t *)dimension);
}

static void axpy(float factor, const float *x, float *y, int64_t count) {
  for (int64_t k = 0; k < count; k++) y[k] += factor * x[k];
}

static void dot_rows(const ck_rows *rows, const float *x, float *products) {
  for (int64_t i = 0; i < rows->count; i++) products[i] = dot(ck_row(rows, i), x, rows->dimension);
}

static void add_rows(const ck_rows *rows, const float *factors, float *y) {
  for (int64_t i = 0; i < rows->count; i++) axpy(factors[i], ck_row(rows, i), y, rows->dimension);
}

static void add_outer(const ck_rows *rows, const float *factors, float *matrix) {
  const int64_t d = rows->dimension;
  for (int64_t i = 0; i < rows->count; i++) {
    const float *row = ck_row(rows, i);
    for (int64_t k = 0; k < d; k++) {
      axpy((factors ? factors[i] : 1) * row[k], row, matrix + k * d, k + 1);
    }
  }
  for (int64_t k = 0; k < d; k++) {
    for (int64_t j = 0; j < k; j++) matrix[j * d + k] = matrix[k * d + j];
  }
}

static bool solve(float *matrix, float *b, int64_t dimension) {
  return ck_cholesky(matrix, b, dimension, dot, axpy);
}

const ck_kernels ck_plain = {
    .lanes = 16,
    .dot = dot,
    .scan_panel = scan_panel,
    .scan_one = scan_one,
    .score = score,
    .negative_dot = negative_dot,
    .axpy = axpy,
    .dot_rows = dot_rows,
    .add_rows = add_rows,
    .add_outer = add_outer,
    .solve = solve,
};
