#include "Rows.h"

#include <numeric>

namespace corral {

namespace {

/// Positions of `keys` in rising order of key, equal keys in their own order: radix sort, 11 bits at a time.
std::vector<int64_t> sorted_order(const int64_t *keys, int64_t count, int64_t bound) {
  constexpr int bits = 11, buckets = 1 << bits;
  std::vector<int64_t> order(count), next(count);
  std::iota(order.begin(), order.end(), 0);
  for (int shift = 0; shift < 63 && (bound - 1) >> shift > 0; shift += bits) {
    std::array<int64_t, buckets + 1> start{};
    for (int64_t i = 0; i < count; ++i) ++start[((keys[i] >> shift) & (buckets - 1)) + 1];
    std::partial_sum(start.begin(), start.end(), start.begin());
    for (int64_t position : order) next[start[(keys[position] >> shift) & (buckets - 1)]++] = position;
    order.swap(next);
  }
  return order;
}

}  // namespace

RowGradient::RowGradient(const at::Tensor &gradient) {
  if (!gradient.is_sparse()) {
    values = gradient.reshape({gradient.size(0), -1}).contiguous();
    ids.resize(gradient.size(0));
    std::iota(ids.begin(), ids.end(), 0);
    order = starts = ids;
    starts.push_back(gradient.size(0));
    return;
  }
  auto indices = gradient._indices().select(0, 0).contiguous();
  values = gradient._values().contiguous();
  const auto *keys = indices.const_data_ptr<int64_t>();
  order = sorted_order(keys, indices.size(0), gradient.size(0));
  for (size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && keys[order[i]] == keys[order[i - 1]]) continue;
    ids.push_back(keys[order[i]]);
    starts.push_back(static_cast<int64_t>(i));
  }
  starts.push_back(static_cast<int64_t>(order.size()));
}

const float *RowGradient::sum(int64_t i, float *buffer) const {
  const auto *data = values.const_data_ptr<float>();
  const auto width = columns();
  if (starts[i] + 1 == starts[i + 1]) return data + order[starts[i]] * width;
  std::fill(buffer, buffer + width, 0.0f);
  for (int64_t term = starts[i]; term < starts[i + 1]; ++term) {
    const float *row = data + order[term] * width;
    for (int64_t column = 0; column < width; ++column) buffer[column] += row[column];
  }
  return buffer;
}

double RowGradient::squared_norm() const {
  std::vector<double> norms(ids.size());
  in_parallel(count(), grain(), [&](int64_t first, int64_t last) {
    std::vector<float> buffer(columns());
    for (int64_t i = first; i < last; ++i) {
      const float *gradient = sum(i, buffer.data());
      float norm = 0;
      for (int64_t column = 0; column < columns(); ++column) norm += gradient[column] * gradient[column];
      norms[i] = norm;
    }
  });
  return std::accumulate(norms.begin(), norms.end(), 0.0);
}

}  // namespace corral
