#include <math.h>
#include <string.h>

#include "levels.h"
#include "skipgram.h"

// The plain twin: one element at a time, whatever the processor.
#define LEVEL ck_plain
#define LANES 16
#define ALS_ROWS 4
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

static void negative_dots(
    const float *vector, const float *const *others, int64_t count, int64_t dimension,
    float *distances) {
  for (int64_t i = 0; i < count; i++) distances[i] = -dot(vector, others[i], dimension);
}

static void learn_pair(const ck_pair *pair, int64_t dimension, float rate) {
  float steps[1 + CK_MOST_NEGATIVES];
  for (int64_t i = 0; i < pair->count; i++) {
    float score = dot(pair->input, pair->outputs[i], dimension);
    steps[i] = rate * ((i == 0) - 1 / (1 + expf(-score)));
  }
  for (int64_t k = 0; k < dimension; k++) {
    float held = pair->input[k], moved = held;
    for (int64_t i = 0; i < pair->count; i++) {
      moved += steps[i] * pair->outputs[i][k];
      pair->outputs[i][k] += steps[i] * held;
    }
    pair->input[k] = moved;
  }
}

static void skip_gram(
    const ck_skip_gram *model, const int32_t *items, int64_t count, float rate, uint64_t seed) {
  ck_for_pairs(model, items, count, seed, rate, model->dimension, learn_pair);
}

static void assign(const ck_assignment *assignment, const float *panels, int64_t panel_count) {
  const int64_t dimension = assignment->dimension, lanes = LANES;
  for (int64_t i = 0; i < assignment->point_count; i++) {
    const float *point = assignment->points + i * assignment->stride;
    float best = -INFINITY;
    int32_t cluster = 0;
    for (int64_t panel = 0; panel < panel_count; panel++) {
      const float *start = panels + panel * lanes * (dimension + 1);
      for (int64_t lane = 0; lane < lanes; lane++) {
        float score = start[lane];
        for (int64_t k = 0; k < dimension; k++) score += point[k] * start[(k + 1) * lanes + lane];
        if (score > best) {
          best = score;
          cluster = (int32_t)(panel * lanes + lane);
        }
      }
    }
    const float *centre = assignment->centres + cluster * dimension;
    float square = 0;
    for (int64_t k = 0; k < dimension; k++) {
      square += (point[k] - centre[k]) * (point[k] - centre[k]);
      assignment->sums[cluster * dimension + k] += point[k];
    }
    assignment->clusters[i] = cluster;
    assignment->distances[i] = square;
    assignment->counts[cluster]++;
  }
}

static void apply_panel(
    const ck_layer *layer, const float *panel, int64_t width, const float *rows, int64_t stride,
    int64_t count, float *out, int64_t out_stride) {
  for (int64_t i = 0; i < count; i++) {
    for (int64_t lane = 0; lane < width; lane++) {
      float sum = panel[lane];
      for (int64_t k = 0; k < layer->inputs; k++) {
        sum += rows[i * stride + k] * panel[(k + 1) * width + lane];
      }
      out[i * out_stride + lane] = layer->is_rectified && sum < 0 ? 0 : sum;
    }
  }
}

static void add_rows(
    const float *vector, const float *const *rows, int64_t count, int64_t width, bool is_rectified,
    float *sums, int64_t stride) {
  for (int64_t i = 0; i < count; i++) {
    for (int64_t k = 0; k < width; k++) {
      float sum = vector[k] + rows[i][k];
      sums[i * stride + k] = is_rectified && sum < 0 ? 0 : sum;
    }
  }
}

#include "template/als.h"
#include "template/level.h"
