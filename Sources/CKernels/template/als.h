// The row solvers of implicit ALS, for any level, the plain one too: vectors of 16 floats, which the
// compiler lowers to one, two or four registers. `ALS_ROWS` is how many rows of a tile stay in registers.
typedef float vec __attribute__((vector_size(64)));
typedef float loose __attribute__((vector_size(64), aligned(4)));

#define BODY static inline __attribute__((always_inline))
#define WIDTH 16

// Macros rather than functions: the plain level cannot pass such a vector by value.
#define LOAD(p) (*(const loose *)(p))
#define STORE(p, v) (*(loose *)(p) = (v))

BODY float als_sum(const vec *v) {
  float parts[WIDTH];
  STORE(parts, *v);
  for (int half = WIDTH / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) parts[i] += parts[i + half];
  return parts[0];
}

BODY float als_dot(const float *a, const float *b, int64_t n) {
  vec first = {0}, second = {0};
  int64_t i = 0;
  for (; i + 2 * WIDTH <= n; i += 2 * WIDTH) {
    first += LOAD(a + i) * LOAD(b + i);
    second += LOAD(a + i + WIDTH) * LOAD(b + i + WIDTH);
  }
  for (; i < n; i += WIDTH) first += LOAD(a + i) * LOAD(b + i);
  first += second;
  return als_sum(&first);
}

BODY void axpy(float scale, const float *x, float *y, int64_t n) {
  for (int64_t i = 0; i < n; i += WIDTH) STORE(y + i, LOAD(y + i) + scale * LOAD(x + i));
}

// ALS_ROWS x 16 elements of `a` += sign * sum_k weight_k left_k[0..<ALS_ROWS] right_k[0..<16]^T, where the
// pair of step k lies at offset (items[k] or k) * stride.
BODY void tile(float *a, int64_t lead, const float *left, const float *right, int64_t stride,
               const int32_t *items, const float *weights, int64_t steps, float sign) {
  vec held[WIDTH];
#pragma unroll
  for (int r = 0; r < ALS_ROWS; r++) held[r] = (vec){0};
  for (int64_t k = 0; k < steps; k++) {
    int64_t at = (items ? items[k] : k) * stride;
    vec column = LOAD(right + at);
    if (weights) column *= weights[k];
#pragma unroll
    for (int r = 0; r < ALS_ROWS; r++) held[r] += left[at + r] * column;
  }
#pragma unroll
  for (int r = 0; r < ALS_ROWS; r++) STORE(a + r * lead, LOAD(a + r * lead) + sign * held[r]);
}

// The upper triangle of a [n, n] += sign * sum_k weight_k v_k v_k^T, in tiles that stay in registers.
BODY void accumulate(float *a, int64_t lead, int64_t n, const float *vectors, int64_t stride,
                     const int32_t *items, const float *weights, int64_t steps, float sign) {
  // So many rows of the factors at a time stay in the nearest cache while all tiles pass over them.
  int64_t stay = n <= 64 ? 96 : n <= 128 ? 48 : 16;
  for (int64_t from = 0; from < steps; from += stay) {
    int64_t part = steps - from < stay ? steps - from : stay;
    const float *base = items ? vectors : vectors + from * stride;
    for (int64_t i = 0; i < n; i += ALS_ROWS)
      for (int64_t j = i / WIDTH * WIDTH; j < n; j += WIDTH)
        tile(a + i * lead + j, lead, base + i, base + j, stride, items ? items + from : NULL,
             weights ? weights + from : NULL, part, sign);
  }
}

