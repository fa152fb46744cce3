#if defined(__x86_64__)
#include <math.h>
#include <string.h>

#include "levels.h"
#include "skipgram.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL ck_avx2
#define W 8
#define PANEL_VECTORS 2
#define TILE 6
#define ALS_ROWS 4
typedef float vf __attribute__((ext_vector_type(W)));

static inline __attribute__((always_inline)) vf multiply_add(vf a, vf b, vf c) {
  return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}

static inline __attribute__((always_inline)) uint32_t above(vf a, vf b) {
  return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_GT_OQ));
}

static inline __attribute__((always_inline)) float lane_sum(vf a) {
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128((__m256)a), _mm256_extractf128_ps((__m256)a, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}

#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

#include "template/vectors.h"
#include "template/distances.h"
#include "template/skipgram.h"
#include "template/panels.h"
#include "template/scan.h"
#include "template/clusters.h"
#include "template/layers.h"
#include "template/als.h"
#include "template/level.h"
#pragma clang attribute pop
#endif
