#include "levels.h"

#include <stdatomic.h>

bool ck_supports(ck_level level) {
  switch (level) {
  case CK_PLAIN:
    return true;
#if defined(__x86_64__)
  case CK_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  case CK_AVX512:
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma");
#elif defined(__aarch64__)
  case CK_NEON:
    return true;
#endif
  default:
    return false;
  }
}

ck_level ck_active_level(void) {
  static _Atomic int32_t known = -1;
  int32_t level = atomic_load_explicit(&known, memory_order_relaxed);
  if (level < 0) {
    // Several threads may do this at once: they find the same.
    level = CK_AVX512;
    while (!ck_supports((ck_level)level)) level--;
    atomic_store_explicit(&known, level, memory_order_relaxed);
  }
  return (ck_level)level;
}

const ck_kernels *ck_kernels_at(ck_level level) {
  if (!ck_supports(level)) return &ck_plain;
  switch (level) {
#if defined(__x86_64__)
  case CK_AVX2:
    return &ck_avx2;
  case CK_AVX512:
    return &ck_avx512;
#elif defined(__aarch64__)
  case CK_NEON:
    return &ck_neon;
#endif
  default:
    return &ck_plain;
  }
}

// MARK: entries

ck_scores ck_score(ck_level level) { return ck_kernels_at(level)->score; }

ck_distances ck_negative_dots(ck_level level) { return ck_kernels_at(level)->negative_dots; }

void ck_skip_gram_learn(
    ck_level level, const ck_skip_gram *model, const int32_t *items, int64_t count, float rate,
    uint64_t seed) {
  ck_kernels_at(level)->skip_gram(model, items, count, rate, seed);
}

void ck_als_gramian(
    ck_level level, const float *factors, int64_t dimension, int64_t first, int64_t last,
    float *gramian) {
  ck_kernels_at(level)->als_gramian(factors, dimension, first, last, gramian);
}

bool ck_als_cholesky(ck_level level, const ck_als_row *row, float *scratch, float *x) {
  return ck_kernels_at(level)->als_cholesky(row, scratch, x);
}

bool ck_als_conjugate_gradients(
    ck_level level, const ck_als_row *row, int64_t steps, float *scratch, float *x) {
  return ck_kernels_at(level)->als_conjugate_gradients(row, steps, scratch, x);
}

bool ck_als_blocks(ck_level level, const ck_als_row *row, int64_t block, float *scratch, float *x) {
  return ck_kernels_at(level)->als_blocks(row, block, scratch, x);
}

void ck_als_predictions(
    ck_level level, const float *factors, int64_t dimension, const int32_t *items, int64_t count,
    const float *x, float *out) {
  ck_kernels_at(level)->als_predictions(factors, dimension, items, count, x, out);
}
