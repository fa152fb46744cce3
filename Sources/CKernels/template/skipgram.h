// The step of a skip-gram pair, for any level: after `distances.h`.

typedef int32_t vi_four __attribute__((ext_vector_type(4)));
typedef float vf_four_unaligned __attribute__((ext_vector_type(4), aligned(4)));

// 1 / (1 + e^x) to a few last bits: e^x is 2^n 2^r with |r| <= 1/2, and 2^r its Taylor polynomial.
static inline __attribute__((always_inline)) vf_four falling_sigmoid(vf_four x) {
  x = __builtin_elementwise_min(__builtin_elementwise_max(x, (vf_four)-60.0f), (vf_four)60.0f);
  vf_four power = x * 1.44269504f;
  vf_four whole = __builtin_elementwise_rint(power);
  vf_four r = power - whole;
  vf_four part = 1.5403530e-4f;
  part = part * r + 1.3333558e-3f;
  part = part * r + 9.6181291e-3f;
  part = part * r + 5.5504109e-2f;
  part = part * r + 2.4022651e-1f;
  part = part * r + 6.9314718e-1f;
  part = part * r + 1.0f;
  vf_four scale = (vf_four)((__builtin_convertvector(whole, vi_four) + 127) << 23);
  return 1.0f / (1.0f + part * scale);
}

static inline __attribute__((always_inline)) void learn_pair(
    const ck_pair *pair, const int64_t dimension, float rate) {
  // Distances are minus scores; then, over them, how far each output moves along the input.
  float steps[CK_MOST_NEGATIVES + 1 + 3];
  negative_dots_of(dimension, pair->input, (const float *const *)pair->outputs, pair->count, steps);
  for (int64_t i = 0; i < pair->count; i += 4) {
    vf_four shares = falling_sigmoid(*(const vf_four_unaligned *)(steps + i));
    *(vf_four_unaligned *)(steps + i) = -rate * shares;
  }
  steps[0] += rate;
  for (int64_t k = 0; k < dimension; k += W) {
    const vf held = load(pair->input + k);
    vf moved = held;
    for (int64_t i = 0; i < pair->count; i++) {
      float *row = pair->outputs[i] + k;
      vf output = load(row);
      moved = multiply_add((vf)steps[i], output, moved);
      store(row, multiply_add((vf)steps[i], held, output));
    }
    store(pair->input + k, moved);
  }
}

static void skip_gram(
    const ck_skip_gram *model, const int32_t *items, int64_t count, float rate, uint64_t seed) {
  // The compiler unrolls the loops of the usual dimensions.
  switch (model->dimension) {
  case 32: return ck_for_pairs(model, items, count, seed, rate, 32, learn_pair);
  case 64: return ck_for_pairs(model, items, count, seed, rate, 64, learn_pair);
  case 128: return ck_for_pairs(model, items, count, seed, rate, 128, learn_pair);
  default: return ck_for_pairs(model, items, count, seed, rate, model->dimension, learn_pair);
  }
}
