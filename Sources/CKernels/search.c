#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "levels.h"

// MARK: selections

// Keeps the best `wanted` of a full buffer; returns the score of the worst of them.
static float prune(const ck_collector *collector, ck_selection *selection) {
  ck_select_keys(selection->keys, selection->count, collector->wanted);
  selection->count = collector->wanted;
  uint64_t worst = UINT64_MAX;
  for (int64_t i = 0; i < collector->wanted; i++) {
    if (selection->keys[i] < worst) worst = selection->keys[i];
  }
  return ck_key_score(worst);
}

float ck_offer(
    const ck_collector *collector, ck_selection *selection, int64_t item, float score, float threshold) {
  while (selection->excluded < selection->excluded_end && *selection->excluded < item) {
    selection->excluded++;
  }
  if (selection->excluded < selection->excluded_end && *selection->excluded == item) return threshold;
  if (collector->filter && !collector->filter(collector->context, item)) return threshold;
  selection->keys[selection->count++] = ck_key(score, item);
  return selection->count == collector->capacity ? prune(collector, selection) : threshold;
}

// MARK: bounds

float ck_longest(const float *items, int64_t count, int64_t dimension) {
  double longest = 0;
  for (int64_t i = 0; i < count; i++) {
    float sums[8] = {0}, square = 0;
    const float *item = items + i * dimension;
    int64_t k = 0;
    for (; k + 8 <= dimension; k += 8) {
      for (int lane = 0; lane < 8; lane++) sums[lane] += item[k + lane] * item[k + lane];
    }
    for (; k < dimension; k++) square += item[k] * item[k];
    for (int lane = 0; lane < 8; lane++) square += sums[lane];
    if (!(square < __FLT_MAX__)) return __builtin_inff();
    if (square > longest) longest = square;
  }
  // Rounded up by more than the sum can have lost.
  return (float)(sqrt(longest) * (1 + 1e-7 * (double)(dimension + 16)) + 1e-18);
}

// How far two sums of the same products can be apart, whatever their orders: twice the error of
// one, gamma_d |query| |item| (Higham, 2002, section 3.1). Infinity when sums may overflow.
static float margin(const ck_search *search, const float *query) {
  const double d = (double)search->dimension, unit = 0x1p-24;
  double square = 0;
  for (int64_t k = 0; k < search->dimension; k++) square += (double)query[k] * query[k];
  double product = sqrt(square) * search->longest_item;
  if (!(product < 1e37) || d * unit > 0.01) return __builtin_inff();
  return (float)(2.02 * (d + 2) * unit / (1 - (d + 2) * unit) * product + 1e-37);
}

// MARK: searching

// A panel is scanned faster than more than so many single queries.
enum { MOST_SINGLES = 6 };

// One search while it runs.
typedef struct run {
  const ck_kernels *kernels;
  const ck_search *search;
  ck_collector collector;
  // Queries before `full` are in panels of as many as the kernels have lanes, those before `in_panels`
  // in a last one of `last_width`, which has empty lanes. The others are searched one at a time.
  int64_t full, last_width, in_panels;
  // The queries and the empty lanes: so many thresholds and selections there are.
  int64_t slots;
  // One piece of memory for all of the following, freed at once.
  void *memory;
  float *panels, *thresholds;
  ck_selection *selections;
  uint64_t *keys;
  // How far rough scores of the single queries may be off.
  float margins[MOST_SINGLES];
} run;

static run planned(const ck_kernels *kernels, const ck_search *search) {
  const int64_t lanes = kernels->lanes, queries = search->query_count;
  const int64_t full = queries / lanes * lanes, rest = queries - full;
  const int64_t last_width = rest <= MOST_SINGLES ? 0 : rest <= lanes / 2 ? lanes / 2 : lanes;
  const int64_t wanted = search->wanted < search->item_count ? search->wanted : search->item_count;
  return (run){
      .kernels = kernels,
      .search = search,
      .collector =
          {
              .wanted = wanted,
              // When all items are wanted the buffer never fills, and every one passes.
              .capacity = wanted + (wanted > 32 ? wanted : 32),
              .filter = search->filter,
              .context = search->context,
          },
      .full = full,
      .last_width = last_width,
      .in_panels = full + last_width,
      .slots = full + (last_width ? last_width : rest),
  };
}

static int64_t rounded(int64_t bytes) { return (bytes + 63) & ~(int64_t)63; }

static bool allocate(run *run) {
  int64_t panels = rounded(run->slots * run->search->dimension * 4);
  int64_t thresholds = rounded(run->slots * 4);
  int64_t selections = rounded(run->slots * (int64_t)sizeof(ck_selection));
  int64_t keys = rounded(run->slots * run->collector.capacity * 8);
  char *memory = aligned_alloc(64, (size_t)(panels + thresholds + selections + keys));
  if (!memory) return false;
  run->memory = memory;
  run->panels = (float *)memory;
  run->thresholds = (float *)(memory + panels);
  run->selections = (ck_selection *)(memory + panels + thresholds);
  run->keys = (uint64_t *)(memory + panels + thresholds + selections);
  return true;
}

