// The inner products of one vector with others that lie anywhere.
#ifndef CORRAL_CKERNELS_PRODUCTS_H
#define CORRAL_CKERNELS_PRODUCTS_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Writes the inner products of a query with `count` vectors, with the bits that an exact search finds.
typedef void (*_Nonnull ck_scores)(
    const float *_Nonnull const *_Nonnull vectors, int64_t count, int64_t dimension,
    const float *query, float *scores);

/// The function of a level that scores vectors.
ck_scores ck_score(ck_level level);

/// Writes minus the inner products of a vector with `count` others, which a walk takes for distances.
/// The distance of a pair has the same bits whatever it is computed beside.
typedef void (*_Nonnull ck_distances)(
    const float *vector, const float *_Nonnull const *_Nonnull others, int64_t count,
    int64_t dimension, float *distances);

/// The function of a level that computes distances; fastest for the usual multiples of 16.
ck_distances ck_negative_dots(ck_level level);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
