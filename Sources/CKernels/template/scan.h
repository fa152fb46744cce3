// The scans of an exact search, for any level: after `panels.h`. Every score is one chain of fused
// multiply-adds over the elements in their order, in a lane of its own: lanes are queries in a panel,
// and items when there is one query.

// Whether some sum of a tile is above the threshold of its lane.
static inline __attribute__((always_inline)) bool passes_threshold(
    tile_sums sums, const int rows, const int vectors, const float *thresholds) {
  uint32_t survivors = 0;
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    vf best = -__builtin_inff();
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) best = sums[row][v] > best ? sums[row][v] : best;
    survivors |= above(best, *(const vf *)(thresholds + v * W));
  }
  return survivors != 0;
}

// Offers the sums of a tile that are above the thresholds of their lanes, and raises those.
static inline __attribute__((always_inline)) void offer_tile(
    tile_sums sums, const int rows, const int vectors, float *thresholds, ck_selection *selections,
    int64_t first_item, const ck_collector *collector) {
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      uint32_t lanes = above(sums[row][v], *(const vf *)(thresholds + v * W));
      if (lanes == 0) continue;
      float scores[W] __attribute__((aligned(64)));
      *(vf *)scores = sums[row][v];
      for (; lanes != 0; lanes &= lanes - 1) {
        int lane = __builtin_ctz(lanes), query = v * W + lane;
        thresholds[query] = ck_offer(
            collector, &selections[query], first_item + row, scores[lane], thresholds[query]);
      }
    }
  }
}

// Scores `rows` items with `vectors * W` queries. A tile whose best score passes no threshold is
// forgotten, which is the usual case.
static inline __attribute__((always_inline)) void scan_tile(
    const float *items, int64_t dimension, const int rows, const float *panel, const int vectors,
    float *thresholds, ck_selection *selections, int64_t first_item, const ck_collector *collector) {
  tile_sums sums;
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sums[row][v] = 0;
  }
  add_products(items, dimension, rows, panel, vectors, dimension, sums);
  if (__builtin_expect(passes_threshold(sums, rows, vectors, thresholds), 0)) {
    offer_tile(sums, rows, vectors, thresholds, selections, first_item, collector);
  }
}

// Brings a tile of the next block into the second-level cache.
static inline __attribute__((always_inline)) void prefetch_tile(const float *items, int64_t dimension) {
  for (int64_t byte = 0; byte < TILE * dimension * 4; byte += 64) {
    __builtin_prefetch((const char *)items + byte, 0, 2);
  }
}

static inline __attribute__((always_inline)) void scan_panel_of(
    const int vectors, const ck_block *block, const float *panel, float *thresholds,
    ck_selection *selections, const ck_collector *collector) {
  const int64_t dimension = block->dimension;
  int64_t i = 0;
  for (; i + TILE <= block->count; i += TILE) {
    if (block->next) prefetch_tile(block->next + i * dimension, dimension);
    scan_tile(
        block->items + i * dimension, dimension, TILE, panel, vectors, thresholds, selections,
        block->first_item + i, collector);
  }
  for (; i < block->count; i++) {
    scan_tile(
        block->items + i * dimension, dimension, 1, panel, vectors, thresholds, selections,
        block->first_item + i, collector);
  }
}

static void scan_panel(
    const ck_block *block, const float *panel, int64_t width, float *thresholds,
    ck_selection *selections, const ck_collector *collector) {
  if (width == LANES) {
    scan_panel_of(PANEL_VECTORS, block, panel, thresholds, selections, collector);
  } else {
    scan_panel_of(PANEL_VECTORS / 2, block, panel, thresholds, selections, collector);
  }
}

// The scores of W rows with one query: blocks of W x W elements are turned in registers, so that
// every lane sums its own row.
static inline __attribute__((always_inline)) vf score_lanes(
    const float *const rows[W], int64_t dimension, const float *query) {
  vf sum = 0;
  int64_t k = 0;
  for (; k + W <= dimension; k += W) {
    vf turned[W];
#pragma clang loop unroll(full)
    for (int row = 0; row < W; row++) turned[row] = load(rows[row] + k);
    // Each pass interleaves the first half of the vectors with the second: after log2 W of them,
    // rows have become columns.
#pragma clang loop unroll(full)
    for (int pass = 1; pass < W; pass *= 2) {
      vf passed[W];
#pragma clang loop unroll(full)
      for (int row = 0; row < W / 2; row++) {
        passed[2 * row] = LOW_HALVES(turned[row], turned[row + W / 2]);
        passed[2 * row + 1] = HIGH_HALVES(turned[row], turned[row + W / 2]);
      }
#pragma clang loop unroll(full)
      for (int row = 0; row < W; row++) turned[row] = passed[row];
    }
#pragma clang loop unroll(full)
    for (int column = 0; column < W; column++) {
      sum = multiply_add(turned[column], (vf)query[k + column], sum);
    }
  }
  for (; k < dimension; k++) {
    vf column;
#pragma clang loop unroll(full)
    for (int row = 0; row < W; row++) column[row] = rows[row][k];
    sum = multiply_add(column, (vf)query[k], sum);
  }
  return sum;
}

