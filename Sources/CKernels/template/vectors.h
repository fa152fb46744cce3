// Loops over vectors, for any level: the including file defines `W` lanes of `vf`,
// `multiply_add`, `lane_sum`.

typedef float vf_unaligned __attribute__((ext_vector_type(W), aligned(4)));

static inline __attribute__((always_inline)) vf load(const float *from) {
  return *(const vf_unaligned *)from;
}

static inline __attribute__((always_inline)) void store(float *to, vf value) {
  *(vf_unaligned *)to = value;
}
