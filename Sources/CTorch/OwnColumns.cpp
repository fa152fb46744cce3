// Rows that have columns of their own in a table: their products, and losses of them with their gradients.
#include <ATen/ops/aminmax.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "Guard.h"
#include "Rows.h"

using namespace corral;

namespace {

// Four floats at once, and four of those: sums that do not wait for each other.
using float4 = float __attribute__((vector_size(16)));

inline float dot(const float *x, const float *y, int64_t count) {
  float4 sums[4] = {};
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (int part = 0; part < 4; ++part) {
      float4 left, right;
      std::memcpy(&left, x + i + 4 * part, sizeof left);
      std::memcpy(&right, y + i + 4 * part, sizeof right);
      sums[part] += left * right;
    }
  }
  const float4 both = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  float sum = (both[0] + both[1]) + (both[2] + both[3]);
  for (; i < count; ++i) sum += x[i] * y[i];
  return sum;
}

/// y += factor * x
inline void add(float factor, const float *__restrict x, float *__restrict y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] += factor * x[i];
}

/// Vectors `[rows, d]`, a table `[columns, d]`, and the n columns `[rows, n]` of each row.
struct Rows {
  const float *vectors, *table;
  const int64_t *columns;
  int64_t count, width, each;

  Rows(const at::Tensor &x, const at::Tensor &y, const at::Tensor &places)
      : vectors(x.const_data_ptr<float>()), table(y.const_data_ptr<float>()),
        columns(places.const_data_ptr<int64_t>()), count(x.size(0)), width(x.size(1)), each(places.size(1)) {}

  const float *vector(int64_t row) const { return vectors + row * width; }
  /// The vector of the column at a place, counted through all rows.
  const float *column(int64_t place) const { return table + columns[place] * width; }
  float product(int64_t row, int64_t place) const { return dot(vector(row), column(place), width); }
  /// How many rows are worth a thread.
  int64_t grain() const { return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, width * each)); }

  /// Given the gradient of every product, adds up that of the table.
  void add_to_table(const float *gradients, float *to) const {
    // One thread: two rows may add to the same row of the table, and sums are to have one order.
    for (int64_t row = 0; row < count; ++row) {
      for (int64_t place = row * each; place < (row + 1) * each; ++place) {
        if (gradients[place] != 0) add(gradients[place], vector(row), to + columns[place] * width, width);
      }
    }
  }
};

/// Products of rows and the table's rows that each names, without a copy of what is named.
struct ProductsAt : torch::autograd::Function<ProductsAt> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &y,
                            const at::Tensor &places) {
    auto out = at::empty(places.sizes(), x.options());
    const Rows rows(x, y, places);
    auto *to = out.data_ptr<float>();
    in_parallel(rows.count, rows.grain(), [&](int64_t first, int64_t last) {
      for (int64_t row = first; row < last; ++row) {
        for (int64_t j = row * rows.each; j < (row + 1) * rows.each; ++j) to[j] = rows.product(row, j);
      }
    });
    context->save_for_backward({x, y, places});
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Rows rows(saved[0], saved[1], saved[2]);
    const auto above = gradients[0].contiguous();
    auto of_x = at::zeros_like(saved[0]), of_y = at::zeros_like(saved[1]);
    const auto *g = above.const_data_ptr<float>();
    auto *to = of_x.data_ptr<float>();
    in_parallel(rows.count, rows.grain(), [&](int64_t first, int64_t last) {
      for (int64_t row = first; row < last; ++row) {
        for (int64_t j = row * rows.each; j < (row + 1) * rows.each; ++j) {
          add(g[j], rows.column(j), to + row * rows.width, rows.width);
        }
      }
    });
    rows.add_to_table(g, of_y.data_ptr<float>());
    return {of_x, of_y, at::Tensor()};
  }
};

struct Softplus {
  float value, slope;

  explicit Softplus(float x) {
    const float power = std::exp(-std::abs(x));
    value = std::max(x, 0.0f) + std::log1p(power);
    slope = (x < 0 ? power : 1) / (1 + power);
  }
};

/// The loss of a row from the products of its columns, which become the loss's derivatives by them.
float pairwise(ct_pairwise form, float *products, int64_t each, int64_t target, const bool *masked) {
  const float positive = products[target];
  const auto counts = [&](int64_t j) { return j != target && !(masked && masked[j]); };
  int64_t negatives = 0;
  for (int64_t j = 0; j < each; ++j) negatives += counts(j);
  const float share = 1.0f / static_cast<float>(std::max<int64_t>(negatives, 1));
  float loss = 0, slope = 0;
  for (int64_t j = 0; j < each; ++j) {
    if (j == target) continue;
    const Softplus part(form == ct_pairwise_ranking ? products[j] - positive : products[j]);
    products[j] = counts(j) ? part.slope * share : 0;
    loss += counts(j) ? part.value * share : 0;
    slope -= products[j];
  }
  if (form == ct_pairwise_binary) {
    const Softplus part(-positive);
    loss += part.value;
    slope = -part.slope;
  }
  products[target] = slope;
  return loss;
}