// a = U^T U in place, upper triangle; false where a is not positive definite.
BODY bool factorise(float *a, int64_t n) {
  for (int64_t block = 0; block < n; block += WIDTH) {
    for (int64_t i = block; i < block + WIDTH; i++) {
      float *row = a + i * n;
      float pivot = row[i];
      if (!(pivot > 0)) return false;
      float scale = 1 / sqrtf(pivot);
      for (int64_t j = block; j < n; j += WIDTH) STORE(row + j, LOAD(row + j) * scale);
      for (int64_t below = i + 1; below < block + WIDTH; below++)
        axpy(-row[below], row + block, a + below * n + block, n - block);
    }
    int64_t next = block + WIDTH;
    accumulate(a + next * n + next, n, n - next, a + block * n + next, n, NULL, NULL, WIDTH, -1);
  }
  return true;
}

// U^T U x = x in place.
BODY void substitute(const float *u, float *x, int64_t n) {
  for (int64_t k = 0; k < n; k++) {
    const float *row = u + k * n;
    float value = x[k] / row[k];
    int64_t next = (k / WIDTH + 1) * WIDTH;
    for (int64_t j = k + 1; j < next; j++) x[j] -= value * row[j];
    axpy(-value, row + next, x + next, n - next);
    x[k] = value;
  }
  for (int64_t k = n; k-- > 0;) {
    const float *row = u + k * n;
    int64_t next = (k / WIDTH + 1) * WIDTH;
    float rest = als_dot(row + next, x + next, n - next);
    for (int64_t j = k + 1; j < next; j++) rest += row[j] * x[j];
    x[k] = (x[k] - rest) / row[k];
  }
}

// The upper triangle of the gramian's block at `from`, the regularisation on its diagonal. An unused
// column's solution is zero whatever stands on its diagonal, so long as it is positive.
BODY void als_start(const ck_als_row *p, int64_t from, int64_t n, float *a) {
  for (int64_t i = 0; i < n; i++) {
    int64_t j = i / WIDTH * WIDTH;
    memcpy(a + i * n + j, p->gramian + (from + i) * p->dimension + from + j,
           (size_t)(n - j) * sizeof(float));
    if (from + i < p->used) a[i * n + i] += p->regularisation;
    else a[i * n + i] = 1;
  }
}

static bool als_cholesky(const ck_als_row *p, float *a, float *x) {
  int64_t n = p->dimension;
  als_start(p, 0, n, a);
  bool weighted = false;
  for (int64_t i = 0; i < p->count; i++) weighted |= p->weights[i] != 0;
  if (weighted)
    accumulate(a, n, n, p->factors, n, p->items, p->weights, p->count, 1);
  memset(x, 0, (size_t)n * sizeof(float));
  for (int64_t i = 0; i < p->count; i++)
    axpy(p->targets[i], p->factors + p->items[i] * n, x, n);
  if (!factorise(a, n)) return false;
  substitute(a, x, n);
  return true;
}

// out = (gramian + regularisation I) v + sum_i (weights[i] h_i . v - targets[i]) h_i; targets may be
// absent. `n` is a constant where the compiler is to keep v and out in registers.
BODY void apply(const ck_als_row *p, const float *v, const float *targets, float *out,
                int64_t n) {
  for (int64_t j = 0; j < n; j += WIDTH) STORE(out + j, p->regularisation * LOAD(v + j));
  int64_t k = 0;
  for (; k + 4 <= n; k += 4) {
    const float *row = p->gramian + k * n;
    for (int64_t j = 0; j < n; j += WIDTH)
      STORE(out + j, LOAD(out + j) + v[k] * LOAD(row + j) + v[k + 1] * LOAD(row + n + j) +
                         v[k + 2] * LOAD(row + 2 * n + j) + v[k + 3] * LOAD(row + 3 * n + j));
  }
  int64_t i = 0;
  for (; i + 4 <= p->count; i += 4) {
    const float *h[4];
    float scale[4];
#pragma unroll
    for (int r = 0; r < 4; r++) h[r] = p->factors + p->items[i + r] * n;
    vec s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    for (int64_t j = 0; j < n; j += WIDTH) {
      vec x = LOAD(v + j);
      s0 += x * LOAD(h[0] + j);
      s1 += x * LOAD(h[1] + j);
      s2 += x * LOAD(h[2] + j);
      s3 += x * LOAD(h[3] + j);
    }
    scale[0] = als_sum(&s0), scale[1] = als_sum(&s1), scale[2] = als_sum(&s2), scale[3] = als_sum(&s3);
#pragma unroll
    for (int r = 0; r < 4; r++)
      scale[r] = p->weights[i + r] * scale[r] - (targets ? targets[i + r] : 0);
    for (int64_t j = 0; j < n; j += WIDTH)
      STORE(out + j, LOAD(out + j) + scale[0] * LOAD(h[0] + j) + scale[1] * LOAD(h[1] + j) +
                         scale[2] * LOAD(h[2] + j) + scale[3] * LOAD(h[3] + j));
  }
  for (; i < p->count; i++) {
    const float *h = p->factors + p->items[i] * n;
    axpy(p->weights[i] * als_dot(h, v, n) - (targets ? targets[i] : 0), h, out, n);
  }
}

