// Cholesky's method by rows, over the dot product and the axpy of a level.
#ifndef CORRAL_CHOLESKY_H
#define CORRAL_CHOLESKY_H

#include <math.h>

static inline __attribute__((always_inline)) bool ck_cholesky(
    float *matrix, float *b, int64_t dimension, float (*dot)(const float *, const float *, int64_t),
    void (*axpy)(float, const float *, float *, int64_t)) {
  // L by rows: every element is one inner product of two rows that are there already. Forward
  // substitution goes along.
  for (int64_t i = 0; i < dimension; i++) {
    float *row = matrix + i * dimension;
    for (int64_t j = 0; j < i; j++) {
      const float *above = matrix + j * dimension;
      row[j] = (row[j] - dot(row, above, j)) / above[j];
    }
    float square = row[i] - dot(row, row, i);
    if (!(square > 0) || square > __FLT_MAX__) return false;
    row[i] = sqrtf(square);
    b[i] = (b[i] - dot(row, b, i)) / row[i];
  }
  // Backward substitution with L^T, by its columns, which are rows of L.
  for (int64_t i = dimension - 1; i >= 0; i--) {
    const float *row = matrix + i * dimension;
    b[i] /= row[i];
    axpy(-b[i], row, b, i);
  }
  return true;
}

#endif
