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

static void negative_dots(
    const float *vector, const float *const *others, int64_t count, int64_t dimension,
    float *distances) {
  negative_dots_of(dimension, vector, others, count, distances);
}

// The same with a dimension that the compiler knows.
#define OF_DIMENSION(known) \
  static void negative_dots_##known( \
      const float *vector, const float *const *others, int64_t count, int64_t dimension, \
      float *distances) { \
    (void)dimension; \
    negative_dots_of(known, vector, others, count, distances); \
  }
OF_DIMENSION(16)
OF_DIMENSION(32)
OF_DIMENSION(48)
OF_DIMENSION(64)
OF_DIMENSION(80)
OF_DIMENSION(96)
OF_DIMENSION(112)
OF_DIMENSION(128)
OF_DIMENSION(192)
OF_DIMENSION(256)

static ck_distances negative_dots_for(int64_t dimension) {
#define CASE(known) case known: return negative_dots_##known;
  switch (dimension) {
    CASE(16) CASE(32) CASE(48) CASE(64) CASE(80) CASE(96) CASE(112) CASE(128) CASE(192) CASE(256)
    default: return negative_dots;
  }
}
