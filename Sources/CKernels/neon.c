#if defined(__aarch64__)
#include <math.h>
#include <string.h>

#include "levels.h"
#include "skipgram.h"

#include <arm_neon.h>

#define LEVEL ck_neon
#define W 4
#define PANEL_VECTORS 4
#define TILE 6
#define ALS_ROWS 4
typedef float vf __attribute__((ext_vector_type(W)));

static inline __attribute__((always_inline)) vf multiply_add(vf a, vf b, vf c) {
  return (vf)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}

static inline __attribute__((always_inline)) uint32_t above(vf a, vf b) {
  const uint32x4_t bits = {1, 2, 4, 8};
  return vaddvq_u32(vandq_u32(vcgtq_f32((float32x4_t)a, (float32x4_t)b), bits));
}

static inline __attribute__((always_inline)) float lane_sum(vf a) {
  return vaddvq_f32((float32x4_t)a);
}

#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)

#include "template/vectors.h"
#include "template/distances.h"
#include "template/skipgram.h"
#include "template/panels.h"
#include "template/scan.h"
#include "template/clusters.h"
#include "template/layers.h"
#include "template/als.h"
#include "template/level.h"
#endif
