#include "levels.h"

#include <stdatomic.h>
#include <stddef.h>

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

#define ACTIVE ck_kernels_at(ck_active_level())

float ck_dot_at(ck_level level, const float *a, const float *b, int64_t count) {
  return ck_kernels_at(level)->dot(a, b, count);
}

float ck_dot(const float *a, const float *b, int64_t count) { return ACTIVE->dot(a, b, count); }

void ck_score(
    const float *const *vectors, int64_t count, int64_t dimension, const float *query, float *scores) {
  ACTIVE->score(vectors, count, dimension, query, scores);
}

ck_distances ck_negative_dots_at(ck_level level, int64_t dimension) {
  return ck_kernels_at(level)->negative_dots(dimension);
}

ck_distances ck_negative_dots(int64_t dimension) { return ACTIVE->negative_dots(dimension); }

void ck_skip_gram_learn(
    ck_level level, const ck_skip_gram *model, const int32_t *items, int64_t count, float rate,
    uint64_t seed) {
  ck_kernels_at(level)->skip_gram(model, items, count, rate, seed);
}
