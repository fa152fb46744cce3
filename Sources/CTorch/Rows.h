// The rows of a table that one gradient names, and loops over them on all threads.
#pragma once

#include <ATen/TensorIterator.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>

#include <vector>

namespace corral {

/// Runs body(first, last) over parts of 0..<count, on the threads that libtorch's own operations use.
///
/// The iterator's loop runs inside libtorch, which is built with threads; this file is not.
template <typename Body>
void in_parallel(int64_t count, int64_t grain, const Body &body) {
  if (count == 0) return;
  auto positions = at::arange(count, at::kLong);
  auto iterator =
      at::TensorIteratorConfig().check_all_same_dtype(false).resize_outputs(false).add_output(positions).build();
  iterator.for_each(
      [&](char **data, const int64_t *, int64_t length) {
        auto first = *reinterpret_cast<const int64_t *>(data[0]);
        body(first, first + length);
      },
      grain);
}

/// A gradient by rows: row ids[i] receives the sum of the value rows order[starts[i]..<starts[i + 1]].
///
/// Ids are distinct and rising, and each sum is in the order in which the gradient lists its terms: the result
/// depends on no thread.
struct RowGradient {
  at::Tensor values;  // [terms, columns], contiguous
  std::vector<int64_t> ids, starts, order;

  explicit RowGradient(const at::Tensor &gradient);

  int64_t count() const { return static_cast<int64_t>(ids.size()); }
  int64_t columns() const { return values.size(1); }
  /// How many rows are worth a thread.
  int64_t grain() const { return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, columns())); }
  /// The sum for ids[i]: in place where it has one term, else in `buffer`.
  const float *sum(int64_t i, float *buffer) const;
  double squared_norm() const;
};

}  // namespace corral
