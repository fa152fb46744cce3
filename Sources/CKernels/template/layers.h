// Dense layers, for any level: after `panels.h`. Lanes are outputs, and a tile of rows shares each of them.

static inline __attribute__((always_inline)) void layer_tile(
    const ck_layer *layer, const float *panel, const int vectors, const float *start,
    int64_t stride, const int rows, float *out, int64_t out_stride) {
  tile_sums sums;
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    vf bias = load(panel + v * W);
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) sums[row][v] = bias;
  }
  add_products(start, stride, rows, panel + vectors * W, vectors, layer->inputs, sums);
  const vf floor = layer->is_rectified ? (vf)0 : (vf)-__builtin_inff();
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      // Not a number passes, as through any ReLU.
      store(out + row * out_stride + v * W, sums[row][v] < floor ? floor : sums[row][v]);
    }
  }
}

static inline __attribute__((always_inline)) void apply_panel_of(
    const int vectors, const ck_layer *layer, const float *panel, const float *rows,
    int64_t stride, int64_t count, float *out, int64_t out_stride) {
  if (count < TILE) {
    for (int64_t i = 0; i < count; i++) {
      layer_tile(layer, panel, vectors, rows + i * stride, stride, 1, out + i * out_stride, out_stride);
    }
    return;
  }
  // The last tile may begin among the rows of the one before it.
  for (int64_t i = 0; i < count; i += TILE) {
    const int64_t first = i + TILE <= count ? i : count - TILE;
    layer_tile(
        layer, panel, vectors, rows + first * stride, stride, TILE, out + first * out_stride,
        out_stride);
  }
}

static void apply_panel(
    const ck_layer *layer, const float *panel, int64_t width, const float *rows, int64_t stride,
    int64_t count, float *out, int64_t out_stride) {
  if (width == LANES) {
    apply_panel_of(PANEL_VECTORS, layer, panel, rows, stride, count, out, out_stride);
  } else {
    apply_panel_of(PANEL_VECTORS / 2, layer, panel, rows, stride, count, out, out_stride);
  }
}

static void add_rows(
    const float *vector, const float *const *rows, int64_t count, int64_t width, bool is_rectified,
    float *sums, int64_t stride) {
  const float floor = is_rectified ? 0 : -__builtin_inff();
  for (int64_t row = 0; row < count; row++) {
    const float *added = rows[row];
    float *to = sums + row * stride;
    int64_t k = 0;
    for (; k + W <= width; k += W) {
      vf sum = load(vector + k) + load(added + k);
      store(to + k, sum < (vf)floor ? (vf)floor : sum);
    }
    for (; k < width; k++) {
      float sum = vector[k] + added[k];
      to[k] = sum < floor ? floor : sum;
    }
  }
}