BODY bool conjugate(const ck_als_row *p, int64_t steps, float *scratch, float *x,
                    int64_t n) {
  float *residual = scratch, *direction = scratch + n, *image = scratch + 2 * n;
  apply(p, x, p->targets, residual, n);
  for (int64_t j = 0; j < n; j += WIDTH) {
    vec r = -LOAD(residual + j);
    STORE(residual + j, r);
    STORE(direction + j, r);
  }
  float square = als_dot(residual, residual, n);
  for (int64_t step = 0; step < steps && square > 1e-20f; step++) {
    apply(p, direction, NULL, image, n);
    float scale = square / als_dot(direction, image, n);
    axpy(scale, direction, x, n);
    axpy(-scale, image, residual, n);
    float next = als_dot(residual, residual, n);
    float turn = next / square;
    for (int64_t j = 0; j < n; j += WIDTH)
      STORE(direction + j, LOAD(residual + j) + turn * LOAD(direction + j));
    square = next;
  }
  return isfinite(square);
}

static bool als_conjugate_gradients(
    const ck_als_row *p, int64_t steps, float *scratch, float *x) {
  switch (p->dimension) {
    case 32: return conjugate(p, steps, scratch, x, 32);
    case 64: return conjugate(p, steps, scratch, x, 64);
    case 128: return conjugate(p, steps, scratch, x, 128);
    default: return conjugate(p, steps, scratch, x, p->dimension);
  }
}

static void als_predictions(
    const float *factors, int64_t n, const int32_t *items, int64_t count, const float *x, float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = als_dot(factors + items[i] * n, x, n);
}

static bool als_blocks(const ck_als_row *p, int64_t block, float *scratch, float *x) {
  int64_t n = p->dimension;
  float *a = scratch, *step = scratch + block * block, *predicted = step + block;
  als_predictions(p->factors, n, p->items, p->count, x, predicted);
  for (int64_t from = 0; from < n; from += block) {
    int64_t size = n - from < block ? n - from : block;
    als_start(p, from, size, a);
    accumulate(a, size, size, p->factors + from, n, p->items, p->weights, p->count, 1);
    for (int64_t i = 0; i < size; i++)
      step[i] = als_dot(p->gramian + (from + i) * n, x, n) + p->regularisation * x[from + i];
    for (int64_t i = 0; i < p->count; i++)
      axpy(p->weights[i] * predicted[i] - p->targets[i], p->factors + p->items[i] * n + from, step,
           size);
    if (!factorise(a, size)) return false;
    substitute(a, step, size);
    axpy(-1, step, x + from, size);
    for (int64_t i = 0; i < p->count; i++)
      predicted[i] -= als_dot(p->factors + p->items[i] * n + from, step, size);
  }
  return true;
}

static void als_gramian(
    const float *factors, int64_t n, int64_t first, int64_t last, float *gramian) {
  accumulate(gramian, n, n, factors + first * n, n, NULL, NULL, last - first, 1);
}