/// The weighted sum of the rows' losses. Its gradients are computed at once: all that is kept are theirs.
struct PairwiseLoss : torch::autograd::Function<PairwiseLoss> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &y,
                            const at::Tensor &places, const at::Tensor &targets, const at::Tensor &masked,
                            const at::Tensor &weights, int64_t form, bool with_gradients) {
    const Rows rows(x, y, places);
    auto losses = at::empty({rows.count}, x.options()), derivatives = at::empty(places.sizes(), x.options());
    auto of_x = with_gradients ? at::zeros_like(x) : at::Tensor(), of_y = with_gradients ? at::zeros_like(y) : at::Tensor();
    const auto *target = targets.const_data_ptr<int64_t>();
    const auto *mask = masked.defined() ? masked.const_data_ptr<bool>() : nullptr;
    const auto *weight = weights.const_data_ptr<float>();
    auto *loss = losses.data_ptr<float>(), *g = derivatives.data_ptr<float>();
    auto *to = with_gradients ? of_x.data_ptr<float>() : nullptr;
    in_parallel(rows.count, rows.grain(), [&](int64_t first, int64_t last) {
      for (int64_t row = first; row < last; ++row) {
        const int64_t begin = row * rows.each, end = begin + rows.each;
        for (int64_t j = begin; j < end; ++j) g[j] = rows.product(row, j);
        loss[row] = weight[row] * pairwise(static_cast<ct_pairwise>(form), g + begin, rows.each, target[row],
                                           mask ? mask + begin : nullptr);
        if (!to) continue;
        for (int64_t j = begin; j < end; ++j) {
          g[j] *= weight[row];
          add(g[j], rows.column(j), to + row * rows.width, rows.width);
        }
      }
    });
    if (with_gradients) {
      rows.add_to_table(g, of_y.data_ptr<float>());
      context->save_for_backward({of_x, of_y});
    }
    return losses.sum();
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    torch::autograd::variable_list below(8);
    // A loss that is the end of the graph has a gradient of 1.
    const bool is_end = gradients[0].item<float>() == 1;
    for (int i = 0; i < 2; ++i) below[i] = is_end ? saved[i] : saved[i] * gradients[0];
    return below;
  }
};

/// Whole numbers `[rows, n]`, checked to be columns of the table.
at::Tensor checked(const at::Tensor &x, const at::Tensor &y, const at::Tensor &columns) {
  const auto places = columns.to(at::kLong).contiguous();
  TORCH_CHECK(x.dim() == 2 && y.dim() == 2 && x.size(1) == y.size(1) && places.dim() == 2 && places.size(0) == x.size(0),
              "rows [rows, d], a table [columns, d] and columns [rows, n] are needed");
  if (places.numel() > 0) {
    auto [least, most] = at::aminmax(places);
    TORCH_CHECK(least.item<int64_t>() >= 0 && most.item<int64_t>() < y.size(0), "index out of range in self");
  }
  return places;
}

}  // namespace

bool ct_products_at(const ct_tensor *rows, const ct_tensor *table, const ct_tensor *columns, ct_out out) {
  return made(out, [&] {
    const auto &x = rows->value, &y = table->value;
    const auto places = checked(x, y, columns->value);
    if (x.is_cpu()) return ProductsAt::apply(x.contiguous(), y.contiguous(), places);
    return at::bmm(y.index_select(0, places.flatten()).view({x.size(0), places.size(1), x.size(1)}), x.unsqueeze(2))
        .squeeze(2);
  });
}

bool ct_pairwise_loss(ct_pairwise form, const ct_tensor *rows, const ct_tensor *table, const ct_tensor *columns,
                      const ct_tensor *targets, const ct_tensor *masked, const ct_tensor *weights, ct_out out) {
  return made(out, [&] {
    const auto &x = rows->value, &y = table->value;
    const auto places = checked(x, y, columns->value), target = targets->value.to(at::kLong).contiguous();
    const auto mask = masked ? masked->value.to(at::kBool).contiguous() : at::Tensor();
    TORCH_CHECK(x.is_cpu(), "on a CPU only");
    TORCH_CHECK(target.dim() == 1 && target.size(0) == x.size(0) && weights->value.sizes() == target.sizes() &&
                    (!mask.defined() || mask.sizes() == places.sizes()),
                "targets [rows], weights [rows] and a mask [rows, n] are needed");
    const auto *first = target.const_data_ptr<int64_t>();
    TORCH_CHECK(std::all_of(first, first + target.size(0), [&](int64_t j) { return 0 <= j && j < places.size(1); }),
                "a target is one of its row's columns");
    const bool with_gradients = c10::GradMode::is_enabled() && (x.requires_grad() || y.requires_grad());
    return PairwiseLoss::apply(x.contiguous(), y.contiguous(), places, target, mask, weights->value.contiguous(),
                               static_cast<int64_t>(form), with_gradients);
  });
}