// The scores of W rows that lie one after the other, each summed in W lanes: much faster than
// `score_lanes` and a few last bits off, so that it serves to pass over rows that cannot be good.
static __attribute__((noinline)) bool rough_rows(
    const float *rows, int64_t dimension, const float *query, float bound) {
  vf sums[W];
  // Row by row, as they lie in memory: the processor fetches ahead by itself.
#pragma clang loop unroll(disable)
  for (int row = 0; row < W; row++, rows += dimension) {
    vf even = 0, odd = 0;
    int64_t k = 0;
    for (; k + 2 * W <= dimension; k += 2 * W) {
      even = multiply_add(load(rows + k), load(query + k), even);
      odd = multiply_add(load(rows + k + W), load(query + k + W), odd);
    }
    for (; k + W <= dimension; k += W) even = multiply_add(load(rows + k), load(query + k), even);
    for (; k < dimension; k++) odd[0] += rows[k] * query[k];
    sums[row] = even + odd;
  }
  // Two vectors become one whose lanes hold half as many parts of each; after log2 W passes, lane i
  // holds the whole sum of row i.
#pragma clang loop unroll(full)
  for (int half = W / 2; half > 0; half /= 2) {
#pragma clang loop unroll(full)
    for (int row = 0; row < half; row++) {
      sums[row] = LOW_HALVES(sums[row], sums[row + half]) + HIGH_HALVES(sums[row], sums[row + half]);
    }
  }
  return above(sums[0], (vf)bound) != 0;
}

// Offers the lanes of a vector of scores whose bits are set.
static inline __attribute__((always_inline)) void offer_lanes(
    vf sums, uint32_t lanes, float *threshold, ck_selection *selection, int64_t first_item,
    const ck_collector *collector) {
  float scores[W] __attribute__((aligned(64)));
  *(vf *)scores = sums;
  for (; lanes != 0; lanes &= lanes - 1) {
    int lane = __builtin_ctz(lanes);
    // The lanes before it may have raised the threshold.
    if (!(scores[lane] > *threshold)) continue;
    *threshold = ck_offer(collector, selection, first_item + lane, scores[lane], *threshold);
  }
}

static void scan_one(
    const ck_block *block, const float *query, float margin, float *threshold,
    ck_selection *selection, const ck_collector *collector) {
  const int64_t dimension = block->dimension;
  const bool rough = margin < __builtin_inff();
  for (int64_t i = 0; i < block->count; i += W) {
    const bool whole = i + W <= block->count;
    const float *first = block->items + i * dimension;
    if (whole && rough) {
      float bound = *threshold - (margin + 1.2e-7f * __builtin_fabsf(*threshold));
      if (!rough_rows(first, dimension, query, bound)) continue;
    }
    const float *rows[W];
    for (int row = 0; row < W; row++) {
      rows[row] = first + (whole || i + row < block->count ? row : 0) * dimension;
    }
    vf sums = score_lanes(rows, dimension, query);
    uint32_t lanes = above(sums, (vf)*threshold);
    if (!whole) lanes &= (1u << (block->count - i)) - 1;
    if (lanes != 0) {
      offer_lanes(sums, lanes, threshold, selection, block->first_item + i, collector);
    }
  }
}

static void score(
    const float *const *vectors, int64_t count, int64_t dimension, const float *query, float *scores) {
  for (int64_t i = 0; i < count; i += W) {
    const float *rows[W];
    for (int row = 0; row < W; row++) rows[row] = vectors[i + row < count ? i + row : count - 1];
    float found[W];
    store(found, score_lanes(rows, dimension, query));
    for (int row = 0; row < W && i + row < count; row++) scores[i + row] = found[row];
  }
}
