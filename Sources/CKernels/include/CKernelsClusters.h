// Points and their nearest centres: one step of k-means.
#ifndef CORRAL_CKERNELS_CLUSTERS_H
#define CORRAL_CKERNELS_CLUSTERS_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Points that are assigned to their nearest centres and added to what is known of these.
typedef struct ck_assignment {
  /// `dimension` elements each, the first of one `stride` elements after the first of the last.
  const float *points;
  int64_t point_count;
  int64_t stride;
  int64_t dimension;
  /// Row after row: `centre_count * dimension` elements.
  const float *centres;
  int64_t centre_count;
  /// Written: the nearest centre of each point, the first of those as near, and its squared distance.
  int32_t *clusters;
  float *distances;
  /// Added to: the sum of the points of each centre, `[centre_count, dimension]`, and their number.
  double *sums;
  int64_t *counts;
} ck_assignment;

/// Assigns points, on the calling thread. The nearest centre has the largest `<x, c> - |c|^2 / 2`.
/// Returns false when there is no memory.
bool ck_assign(ck_level level, const ck_assignment *assignment);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
