// Rows against a panel, for any level: lanes are the vectors of the panel, and a tile of rows shares
// each of its elements. Every sum is one chain of fused multiply-adds in the order of the elements.

enum { LANES = W * PANEL_VECTORS };

// The sums of a tile; they stay in registers.
typedef vf tile_sums[TILE][PANEL_VECTORS];

// Adds the inner products of `rows` rows, `stride` elements apart, with the `vectors * W` lanes.
static inline __attribute__((always_inline)) void add_products(
    const float *start, int64_t stride, const int rows, const float *panel, const int vectors,
    int64_t dimension, tile_sums sums) {
  // One base pointer for three rows: the others are reached through the stride.
  const float *bases[(TILE + 2) / 3];
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row += 3) bases[row / 3] = start + row * stride;
  for (int64_t k = 0; k < dimension; k++) {
    vf held[PANEL_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) held[v] = load(panel + (k * vectors + v) * W);
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
      vf element = bases[row / 3][row % 3 * stride + k];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        sums[row][v] = multiply_add(element, held[v], sums[row][v]);
      }
    }
  }
}
