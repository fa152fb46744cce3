// Layers over every candidate with every item of its query's history, some queries at a time.
#include <ATen/ops/add.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sigmoid_backward.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "Guard.h"

using namespace corral;

namespace {

/// The products of a few queries' candidates and items: these stay in a cache, which those of a batch do not.
struct PairBlock {
  at::Tensor history, candidates;  // [queries, length, d], [queries, candidates, d]

  int64_t pairs() const { return history.size(0) * candidates.size(1) * history.size(1); }
  /// Each candidate times each item, [queries, candidates, length, d].
  at::Tensor products() const { return candidates.unsqueeze(2) * history.unsqueeze(1); }
  /// Numbers of the pairs, [pairs, width], by query, candidate and item.
  at::Tensor shaped(const at::Tensor &x) const {
    return x.view({history.size(0), candidates.size(1), history.size(1), x.size(1)});
  }
};

/// Weights are that of the products, then a weight and a bias for each further layer.
struct PairLayers : torch::autograd::Function<PairLayers> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &history,
                            const at::Tensor &candidates, const at::Tensor &of_history, const at::Tensor &of_candidates,
                            at::TensorList weights, int64_t part, bool with_gradients) {
    const int64_t count = history.size(0), each = candidates.size(1) * history.size(1);
    // What each layer gives, all but the last after its sigmoid, [pairs, width]; of what no gradient needs, a part.
    std::vector<at::Tensor> layers;
    for (size_t i = 0; i < weights.size(); i += i == 0 ? 1 : 2) {
      const bool is_last = i + 2 >= weights.size();
      const auto rows = (with_gradients || is_last ? count : std::min(part, count)) * each;
      layers.push_back(at::empty({rows, weights[i].size(0)}, history.options()));
    }
    for (int64_t first = 0; first < count; first += part) {
      const auto length = std::min(part, count - first);
      const auto of_part = [&](const at::Tensor &x) { return x.narrow(0, first, length); };
      const auto of_pairs = [&](const at::Tensor &x) {
        return x.narrow(0, x.size(0) == count * each ? first * each : 0, length * each);
      };
      const PairBlock block{of_part(history), of_part(candidates)};
      auto x = of_pairs(layers[0]), sums = block.shaped(x);
      at::add_out(sums, of_part(of_history).unsqueeze(1), of_part(of_candidates).unsqueeze(2));
      x.addmm_(block.products().view({block.pairs(), history.size(2)}), weights[0].t());
      for (size_t layer = 1; layer < layers.size(); ++layer) {
        auto next = of_pairs(layers[layer]);
        at::addmm_out(next, weights[2 * layer], x.sigmoid_(), weights[2 * layer - 1].t());
        x = next;
      }
    }
    auto out = layers.back().view({count, candidates.size(1), history.size(1), layers.back().size(1)});
    if (with_gradients) {
      std::vector<at::Tensor> saved{history, candidates};
      saved.insert(saved.end(), weights.begin(), weights.end());
      saved.insert(saved.end(), layers.begin(), layers.end() - 1);
      context->save_for_backward(saved);
      context->saved_data["part"] = part;
    }
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &history = saved[0], &candidates = saved[1];
    // After those two: the first weight, weight and bias of each further layer, and what went into each of those.
    const size_t further = (saved.size() - 3) / 3;
    const auto weights = at::TensorList(saved).slice(2, 1 + 2 * further);
    const auto activations = at::TensorList(saved).slice(3 + 2 * further);
    const int64_t part = context->saved_data["part"].toInt(), count = history.size(0);
    const int64_t each = candidates.size(1) * history.size(1), width = weights[0].size(0);
    const auto above = gradients[0].contiguous().view({count * each, gradients[0].size(3)});
    auto of_history = at::empty_like(history), of_candidates = at::empty_like(candidates);
    auto of_first = at::empty({count, history.size(1), width}, history.options()),
         of_second = at::empty({count, candidates.size(1), width}, history.options());
    std::vector<at::Tensor> of_weights;
    for (const auto &weight : weights) of_weights.push_back(at::zeros_like(weight, at::MemoryFormat::Contiguous));
    for (int64_t first = 0; first < count; first += part) {
      const auto length = std::min(part, count - first);
      const auto of_part = [&](const at::Tensor &x) { return x.narrow(0, first, length); };
      const auto of_pairs = [&](const at::Tensor &x) { return x.narrow(0, first * each, length * each); };
      const PairBlock block{of_part(history), of_part(candidates)};
      auto error = of_pairs(above);
      for (size_t layer = further; layer-- > 0;) {
        const auto activation = of_pairs(activations[layer]);
        of_weights[1 + 2 * layer].addmm_(error.t(), activation);
        of_weights[2 + 2 * layer].add_(error.sum(0));
        error = at::sigmoid_backward(error.mm(weights[1 + 2 * layer]), activation);
      }
      auto product = block.products();
      of_weights[0].addmm_(error.t(), product.view({block.pairs(), history.size(2)}));
      const auto errors = block.shaped(error);
      of_part(of_first).copy_(errors.sum(1));
      of_part(of_second).copy_(errors.sum(2));
      const auto of_products = block.shaped(error.mm(weights[0]));
      at::mul_out(product, of_products, block.history.unsqueeze(1));
      of_part(of_candidates).copy_(product.sum(2));
      at::mul_out(product, of_products, block.candidates.unsqueeze(2));
      of_part(of_history).copy_(product.sum(1));
    }
    torch::autograd::variable_list below{of_history, of_candidates, of_first, of_second};
    below.insert(below.end(), of_weights.begin(), of_weights.end());
    below.resize(below.size() + 2);  // how many at once, and whether there are gradients, have none
    return below;
  }
};

}  // namespace

bool ct_pair_layers(const ct_tensor *history, const ct_tensor *candidates, const ct_tensor *of_history,
                    const ct_tensor *of_candidates, const ct_tensor *const *weights, ct_int count, ct_int part,
                    ct_out out) {
  return made(out, [&] {
    std::vector<at::Tensor> layers;
    for (ct_int i = 0; i < count; ++i) layers.push_back(weights[i]->value);
    const auto &h = history->value, &c = candidates->value;
    TORCH_CHECK(h.dim() == 3 && c.dim() == 3 && h.size(0) == c.size(0) && h.size(2) == c.size(2),
                "a history [queries, length, d] and candidates [queries, n, d] are needed");
    const auto width = layers[0].size(0);
    TORCH_CHECK(layers[0].dim() == 2 && layers[0].size(1) == h.size(2) &&
                    of_history->value.sizes() == at::IntArrayRef({h.size(0), h.size(1), width}) &&
                    of_candidates->value.sizes() == at::IntArrayRef({c.size(0), c.size(1), width}),
                "a first weight [width, d], and what it adds for each item and candidate, are needed");
    return PairLayers::apply(h.contiguous(), c.contiguous(), of_history->value, of_candidates->value,
                             at::TensorList(layers), static_cast<int64_t>(part), c10::GradMode::is_enabled());
  });
}
