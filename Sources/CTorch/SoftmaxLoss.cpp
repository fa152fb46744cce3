// Losses over the products of queries and items that never hold all the products.
#include <ATen/ops/_softmax.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include "Guard.h"

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
