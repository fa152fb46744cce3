// The nearest centres of points, for any level: after `panels.h`. Lanes are centres, and a tile of points
// shares each of them.

typedef int32_t vi __attribute__((ext_vector_type(W)));

static inline __attribute__((always_inline)) void nearest_tile(
    const ck_assignment *assignment, int64_t first, const int rows, const float *panels,
    int64_t panel_count) {
  const int64_t dimension = assignment->dimension, stride = assignment->stride;
  const float *points = assignment->points + first * stride;
  vf best[TILE];
  vi nearest[TILE];
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
    best[row] = -__builtin_inff();
    nearest[row] = 0;
  }
  vi lane;
  for (int i = 0; i < W; i++) lane[i] = i;
  for (int64_t panel = 0; panel < panel_count; panel++, panels += LANES * (dimension + 1)) {
    tile_sums sums;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
      for (int v = 0; v < PANEL_VECTORS; v++) sums[row][v] = *(const vf *)(panels + v * W);
    }
    add_products(points, stride, rows, panels + LANES, PANEL_VECTORS, dimension, sums);
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
      for (int v = 0; v < PANEL_VECTORS; v++) {
        vi better = sums[row][v] > best[row];
        best[row] = better ? sums[row][v] : best[row];
        nearest[row] = better ? lane + (int32_t)(panel * LANES + v * W) : nearest[row];
      }
    }
  }
  for (int row = 0; row < rows; row++) {
    float top = best[row][0];
    int32_t found = nearest[row][0];
    for (int i = 1; i < W; i++) {
      float score = best[row][i];
      int32_t centre = nearest[row][i];
      if (score > top || (score == top && centre < found)) {
        top = score;
        found = centre;
      }
    }
    assignment->clusters[first + row] = found;
  }
}

static void assign(const ck_assignment *assignment, const float *panels, int64_t panel_count) {
  const int64_t dimension = assignment->dimension, count = assignment->point_count;
  int64_t i = 0;
  for (; i + TILE <= count; i += TILE) nearest_tile(assignment, i, TILE, panels, panel_count);
  for (; i < count; i++) nearest_tile(assignment, i, 1, panels, panel_count);
  for (i = 0; i < count; i++) {
    const int32_t cluster = assignment->clusters[i];
    const float *point = assignment->points + i * assignment->stride;
    const float *centre = assignment->centres + cluster * dimension;
    double *sums = assignment->sums + cluster * dimension;
    for (int64_t k = 0; k < dimension; k++) sums[k] += point[k];
    vf squares = 0;
    int64_t k = 0;
    for (; k + W <= dimension; k += W) {
      vf apart = load(point + k) - load(centre + k);
      squares = multiply_add(apart, apart, squares);
    }
    float square = lane_sum(squares);
    for (; k < dimension; k++) square += (point[k] - centre[k]) * (point[k] - centre[k]);
    assignment->distances[i] = square;
    assignment->counts[cluster]++;
  }
}
