// Losses over the products of queries and items that never hold all the products.
#include <torch/csrc/autograd/custom_function.h>

#include <cstring>

#include "Guard.h"
#include "Rows.h"

using namespace corral;

namespace {

/// A logit far below every other, and still a number: a column shift below half of it leaves the column out.
constexpr double excluded = -1e9;

/// The loss with its gradients: the logits of a few rows at a time become probabilities, those become gradients, and
/// the space is used again.
struct SoftmaxLoss : torch::autograd::Function<SoftmaxLoss> {
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext *context, const at::Tensor &queries,
                                                const at::Tensor &items, const at::Tensor &targets,
                                                const std::optional<at::Tensor> &column_shifts,
                                                const std::optional<at::Tensor> &row_shifts, const at::Tensor &weights,
                                                int64_t part, bool with_gradients) {
    // The positive has a column of its own, the last; among the others it is left out.
    auto kept = items, places = targets;
    at::Tensor shifts, columns;
    if (column_shifts) {
      columns = (*column_shifts > excluded / 2).nonzero().squeeze(1);
      kept = items.index_select(0, columns);
      shifts = column_shifts->index_select(0, columns);
      auto place_of = at::full({items.size(0)}, columns.size(0), targets.options());
      place_of.index_copy_(0, columns, at::arange(columns.size(0), targets.options()));
      places = place_of.index_select(0, targets);
    }
    const int64_t rows = queries.size(0), count = kept.size(0);
    auto losses = at::empty({rows}, queries.options());
    at::Tensor of_queries, of_items, of_kept;
    if (with_gradients) {
      of_queries = at::empty_like(queries, at::MemoryFormat::Contiguous);
      of_items = at::zeros_like(items, at::MemoryFormat::Contiguous);
      of_kept = columns.defined() ? at::zeros_like(kept) : of_items;
    }
    auto logits = at::empty({std::min(part, rows), count + 1}, queries.options()), shares = at::empty_like(logits);
    for (int64_t first = 0; first < rows; first += part) {
      const auto length = std::min(part, rows - first);
      const auto of_part = [&](const at::Tensor &x) { return x.narrow(0, first, length); };
      auto logit = logits.narrow(0, 0, length), share = shares.narrow(0, 0, length);
      auto score = logit.narrow(1, 0, count);
      const auto query = of_part(queries), target = of_part(targets), own = items.index_select(0, target);
      at::mm_out(score, query, kept.t());
      if (shifts.defined()) score.add_(shifts);
      auto positive = (query * own).sum(1);
      if (row_shifts) positive.add_(of_part(*row_shifts));
      logit.scatter_(1, of_part(places).unsqueeze(1), excluded);
      logit.select(1, count).copy_(positive);
      at::_softmax_out(share, logit, 1, /*half_to_float=*/false);
      // The largest logit less the logarithm of its share is the logarithm of the sum, without another pass of exp.
      of_part(losses).copy_(at::amax(logit, 1).sub_(at::amax(share, 1).log_()).sub_(positive));
      if (!with_gradients) continue;
      const auto weight = of_part(weights).unsqueeze(1), others = share.narrow(1, 0, count);
      const auto error = share.narrow(1, count, 1) - 1, weighted = query * weight;
      auto of_query = of_part(of_queries);
      at::mm_out(of_query, others, kept);
      of_query.addcmul_(own, error).mul_(weight);
      of_kept.addmm_(others.t(), weighted);
      of_items.index_add_(0, target, weighted * error);
    }
    if (with_gradients) {
      if (columns.defined()) of_items.index_add_(0, columns, of_kept);
      context->save_for_backward({of_queries, of_items});
    }
    context->mark_non_differentiable({losses});
    return {(losses * weights).sum(), losses};
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    auto saved = context->get_saved_variables();
    torch::autograd::variable_list below(8);
    below[0] = saved[0] * gradients[0];
    below[1] = saved[1] * gradients[0];
    return below;
  }
};

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
inline void add(float factor, const float *x, float *y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] += factor * x[i];
}

