// Attention and recurrence over sequences of different lengths that lie one after the other.
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu_backward.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gru.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <numeric>

#include "Guard.h"

using namespace corral;

namespace {

/// Where sequences start and end, and how long the longest is.
struct Sequences {
  std::vector<int64_t> offsets;

  Sequences(const ct_int *starts, ct_int count) : offsets(starts, starts + count + 1) {}
  explicit Sequences(std::vector<int64_t> starts) : offsets(std::move(starts)) {}

  int64_t count() const { return static_cast<int64_t>(offsets.size()) - 1; }
  int64_t length(int64_t i) const { return offsets[i + 1] - offsets[i]; }
  int64_t longest() const {
    int64_t longest = 0;
    for (int64_t i = 0; i < count(); ++i) longest = std::max(longest, length(i));
    return longest;
  }
};

/// Queries, keys or values of the sequence at `start`, [1, heads, length, d / heads]; a view.
at::Tensor part(const at::Tensor &joined, int64_t which, int64_t width, int64_t heads, int64_t start, int64_t length) {
  return joined.narrow(0, start, length)
      .narrow(1, which * width, width)
      .view({1, length, heads, width / heads})
      .transpose(1, 2);
}

/// A loop over sequences: no padding, and no mask since a causal one follows from the places.
struct RaggedAttention : torch::autograd::Function<RaggedAttention> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &joined,
                            std::vector<int64_t> offsets, int64_t heads, bool causal) {
    const Sequences sequences(offsets);
    const int64_t width = joined.size(1) / 3;
    auto out = at::empty({joined.size(0), width}, joined.options());
    torch::autograd::variable_list saved{joined, out};
    for (int64_t i = 0; i < sequences.count(); ++i) {
      const auto start = sequences.offsets[i], length = sequences.length(i);
      if (length == 0) continue;
      auto [result, log_sums] = at::_scaled_dot_product_flash_attention_for_cpu(
          part(joined, 0, width, heads, start, length), part(joined, 1, width, heads, start, length),
          part(joined, 2, width, heads, start, length), 0.0, causal);
      part(out, 0, width, heads, start, length).copy_(result);
      saved.push_back(log_sums);
    }
    context->save_for_backward(std::move(saved));
    context->saved_data["offsets"] = std::move(offsets);
    context->saved_data["heads"] = heads;
    context->saved_data["causal"] = causal;
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    auto saved = context->get_saved_variables();
    const auto &joined = saved[0], &out = saved[1];
    const Sequences sequences(context->saved_data["offsets"].toIntVector());
    const auto heads = context->saved_data["heads"].toInt();
    const auto causal = context->saved_data["causal"].toBool();
    const int64_t width = joined.size(1) / 3;
    const auto above = gradients[0].contiguous();
    auto below = at::empty_like(joined);
    size_t next = 2;
    for (int64_t i = 0; i < sequences.count(); ++i) {
      const auto start = sequences.offsets[i], length = sequences.length(i);
      if (length == 0) continue;
      auto [queries, keys, values] = at::_scaled_dot_product_flash_attention_for_cpu_backward(
          part(above, 0, width, heads, start, length), part(joined, 0, width, heads, start, length),
          part(joined, 1, width, heads, start, length), part(joined, 2, width, heads, start, length),
          part(out, 0, width, heads, start, length), saved[next++], 0.0, causal);
      part(below, 0, width, heads, start, length).copy_(queries);
      part(below, 1, width, heads, start, length).copy_(keys);
      part(below, 2, width, heads, start, length).copy_(values);
    }
    return {below, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

/// Sequences padded to the longest, which begin together: then a causal mask follows from the places too.
at::Tensor padded_attention(const at::Tensor &joined, const Sequences &sequences, int64_t heads, bool causal) {
  const int64_t count = sequences.count(), longest = sequences.longest(), width = joined.size(1) / 3;
  std::vector<int64_t> places;
  places.reserve(joined.size(0));
  std::vector<int64_t> lengths;
  for (int64_t i = 0; i < count; ++i) {
    lengths.push_back(sequences.length(i));
    for (int64_t j = 0; j < lengths.back(); ++j) places.push_back(i * longest + j);
  }
  const auto at_places = at::tensor(places, at::kLong).to(joined.device());
  auto padded = at::zeros({count * longest, 3 * width}, joined.options()).index_copy(0, at_places, joined);
  auto each = padded.view({count, longest, 3, heads, width / heads}).permute({2, 0, 3, 1, 4});
  std::optional<at::Tensor> mask;
  if (!causal) {
    const auto ends = at::tensor(lengths, at::kLong).to(joined.device());
    mask = (at::arange(longest, ends.options()).unsqueeze(0) < ends.unsqueeze(1)).view({count, 1, 1, longest});
  }
  auto out = at::scaled_dot_product_attention(each[0], each[1], each[2], mask, 0.0, causal);
  return out.transpose(1, 2).reshape({count * longest, width}).index_select(0, at_places);
}

}  // namespace

bool ct_ragged_attention(const ct_tensor *joined, const ct_int *offsets, ct_int sequences, ct_int heads, bool causal,
                         bool portable, ct_out out) {
  return made(out, [&] {
    const auto &x = joined->value;
    const Sequences rows(offsets, sequences);
    TORCH_CHECK(x.dim() == 2 && x.size(1) % (3 * heads) == 0, "queries, keys and values of ", heads,
                " heads side by side are needed");
    TORCH_CHECK(rows.offsets.back() == x.size(0), "the sequences hold ", rows.offsets.back(), " positions");
    if (x.size(0) == 0) return x.narrow(1, 0, x.size(1) / 3);
    if (x.is_cpu() && !portable) {
      return RaggedAttention::apply(x.contiguous(), rows.offsets, static_cast<int64_t>(heads), causal);
    }
    return padded_attention(x, rows, heads, causal);
  });
}

bool ct_ragged_gru(const ct_tensor *x, const ct_int *offsets, ct_int sequences, const ct_tensor *const *weights,
                   ct_int layers, ct_out out) {
  return made(out, [&] {
    const Sequences rows(offsets, sequences);
    TORCH_CHECK(rows.offsets.back() == x->value.size(0), "the sequences hold ", rows.offsets.back(), " positions");
    if (x->value.size(0) == 0) return at::zeros({0, weights[1]->value.size(1)}, x->value.options());
    // libtorch wants all first positions, then all second ones, ..., the longest sequences first.
    std::vector<int64_t> order(rows.count());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return rows.length(i) > rows.length(j); });
    std::vector<int64_t> there(x->value.size(0)), back(x->value.size(0)), sizes;
    int64_t filled = 0;
    for (int64_t step = 0; step < rows.longest(); ++step) {
      int64_t size = 0;
      for (; size < rows.count() && rows.length(order[size]) > step; ++size) {
        const auto position = rows.offsets[order[size]] + step;
        there[filled] = position;
        back[position] = filled++;
      }
      sizes.push_back(size);
    }
    std::vector<at::Tensor> parameters;
    for (ct_int i = 0; i < 4 * layers; ++i) parameters.push_back(weights[i]->value);
    const auto device = x->value.device();
    auto start = at::zeros({layers, sizes.front(), parameters[1].size(1)}, x->value.options());
    auto data = x->value.index_select(0, at::tensor(there, at::kLong).to(device));
    auto states = std::get<0>(at::gru(data, at::tensor(sizes, at::kLong), start, parameters, /*has_biases=*/true, layers,
                                      /*dropout=*/0.0, /*train=*/false, /*bidirectional=*/false));
    return states.index_select(0, at::tensor(back, at::kLong).to(device));
  });
}
