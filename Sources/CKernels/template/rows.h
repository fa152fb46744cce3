// Products of rows of a matrix, for any level.

#include "cholesky.h"

static void dot_rows(const ck_rows *rows, const float *x, float *products) {
  const int64_t dimension = rows->dimension;
  int64_t i = 0;
  for (; i + 4 <= rows->count; i += 4) {
    const float *a = ck_row(rows, i), *b = ck_row(rows, i + 1);
    const float *c = ck_row(rows, i + 2), *d = ck_row(rows, i + 3);
    vf first = 0, second = 0, third = 0, fourth = 0;
    int64_t k = 0;
    for (; k + W <= dimension; k += W) {
      vf part = load(x + k);
      first = multiply_add(load(a + k), part, first);
      second = multiply_add(load(b + k), part, second);
      third = multiply_add(load(c + k), part, third);
      fourth = multiply_add(load(d + k), part, fourth);
    }
    float sums[4] = {lane_sum(first), lane_sum(second), lane_sum(third), lane_sum(fourth)};
    for (; k < dimension; k++) {
      sums[0] += a[k] * x[k];
      sums[1] += b[k] * x[k];
      sums[2] += c[k] * x[k];
      sums[3] += d[k] * x[k];
    }
    for (int row = 0; row < 4; row++) products[i + row] = sums[row];
  }
  for (; i < rows->count; i++) products[i] = dot(ck_row(rows, i), x, dimension);
}

// `width` vectors of y stay in registers while the rows go by.
static inline __attribute__((always_inline)) void add_columns(
    const ck_rows *rows, const float *factors, float *y, int64_t k, const int width) {
  vf sums[4];
#pragma clang loop unroll(full)
  for (int v = 0; v < width; v++) sums[v] = load(y + k + v * W);
  for (int64_t i = 0; i < rows->count; i++) {
    const float *row = ck_row(rows, i) + k;
    vf factor = factors[i];
#pragma clang loop unroll(full)
    for (int v = 0; v < width; v++) sums[v] = multiply_add(factor, load(row + v * W), sums[v]);
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < width; v++) store(y + k + v * W, sums[v]);
}

static void add_rows(const ck_rows *rows, const float *factors, float *y) {
  int64_t k = 0;
  for (; k + 4 * W <= rows->dimension; k += 4 * W) add_columns(rows, factors, y, k, 4);
  for (; k + W <= rows->dimension; k += W) add_columns(rows, factors, y, k, 1);
  for (; k < rows->dimension; k++) {
    for (int64_t i = 0; i < rows->count; i++) y[k] += factors[i] * ck_row(rows, i)[k];
  }
}

// Rows of the symmetric matrix that stay in registers together, by two vectors of its columns.
enum { OUTER_ROWS = TILE, OUTER_COLUMNS = 2 * W, OUTER_FLOATS = 1 << 13 };

static inline __attribute__((always_inline)) void outer_tile(
    const float *left, const float *right, int64_t count, int64_t dimension, float *matrix,
    const int tile_rows, const int vectors) {
  vf sums[OUTER_ROWS][2];
#pragma clang loop unroll(full)
  for (int row = 0; row < tile_rows; row++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sums[row][v] = load(matrix + row * dimension + v * W);
  }
  for (int64_t i = 0; i < count; i++) {
    vf columns[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) columns[v] = load(right + i * dimension + v * W);
#pragma clang loop unroll(full)
    for (int row = 0; row < tile_rows; row++) {
      vf element = left[i * dimension + row];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        sums[row][v] = multiply_add(element, columns[v], sums[row][v]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int row = 0; row < tile_rows; row++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) store(matrix + row * dimension + v * W, sums[row][v]);
  }
}

// Adds the outer products of `count` gathered rows to the lower triangle, in tiles that may reach
// above the diagonal.
static void add_outer_block(
    const float *left, const float *right, int64_t count, int64_t dimension, float *matrix) {
  int64_t row = 0;
  for (; row < dimension; row += OUTER_ROWS) {
    const int64_t rows = dimension - row < OUTER_ROWS ? dimension - row : OUTER_ROWS;
    int64_t column = 0;
    for (; column < row + rows && column + OUTER_COLUMNS <= dimension; column += OUTER_COLUMNS) {
      float *tile = matrix + row * dimension + column;
      if (rows == OUTER_ROWS) {
        outer_tile(left + row, right + column, count, dimension, tile, OUTER_ROWS, 2);
      } else {
        for (int64_t r = 0; r < rows; r++) {
          outer_tile(left + row + r, right + column, count, dimension, tile + r * dimension, 1, 2);
        }
      }
    }
    for (; column < row + rows && column + W <= dimension; column += W) {
      float *tile = matrix + row * dimension + column;
      for (int64_t r = 0; r < rows; r++) {
        outer_tile(left + row + r, right + column, count, dimension, tile + r * dimension, 1, 1);
      }
    }
    for (; column < row + rows; column++) {
      for (int64_t r = 0; r < rows; r++) {
        float sum = 0;
        for (int64_t i = 0; i < count; i++) {
          sum += left[i * dimension + row + r] * right[i * dimension + column];
        }
        matrix[(row + r) * dimension + column] += sum;
      }
    }
  }
}

static void add_outer(const ck_rows *rows, const float *factors, float *matrix) {
  const int64_t dimension = rows->dimension;
  // Rows are gathered, and scaled, a block at a time that stays in the cache.
  float left[OUTER_FLOATS], right[OUTER_FLOATS];
  const int64_t most = OUTER_FLOATS / dimension;
  if (most == 0) {  // A row does not fit: one at a time.
    for (int64_t i = 0; i < rows->count; i++) {
      const float *row = ck_row(rows, i);
      for (int64_t k = 0; k < dimension; k++) {
        axpy((factors ? factors[i] : 1) * row[k], row, matrix + k * dimension, k + 1);
      }
    }
  }
  for (int64_t start = 0; most > 0 && start < rows->count; start += most) {
    const int64_t count = rows->count - start < most ? rows->count - start : most;
    for (int64_t i = 0; i < count; i++) {
      const float *row = ck_row(rows, start + i);
      const float factor = factors ? factors[start + i] : 1;
      for (int64_t k = 0; k < dimension; k++) {
        right[i * dimension + k] = row[k];
        left[i * dimension + k] = factor * row[k];
      }
    }
    add_outer_block(left, right, count, dimension, matrix);
  }
  for (int64_t row = 0; row < dimension; row++) {
    for (int64_t column = 0; column < row; column++) {
      matrix[column * dimension + row] = matrix[row * dimension + column];
    }
  }
}

static bool solve(float *matrix, float *b, int64_t dimension) {
  return ck_cholesky(matrix, b, dimension, dot, axpy);
}
