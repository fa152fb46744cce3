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

void ck_axpy_at(ck_level level, float factor, const float *x, float *y, int64_t count) {
  ck_kernels_at(level)->axpy(factor, x, y, count);
}

void ck_axpy(float factor, const float *x, float *y, int64_t count) {
  ACTIVE->axpy(factor, x, y, count);
}

void ck_dot_rows_at(ck_level level, const ck_rows *rows, const float *x, float *products) {
  ck_kernels_at(level)->dot_rows(rows, x, products);
}

void ck_dot_rows(const ck_rows *rows, const float *x, float *products) {
  ACTIVE->dot_rows(rows, x, products);
}

void ck_add_rows_at(ck_level level, const ck_rows *rows, const float *factors, float *y) {
  ck_kernels_at(level)->add_rows(rows, factors, y);
}

void ck_add_rows(const ck_rows *rows, const float *factors, float *y) {
  ACTIVE->add_rows(rows, factors, y);
}

void ck_add_outer_at(ck_level level, const ck_rows *rows, const float *factors, float *matrix) {
  ck_kernels_at(level)->add_outer(rows, factors, matrix);
}

void ck_add_outer(const ck_rows *rows, const float *factors, float *matrix) {
  ACTIVE->add_outer(rows, factors, matrix);
}

bool ck_solve_at(ck_level level, float *matrix, float *b, int64_t dimension) {
  return ck_kernels_at(level)->solve(matrix, b, dimension);
}

bool ck_solve(float *matrix, float *b, int64_t dimension) {
  return ACTIVE->solve(matrix, b, dimension);
}

void ck_score(
    const float *const *vectors, int64_t count, int64_t dimension, const float *query, float *scores) {
  ACTIVE->score(vectors, count, dimension, query, scores);
}

ck_distance ck_negative_dot(void) { return ACTIVE->negative_dot; }
