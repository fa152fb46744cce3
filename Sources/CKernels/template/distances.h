// One vector against others that lie anywhere, for any level: after `vectors.h`.

typedef float vf_four __attribute__((ext_vector_type(4)));

// The sums over the lanes of each of four vectors.
static inline __attribute__((always_inline)) vf_four four_sums(const vf rows[4]) {
  // Interleaved by twos: lane i of `all` holds a part of row i % 4.
  vf even = LOW_HALVES(rows[0], rows[2]) + HIGH_HALVES(rows[0], rows[2]);
  vf odd = LOW_HALVES(rows[1], rows[3]) + HIGH_HALVES(rows[1], rows[3]);
  vf all = LOW_HALVES(even, odd) + HIGH_HALVES(even, odd);
#if W == 16
  return (all.lo.lo + all.hi.lo) + (all.lo.hi + all.hi.hi);
#elif W == 8
  return all.lo + all.hi;
#else
  return all;
#endif
}

// Four rows at once, padded with the last, so that every sum has the same order whatever is asked
// for beside it.
static inline __attribute__((always_inline)) void negative_dots_of(
    const int64_t dimension, const float *vector, const float *const *others, int64_t count,
    float *distances) {
  for (int64_t i = 0; i < count; i += 4) {
    const int64_t last = count - 1 - i;
    const float *rows[4] = {
        others[i], others[i + (last < 1 ? last : 1)], others[i + (last < 2 ? last : 2)],
        others[i + (last < 3 ? last : 3)]};
    vf sums[4] = {0};
    int64_t k = 0;
    for (; k + W <= dimension; k += W) {
      vf held = load(vector + k);
#pragma clang loop unroll(full)
      for (int row = 0; row < 4; row++) sums[row] = multiply_add(held, load(rows[row] + k), sums[row]);
    }
    vf_four found = four_sums(sums);
    for (; k < dimension; k++) {
      for (int row = 0; row < 4; row++) found[row] += vector[k] * rows[row][k];
    }
    for (int row = 0; row < 4 && row <= last; row++) distances[i + row] = -found[row];
  }
}

// The compiler unrolls the loops of the usual dimensions.
static void negative_dots(
    const float *vector, const float *const *others, int64_t count, int64_t dimension,
    float *distances) {
  switch (dimension) {
  case 16: return negative_dots_of(16, vector, others, count, distances);
  case 32: return negative_dots_of(32, vector, others, count, distances);
  case 48: return negative_dots_of(48, vector, others, count, distances);
  case 64: return negative_dots_of(64, vector, others, count, distances);
  case 80: return negative_dots_of(80, vector, others, count, distances);
  case 96: return negative_dots_of(96, vector, others, count, distances);
  case 112: return negative_dots_of(112, vector, others, count, distances);
  case 128: return negative_dots_of(128, vector, others, count, distances);
  case 192: return negative_dots_of(192, vector, others, count, distances);
  case 256: return negative_dots_of(256, vector, others, count, distances);
  default: return negative_dots_of(dimension, vector, others, count, distances);
  }
}
