// The inner loops of implicit ALS: one call solves the least squares problem of one row.
#ifndef CORRAL_CKERNELS_ALS_H
#define CORRAL_CKERNELS_ALS_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// The problem of one row, with h_i row `items[i]` of the factors:
/// `(gramian + regularisation I + sum_i weights[i] h_i h_i^T) x = sum_i targets[i] h_i`.
///
/// Factors have `dimension` elements a row, a multiple of 16; columns from `used` on are zero in the
/// factors and the gramian, and come out zero.
typedef struct ck_als_row {
  /// `[rows, dimension]`.
  const float *factors;
  /// `[dimension, dimension]`, both triangles.
  const float *gramian;
  int64_t dimension;
  int64_t used;
  /// `[count]` each.
  const int32_t *items;
  const float *weights;
  const float *targets;
  int64_t count;
  float regularisation;
} ck_als_row;

/// Adds `h h^T` of the rows `first ..< last` of the factors to the upper triangle of a gramian.
void ck_als_gramian(
    ck_level level, const float *factors, int64_t dimension, int64_t first, int64_t last,
    float *gramian);

/// The exact solution, by Cholesky. Scratch: `dimension * dimension` floats. False where the system
/// is not positive definite; x then means nothing.
bool ck_als_cholesky(ck_level level, const ck_als_row *row, float *scratch, float *x);

/// `steps` steps of conjugate gradients from the x that is given. Scratch: `3 * dimension` floats.
/// False where the solution is not finite.
bool ck_als_conjugate_gradients(
    ck_level level, const ck_als_row *row, int64_t steps, float *scratch, float *x);

/// One pass of the block solver (iALS++): for each block of coordinates in turn, the exact solution
/// with the others as they are. `block` is a multiple of 16. Scratch: `block * block + block + count`
/// floats. False where a block is not positive definite.
bool ck_als_blocks(ck_level level, const ck_als_row *row, int64_t block, float *scratch, float *x);

/// `out[i] = factors[items[i]] . x`.
void ck_als_predictions(
    ck_level level, const float *factors, int64_t dimension, const int32_t *items, int64_t count,
    const float *x, float *out);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
