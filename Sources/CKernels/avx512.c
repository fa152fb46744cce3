#if defined(__x86_64__)
#include <math.h>
#include <string.h>

#include "levels.h"
#include "skipgram.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,fma"))), apply_to = function)
#define LEVEL ck_avx512
#define W 16
#define PANEL_VECTORS 2
#define TILE 12
#define ALS_ROWS 16
typedef float vf __attribute__((ext_vector_type(W)));

static inline __attribute__((always_inline)) vf multiply_add(vf a, vf b, vf c) {
  return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}

static inline __attribute__((always_inline)) uint32_t above(vf a, vf b) {
  return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OQ);
}

static inline __attribute__((always_inline)) float lane_sum(vf a) {
  return _mm512_reduce_add_ps((__m512)a);
}

#define LOW_HALVES(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH_HALVES(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

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
