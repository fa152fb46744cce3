// A small C surface over hnswlib's graphs of neighbours, for the largest inner product.
#ifndef CORRAL_CHNSW_H
#define CORRAL_CHNSW_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// A graph over the vectors of a catalogue. It never changes, so that any thread may search it.
typedef struct chnsw_graph chnsw_graph;

/// The message of the last call on this thread that returned false.
const char *chnsw_last_error(void);

// MARK: making

/// The kernels that a graph computes with.
typedef struct chnsw_kernels {
  /// Minus the inner products of one vector with vectors anywhere: the distances of a walk.
  void (*distances)(
      const float *vector, const float *_Nonnull const *_Nonnull others, int64_t count,
      int64_t dimension, float *distances);
  /// The inner products of a query with vectors anywhere: the scores of what a search finds.
  void (*score)(
      const float *_Nonnull const *_Nonnull vectors, int64_t count, int64_t dimension,
      const float *query, float *scores);
  /// A hint that memory will be read all over.
  void (*prefer_large_pages)(const void *start, int64_t bytes);
} chnsw_kernels;

/// How a graph is made.
typedef struct chnsw_settings {
  /// Links of a node on the upper levels; twice as many on the lowest.
  int64_t links;
  /// Candidates that are looked at for the links of a new node.
  int64_t ef_construction;
  uint64_t seed;
  /// With one thread the same vectors and settings give the same graph.
  int64_t threads;
} chnsw_settings;

/// Makes the graph of `count` vectors, at least one, which are copied.
bool chnsw_build(
    const float *vectors, int64_t count, int64_t dimension, const chnsw_settings *settings,
    const chnsw_kernels *kernels, chnsw_graph *_Nullable *_Nonnull graph);

void chnsw_free(chnsw_graph *graph);

/// The memory that a graph holds, its vectors included.
int64_t chnsw_bytes(const chnsw_graph *graph);

// MARK: searching

/// Whether an item may be found. It may be asked more than once about the same.
typedef bool (*chnsw_filter)(void *_Nullable context, int64_t item);

/// Finds the best `wanted` items among at least `ef` candidates.
///
/// They are written with their scores, the best first, and equal scores in order of item. When the graph
/// leads to fewer than wanted, all items are scanned, so that only a lack of allowed items shortens the
/// result.
bool chnsw_search(
    const chnsw_graph *graph, const float *query, int64_t wanted, int64_t ef,
    chnsw_filter _Nullable filter, void *_Nullable context, int32_t *items, float *scores,
    int64_t *found);

// MARK: saving

/// The arrays that a graph consists of, besides its vectors: null where they are empty. Absent links
/// are -1, after the others.
typedef struct chnsw_arrays {
  /// The item of each node, `[count]`.
  int32_t *_Nullable items;
  /// The highest level of each node, `[count]`.
  int32_t *_Nullable levels;
  /// The neighbours on the lowest level, `[count, 2 * links]`.
  int32_t *_Nullable lowest;
  /// The neighbours on the levels from 1 on, node after node, `[sum of levels, links]`.
  int32_t *_Nullable upper;
  /// The node where a search starts.
  int32_t entry;
} chnsw_arrays;

/// The number of rows of `upper`.
int64_t chnsw_upper_rows(const chnsw_graph *graph);

/// Writes a graph to arrays of the right sizes.
void chnsw_export(const chnsw_graph *graph, chnsw_arrays *arrays);

/// Makes a graph of arrays and the vectors that it was made of. False when the arrays do not fit each
/// other.
bool chnsw_import(
    const float *vectors, int64_t count, int64_t dimension, int64_t links,
    const chnsw_arrays *arrays, const chnsw_kernels *kernels,
    chnsw_graph *_Nullable *_Nonnull graph);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
