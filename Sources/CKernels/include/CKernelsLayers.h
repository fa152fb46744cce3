// Dense layers over the rows of one batch.
#ifndef CORRAL_CKERNELS_LAYERS_H
#define CORRAL_CKERNELS_LAYERS_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// A layer `y = W x + b`, packed for a level: `ck_layer_width` outputs, those beyond `outputs` zero.
typedef struct ck_layer {
  /// As `ck_pack_layer` wrote it, for the level that applies it.
  const float *panels;
  int64_t inputs;
  int64_t outputs;
  /// Whether ReLU follows.
  bool is_rectified;
} ck_layer;

/// The outputs of a layer as a level writes them: `outputs` filled up to whole vectors.
int64_t ck_layer_width(ck_level level, int64_t outputs);

/// The number of floats of a packed layer.
int64_t ck_layer_size(ck_level level, int64_t inputs, int64_t outputs);

/// Packs a layer for a level, from its weights `[outputs, inputs]` and its bias, or none.
void ck_pack_layer(
    ck_level level, const float *weight, const float *_Nullable bias, int64_t inputs,
    int64_t outputs, float *panels);

/// Writes `ck_layer_width` outputs for each of `count` rows, which lie `stride` and `out_stride`
/// elements apart. Every output is one chain of multiply-adds, whatever rows are beside it.
void ck_apply_layer(
    ck_level level, const ck_layer *layer, const float *rows, int64_t stride, int64_t count,
    float *out, int64_t out_stride);

/// Writes the sum of a vector and each of `count` rows that lie anywhere, `width` elements, then ReLU
/// where asked; sums lie `stride` elements apart.
void ck_add_rows(
    ck_level level, const float *vector, const float *_Nonnull const *_Nonnull rows, int64_t count,
    int64_t width, bool is_rectified, float *sums, int64_t stride);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
