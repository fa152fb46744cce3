#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "levels.h"

// MARK: keys

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
static void select_keys(uint64_t *keys, int64_t count, int64_t wanted) {
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

// MARK: selections

// Keeps the best `wanted` of a full buffer; returns the score of the worst of them.
static float prune(const ck_collector *collector, ck_selection *selection) {
  select_keys(selection->keys, selection->count, collector->wanted);
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

// MARK: searching

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

// Memory for one search: one piece, freed at once.
typedef struct scratch {
  float *panels, *thresholds;
  ck_selection *selections;
  uint64_t *keys;
  void *memory;
} scratch;

static int64_t rounded(int64_t bytes) { return (bytes + 63) & ~(int64_t)63; }

static bool allocate(scratch *scratch, int64_t queries, int64_t dimension, int64_t capacity) {
  int64_t panels = rounded(queries * dimension * 4), thresholds = rounded(queries * 4);
  int64_t selections = rounded(queries * (int64_t)sizeof(ck_selection));
  int64_t keys = rounded(queries * capacity * 8);
  char *memory = aligned_alloc(64, (size_t)(panels + thresholds + selections + keys));
  if (!memory) return false;
  scratch->memory = memory;
  scratch->panels = (float *)memory;
  scratch->thresholds = (float *)(memory + panels);
  scratch->selections = (ck_selection *)(memory + panels + thresholds);
  scratch->keys = (uint64_t *)(memory + panels + thresholds + selections);
  return true;
}

// The number of items that stay in the second-level cache, with as many again on their way.
static int64_t block_length(int64_t dimension) {
  int64_t length = (int64_t)(1 << 18) / (4 * dimension) / 48 * 48;
  return length < 48 ? 48 : length;
}

// A panel is scanned faster than more than so many single queries.
enum { MOST_SINGLES = 6 };

bool ck_find_at(ck_level level, const ck_search *search, uint64_t *keys, int32_t *counts) {
  const ck_kernels *kernels = ck_kernels_at(level);
  const int64_t dimension = search->dimension, queries = search->query_count;
  memset(counts, 0, (size_t)queries * sizeof *counts);
  if (search->wanted <= 0 || search->item_count <= 0 || queries <= 0) return true;

  ck_collector collector = {.filter = search->filter, .context = search->context};
  collector.wanted = search->wanted < search->item_count ? search->wanted : search->item_count;
  // When all items are wanted the buffer never fills, and every one passes.
  collector.capacity = collector.wanted + (collector.wanted > 32 ? collector.wanted : 32);

  // Full panels, then half a panel or a whole one for the rest, or one query at a time.
  const int64_t lanes = kernels->lanes, full = queries / lanes * lanes, rest = queries - full;
  const int64_t last_width = rest <= MOST_SINGLES ? 0 : rest <= lanes / 2 ? lanes / 2 : lanes;
  const int64_t slots = full + (last_width ? last_width : rest);
  scratch scratch;
  if (!allocate(&scratch, slots, dimension, collector.capacity)) return false;

  for (int64_t q = 0; q < slots; q++) {
    bool used = q < queries;
    scratch.thresholds[q] = used ? -__builtin_inff() : __builtin_inff();
    scratch.selections[q] = (ck_selection){.keys = scratch.keys + q * collector.capacity};
    if (used && search->excluded && search->excluded_offsets) {
      scratch.selections[q].excluded = search->excluded + search->excluded_offsets[q];
      scratch.selections[q].excluded_end = search->excluded + search->excluded_offsets[q + 1];
    }
  }
  const int64_t in_panels = full + last_width;
  float margins[MOST_SINGLES];
  for (int64_t q = in_panels; q < queries; q++) {
    margins[q - in_panels] = margin(search, search->queries + q * dimension);
  }
  for (int64_t first = 0; first < in_panels;) {
    int64_t width = first < full ? lanes : last_width;
    float *panel = scratch.panels + first * dimension;
    for (int64_t lane = 0; lane < width; lane++) {
      int64_t q = first + lane;
      for (int64_t k = 0; k < dimension; k++) {
        panel[k * width + lane] = q < queries ? search->queries[q * dimension + k] : 0;
      }
    }
    first += width;
  }

  const int64_t length = block_length(dimension);
  for (int64_t start = 0; start < search->item_count; start += length) {
    int64_t left = search->item_count - start;
    ck_block block = {
        .items = search->items + start * dimension,
        .count = left < length ? left : length,
        .dimension = dimension,
        .first_item = search->first_item + start,
    };
    for (int64_t q = in_panels; q < queries; q++) {
      kernels->scan_one(
          &block, search->queries + q * dimension, margins[q - in_panels], &scratch.thresholds[q],
          &scratch.selections[q], &collector);
    }
    for (int64_t first = 0; first < in_panels;) {
      int64_t width = first < full ? lanes : last_width;
      bool last = first + width == in_panels && left >= 2 * length;
      block.next = last && in_panels > lanes ? block.items + length * dimension : 0;
      kernels->scan_panel(
          &block, scratch.panels + first * dimension, width, scratch.thresholds + first,
          scratch.selections + first, &collector);
      first += width;
    }
  }

  for (int64_t q = 0; q < queries; q++) {
    ck_selection *selection = &scratch.selections[q];
    if (selection->count > collector.wanted) prune(&collector, selection);
    ck_sort_keys(selection->keys, selection->count);
    memcpy(keys + q * search->wanted, selection->keys, (size_t)selection->count * sizeof *keys);
    counts[q] = (int32_t)selection->count;
  }
  free(scratch.memory);
  return true;
}

bool ck_find(const ck_search *search, uint64_t *keys, int32_t *counts) {
  return ck_find_at(ck_active_level(), search, keys, counts);
}