/// Products of rows and the table's rows that each names, without a copy of what is named.
struct ProductsAt : torch::autograd::Function<ProductsAt> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &rows, const at::Tensor &table,
                            const at::Tensor &columns) {
    auto out = at::empty(columns.sizes(), rows.options());
    const int64_t width = rows.size(1), each = columns.size(1);
    const auto *x = rows.const_data_ptr<float>(), *y = table.const_data_ptr<float>();
    const auto *places = columns.const_data_ptr<int64_t>();
    auto *to = out.data_ptr<float>();
    in_parallel(rows.size(0), std::max<int64_t>(1, 16384 / std::max<int64_t>(1, width * each)),
                [&](int64_t first, int64_t last) {
                  for (int64_t i = first; i < last; ++i) {
                    for (int64_t j = i * each; j < (i + 1) * each; ++j) {
                      to[j] = dot(x + i * width, y + places[j] * width, width);
                    }
                  }
                });
    context->save_for_backward({rows, table, columns});
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    auto saved = context->get_saved_variables();
    const auto &rows = saved[0], &table = saved[1], &columns = saved[2];
    const auto above = gradients[0].contiguous();
    auto of_rows = at::zeros_like(rows), of_table = at::zeros_like(table);
    const int64_t width = rows.size(1), each = columns.size(1);
    const auto *x = rows.const_data_ptr<float>(), *y = table.const_data_ptr<float>();
    const auto *g = above.const_data_ptr<float>();
    const auto *places = columns.const_data_ptr<int64_t>();
    auto *to_x = of_rows.data_ptr<float>(), *to_y = of_table.data_ptr<float>();
    // One thread: two rows may add to the same row of the table, and sums are to have one order.
    for (int64_t i = 0; i < rows.size(0); ++i) {
      for (int64_t j = i * each; j < (i + 1) * each; ++j) {
        add(g[j], y + places[j] * width, to_x + i * width, width);
        add(g[j], x + i * width, to_y + places[j] * width, width);
      }
    }
    return {of_rows, of_table, at::Tensor()};
  }
};

}  // namespace

bool ct_softmax_loss(const ct_tensor *queries, const ct_tensor *items, const ct_tensor *targets,
                     const ct_tensor *column_shifts, const ct_tensor *row_shifts, const ct_tensor *weights, ct_int part,
                     ct_out total, ct_out losses) {
  return made_two(total, losses, [&] {
    const bool with_gradients =
        c10::GradMode::is_enabled() && (queries->value.requires_grad() || items->value.requires_grad());
    auto results = SoftmaxLoss::apply(queries->value, items->value, targets->value.to(at::kLong), optional(column_shifts),
                                      optional(row_shifts), weights->value, static_cast<int64_t>(part), with_gradients);
    return std::make_tuple(results[0], results[1]);
  });
}

bool ct_products_at(const ct_tensor *rows, const ct_tensor *table, const ct_tensor *columns, ct_out out) {
  return made(out, [&] {
    const auto &x = rows->value, &y = table->value;
    const auto places = columns->value.to(at::kLong).contiguous();
    TORCH_CHECK(x.dim() == 2 && y.dim() == 2 && x.size(1) == y.size(1) && places.dim() == 2 && places.size(0) == x.size(0),
                "rows [rows, d], a table [columns, d] and columns [rows, n] are needed");
    if (places.numel() > 0) {
      auto [least, most] = at::aminmax(places);
      TORCH_CHECK(least.item<int64_t>() >= 0 && most.item<int64_t>() < y.size(0), "index out of range in self");
    }
    if (x.is_cpu()) return ProductsAt::apply(x.contiguous(), y.contiguous(), places);
    return at::bmm(y.index_select(0, places.flatten()).view({x.size(0), places.size(1), x.size(1)}), x.unsqueeze(2))
        .squeeze(2);
  });
}
