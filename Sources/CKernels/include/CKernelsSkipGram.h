// The inner loop of item2vec: one call learns from one sequence.
#ifndef CORRAL_CKERNELS_SKIP_GRAM_H
#define CORRAL_CKERNELS_SKIP_GRAM_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

enum { CK_MOST_NEGATIVES = 255 };

/// A skip-gram model with negative sampling (Mikolov and others, 2013), and how it reads sequences.
///
/// The items within a radius of each item, the radius drawn from `1...window`, each learn to tell it
/// from `negatives` items that are drawn for this pair. With x the input vector of one, y_0 the output
/// vector of the item and y_1... those of the negatives, the loss is
/// `-log s(x . y_0) - sum_k log s(-x . y_k)`.
typedef struct ck_skip_gram {
  /// `[items, dimension]` each; the dimension is a multiple of 16.
  float *inputs;
  float *outputs;
  int64_t dimension;
  /// Negatives are drawn by the alias method from this many columns: a column stands for its own item
  /// where a number of 32 bits is below `keep`, and otherwise for `alias`.
  const uint32_t *keep;
  const int32_t *alias;
  int64_t columns;
  int64_t window;
  /// At most `CK_MOST_NEGATIVES`. One that is the item itself is left out.
  int64_t negatives;
} ck_skip_gram;

/// Learns from a sequence at a rate. All that is drawn follows from the seed.
///
/// Several threads may learn at once without locks, as in Hogwild (Niu and others, 2011): then some
/// updates are lost, and the result depends on timing.
void ck_skip_gram_learn(
    ck_level level, const ck_skip_gram *model, const int32_t *items, int64_t count, float rate,
    uint64_t seed);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
