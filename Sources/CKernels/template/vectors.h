// Loops over vectors, for any level: the including file defines `W` lanes of `vf`,
// `multiply_add`, `lane_sum`.

typedef float vf_unaligned __attribute__((ext_vector_type(W), aligned(4)));

static inline __attribute__((always_inline)) vf load(const float *from) {
  return *(const vf_unaligned *)from;
}

static inline __attribute__((always_inline)) void store(float *to, vf value) {
  *(vf_unaligned *)to = value;
}

static float dot(const float *a, const float *b, int64_t count) {
  vf first = 0, second = 0, third = 0, fourth = 0;
  int64_t k = 0;
  for (; k + 4 * W <= count; k += 4 * W) {
    first = multiply_add(load(a + k), load(b + k), first);
    second = multiply_add(load(a + k + W), load(b + k + W), second);
    third = multiply_add(load(a + k + 2 * W), load(b + k + 2 * W), third);
    fourth = multiply_add(load(a + k + 3 * W), load(b + k + 3 * W), fourth);
  }
  for (; k + W <= count; k += W) first = multiply_add(load(a + k), load(b + k), first);
  float sum = lane_sum((first + second) + (third + fourth));
  for (; k < count; k++) sum += a[k] * b[k];
  return sum;
}
