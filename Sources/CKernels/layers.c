#include "levels.h"

// Panels of `lanes` outputs; the last has half as many where that is enough.
static int64_t panel_width(int64_t lanes, int64_t left) {
  return left <= lanes / 2 ? lanes / 2 : lanes;
}

int64_t ck_layer_width(ck_level level, int64_t outputs) {
  const int64_t half = ck_kernels_at(level)->lanes / 2;
  return (outputs + half - 1) / half * half;
}

int64_t ck_layer_size(ck_level level, int64_t inputs, int64_t outputs) {
  return ck_layer_width(level, outputs) * (inputs + 1);
}

void ck_pack_layer(
    ck_level level, const float *weight, const float *bias, int64_t inputs, int64_t outputs,
    float *panels) {
  const int64_t lanes = ck_kernels_at(level)->lanes;
  for (int64_t first = 0; first < outputs; first += lanes) {
    const int64_t width = panel_width(lanes, outputs - first);
    // What each sum starts from, then a vector for each input.
    for (int64_t lane = 0; lane < width; lane++) {
      const int64_t output = first + lane;
      const bool used = output < outputs;
      panels[lane] = used && bias ? bias[output] : 0;
      for (int64_t k = 0; k < inputs; k++) {
        panels[(k + 1) * width + lane] = used ? weight[output * inputs + k] : 0;
      }
    }
    panels += width * (inputs + 1);
  }
}

void ck_apply_layer(
    ck_level level, const ck_layer *layer, const float *rows, int64_t stride, int64_t count,
    float *out, int64_t out_stride) {
  const ck_kernels *kernels = ck_kernels_at(level);
  const float *panels = layer->panels;
  for (int64_t first = 0; first < layer->outputs; first += kernels->lanes) {
    const int64_t width = panel_width(kernels->lanes, layer->outputs - first);
    kernels->apply_panel(layer, panels, width, rows, stride, count, out + first, out_stride);
    panels += width * (layer->inputs + 1);
  }
}

void ck_add_rows(
    ck_level level, const float *vector, const float *const *rows, int64_t count, int64_t width,
    bool is_rectified, float *sums, int64_t stride) {
  ck_kernels_at(level)->add_rows(vector, rows, count, width, is_rectified, sums, stride);
}
