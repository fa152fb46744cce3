// What a level consists of; private to the target.
#ifndef CORRAL_LEVELS_H
#define CORRAL_LEVELS_H

#include "CKernels.h"

// The items that one query keeps while a search runs.
typedef struct ck_selection {
  uint64_t *keys;
  int64_t count;
  const int32_t *excluded, *excluded_end;
} ck_selection;

// What every survivor of a scan is handed to.
typedef struct ck_collector {
  int64_t wanted, capacity;
  ck_filter filter;
  void *context;
} ck_collector;

// Offers an item whose score is above the query's threshold; returns the new threshold.
float ck_offer(
    const ck_collector *collector, ck_selection *selection, int64_t item, float score, float threshold);

// A run of items that a scan goes over.
typedef struct ck_block {
  const float *items;
  int64_t count, dimension, first_item;
  // What the scan brings into the cache on its way, for the next one; null when nothing.
  const float *next;
} ck_block;

// The queries that the lanes of a scan hold: `panel[k * width + lane]`.
enum { CK_MOST_LANES = 32 };

// The kernels of one level: what every entry of the target looks up by the level that it is given.
typedef struct ck_kernels {
  // The queries of a panel, and the centres of one.
  int64_t lanes;
  // Scans a block with `lanes` or `lanes / 2` queries at once.
  void (*scan_panel)(
      const ck_block *block, const float *panel, int64_t width, float *thresholds,
      ck_selection *selections, const ck_collector *collector);
  // Scans a block with one query. Scores may be summed in another order first, to pass over those
  // that are more than `margin` below the threshold; infinity when no margin is known.
  void (*scan_one)(
      const ck_block *block, const float *query, float margin, float *threshold,
      ck_selection *selection, const ck_collector *collector);
  ck_scores score;
  ck_distances negative_dots;
  void (*skip_gram)(
      const ck_skip_gram *model, const int32_t *items, int64_t count, float rate, uint64_t seed);
  // Centres lie in panels of `lanes`: a vector of what sums start from, then one for each element.
  void (*assign)(const ck_assignment *assignment, const float *panels, int64_t panel_count);
  // Applies the outputs of a layer that a panel of `width` lanes, `lanes` or half as many, holds.
  void (*apply_panel)(
      const ck_layer *layer, const float *panel, int64_t width, const float *rows, int64_t stride,
      int64_t count, float *out, int64_t out_stride);
  void (*add_rows)(
      const float *vector, const float *const *rows, int64_t count, int64_t width,
      bool is_rectified, float *sums, int64_t stride);
  // As in `CKernelsALS.h`.
  void (*als_gramian)(
      const float *factors, int64_t dimension, int64_t first, int64_t last, float *gramian);
  bool (*als_cholesky)(const ck_als_row *row, float *scratch, float *x);
  bool (*als_conjugate_gradients)(const ck_als_row *row, int64_t steps, float *scratch, float *x);
  bool (*als_blocks)(const ck_als_row *row, int64_t block, float *scratch, float *x);
  void (*als_predictions)(
      const float *factors, int64_t dimension, const int32_t *items, int64_t count, const float *x,
      float *out);
} ck_kernels;

extern const ck_kernels ck_plain;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2, ck_avx512;
#elif defined(__aarch64__)
extern const ck_kernels ck_neon;
#endif

// The kernels of a level; those of `plain` where the processor cannot run it.
const ck_kernels *ck_kernels_at(ck_level level);

#endif
