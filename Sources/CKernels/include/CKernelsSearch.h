// Exact search: the items with the largest inner products with queries.
#ifndef CORRAL_CKERNELS_SEARCH_H
#define CORRAL_CKERNELS_SEARCH_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Whether an item may be found; asked only for items that are good enough to be kept.
typedef bool (*ck_filter)(void *_Nullable context, int64_t item);

/// A search for the items with the largest inner products with each of several queries.
///
/// A score is summed over the elements in their order, so it has the same bits however many queries
/// are searched at once. Equal scores are ordered by item. Scores that are nan or minus infinity are
/// never found.
typedef struct ck_search {
  /// The items' vectors, row after row: `item_count * dimension` elements.
  const float *items;
  int64_t item_count;
  int64_t dimension;
  /// The number of the first of these items: the search may be over a part of a catalogue.
  int64_t first_item;
  /// At least the length of the longest item, or infinity. With it a single query passes over items
  /// quickly.
  float longest_item;
  /// The queries' vectors, row after row.
  const float *queries;
  int64_t query_count;
  /// How many items each query looks for.
  int64_t wanted;
  /// Items that must not be found: `excluded[excluded_offsets[q] ..< excluded_offsets[q + 1]]`, in
  /// rising order, for query `q`. Null when there are none.
  const int32_t *_Nullable excluded;
  const int64_t *_Nullable excluded_offsets;
  /// Null when every item may be found.
  ck_filter _Nullable filter;
  void *_Nullable context;
} ck_search;

/// Searches, on the calling thread.
///
/// Query `q` finds `counts[q]` items, at most `wanted`. Their keys are written from `keys[q * wanted]`
/// on, the best first. Returns false when there is no memory for the search.
bool ck_find(ck_level level, const ck_search *search, uint64_t *keys, int32_t *counts);

/// At least the length of the longest of `count` vectors; infinity when one is not finite.
float ck_longest(const float *items, int64_t count, int64_t dimension);

// MARK: keys

/// A number that is larger for a better candidate: the score's bits, made to rise with the score,
/// above the item's, made to fall.
static inline uint64_t ck_key(float score, int64_t item) {
  union { float value; uint32_t bits; } number = {score + 0.0f};  // + 0 makes a negative zero positive
  uint32_t rising = number.bits & 0x80000000u ? ~number.bits : number.bits | 0x80000000u;
  return (uint64_t)rising << 32 | (uint32_t)~(uint32_t)item;
}

/// The score in a key.
static inline float ck_key_score(uint64_t key) {
  uint32_t rising = (uint32_t)(key >> 32);
  union { uint32_t bits; float value; } number = {rising & 0x80000000u ? rising & 0x7FFFFFFFu : ~rising};
  return number.value;
}

/// The item in a key.
static inline int64_t ck_key_item(uint64_t key) { return (int64_t)(uint32_t)~(uint32_t)key; }

/// Sorts keys, the largest first.
void ck_sort_keys(uint64_t *keys, int64_t count);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