// The width of the panel that begins with a query.
static int64_t panel_width(const run *run, int64_t first) {
  return first < run->full ? run->kernels->lanes : run->last_width;
}

static void start_selections(run *run) {
  const ck_search *search = run->search;
  for (int64_t q = 0; q < run->slots; q++) {
    const bool used = q < search->query_count;
    // Nothing passes the threshold of an empty lane.
    run->thresholds[q] = used ? -__builtin_inff() : __builtin_inff();
    run->selections[q] = (ck_selection){.keys = run->keys + q * run->collector.capacity};
    if (used && search->excluded && search->excluded_offsets) {
      run->selections[q].excluded = search->excluded + search->excluded_offsets[q];
      run->selections[q].excluded_end = search->excluded + search->excluded_offsets[q + 1];
    }
  }
}

// Turns the queries of panels, so that each has a lane.
static void fill_panels(run *run) {
  const ck_search *search = run->search;
  const int64_t dimension = search->dimension;
  for (int64_t first = 0; first < run->in_panels;) {
    const int64_t width = panel_width(run, first);
    float *panel = run->panels + first * dimension;
    for (int64_t lane = 0; lane < width; lane++) {
      const int64_t q = first + lane;
      for (int64_t k = 0; k < dimension; k++) {
        panel[k * width + lane] = q < search->query_count ? search->queries[q * dimension + k] : 0;
      }
    }
    first += width;
  }
}

static void measure_margins(run *run) {
  const ck_search *search = run->search;
  for (int64_t q = run->in_panels; q < search->query_count; q++) {
    run->margins[q - run->in_panels] = margin(search, search->queries + q * search->dimension);
  }
}

static void scan_singles(run *run, const ck_block *block) {
  const ck_search *search = run->search;
  for (int64_t q = run->in_panels; q < search->query_count; q++) {
    run->kernels->scan_one(
        block, search->queries + q * search->dimension, run->margins[q - run->in_panels],
        &run->thresholds[q], &run->selections[q], &run->collector);
  }
}

// The last panel brings the next block into the cache, if it is as long as this one.
static void scan_panels(run *run, ck_block *block, bool is_followed) {
  const int64_t dimension = block->dimension;
  for (int64_t first = 0; first < run->in_panels;) {
    const int64_t width = panel_width(run, first);
    const bool last = first + width == run->in_panels;
    block->next = last && is_followed && run->in_panels > run->kernels->lanes
                      ? block->items + block->count * dimension
                      : NULL;
    run->kernels->scan_panel(
        block, run->panels + first * dimension, width, run->thresholds + first,
        run->selections + first, &run->collector);
    first += width;
  }
}

// The number of items that stay in the second-level cache, with as many again on their way.
static int64_t block_length(int64_t dimension) {
  int64_t length = (int64_t)(1 << 18) / (4 * dimension) / 48 * 48;
  return length < 48 ? 48 : length;
}

static void scan_items(run *run) {
  const ck_search *search = run->search;
  const int64_t length = block_length(search->dimension);
  for (int64_t start = 0; start < search->item_count; start += length) {
    const int64_t left = search->item_count - start;
    ck_block block = {
        .items = search->items + start * search->dimension,
        .count = left < length ? left : length,
        .dimension = search->dimension,
        .first_item = search->first_item + start,
    };
    scan_singles(run, &block);
    scan_panels(run, &block, left >= 2 * length);
  }
}

static void write_found(run *run, uint64_t *keys, int32_t *counts) {
  const ck_search *search = run->search;
  for (int64_t q = 0; q < search->query_count; q++) {
    ck_selection *selection = &run->selections[q];
    if (selection->count > run->collector.wanted) prune(&run->collector, selection);
    ck_sort_keys(selection->keys, selection->count);
    memcpy(keys + q * search->wanted, selection->keys, (size_t)selection->count * sizeof *keys);
    counts[q] = (int32_t)selection->count;
  }
}

bool ck_find(ck_level level, const ck_search *search, uint64_t *keys, int32_t *counts) {
  if (search->query_count <= 0) return true;
  memset(counts, 0, (size_t)search->query_count * sizeof *counts);
  if (search->wanted <= 0 || search->item_count <= 0) return true;
  run run = planned(ck_kernels_at(level), search);
  if (!allocate(&run)) return false;
  start_selections(&run);
  fill_panels(&run);
  measure_margins(&run);
  scan_items(&run);
  write_found(&run, keys, counts);
  free(run.memory);
  return true;
}
