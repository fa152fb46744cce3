// One optimiser step over all parameters: dense ones by libtorch's fused loops, tables row by row.
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/pow.h>

#include <cmath>
#include <cstring>
#include <map>

#include "Guard.h"
#include "Rows.h"

using namespace corral;

namespace {

/// The numbers of a step as the loops need them.
struct Numbers {
  float rate, beta1, beta2, epsilon, keep, scale;
  // Adam's corrections for the zeros that its means start from, by the global step.
  float corrected_rate, root_correction2, inverse_root_correction2;
  float count;

  /// Those of the parameters that move by a share of the rate.
  Numbers(const ct_step &step, double scale, double share)
      : rate(step.rate * share), beta1(step.beta1), beta2(step.beta2), epsilon(step.epsilon),
        keep(1 - step.rate * share * step.decay), scale(scale),
        corrected_rate(step.rate * share / (1 - std::pow(step.beta1, step.count))),
        root_correction2(std::sqrt(1 - std::pow(step.beta2, step.count))),
        inverse_root_correction2(1 / std::sqrt(1 - std::pow(step.beta2, step.count))), count(step.count) {}
};

// --- One row at a time ---------------------------------------------------------------------------------------------
// The numbers come by value: what is written through the pointers cannot be one of them.

// Four floats at once: the compiler does not vectorise a square root by itself, since sqrtf may set errno.
using float4 = float __attribute__((vector_size(16)));

inline float4 root(float4 x) { return __builtin_elementwise_sqrt(x); }
inline float root(float x) { return __builtin_sqrtf(x); }

template <typename Value>
inline Value load(const float *from) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename Value>
inline void store(float *to, Value value) {
  std::memcpy(to, &value, sizeof value);
}

/// Runs body.operator()<Value>(column) over a row, four columns at a time and then the rest.
template <typename Body>
inline void over_columns(int64_t columns, const Body &body) {
  int64_t column = 0;
  for (; column + 4 <= columns; column += 4) body.template operator()<float4>(column);
  for (; column < columns; ++column) body.template operator()<float>(column);
}

inline void adam_row(Numbers n, int64_t columns, const float *gradient, float *weight, float *moments) {
  float *first = moments, *second = moments + columns;
  over_columns(columns, [&]<typename Value>(int64_t column) {
    auto g = load<Value>(gradient + column) * n.scale;
    auto m = load<Value>(first + column), v = load<Value>(second + column), w = load<Value>(weight + column);
    m += (g - m) * (1 - n.beta1);
    v = v * n.beta2 + g * g * (1 - n.beta2);
    w = w * n.keep - n.corrected_rate * m / (root(v) * n.inverse_root_correction2 + n.epsilon);
    store(first + column, m);
    store(second + column, v);
    store(weight + column, w);
  });
}

inline void adagrad_row(Numbers n, int64_t columns, const float *gradient, float *weight, float *squares) {
  float square = 0;
  for (int64_t column = 0; column < columns; ++column) square += gradient[column] * gradient[column];
  *squares += square * n.scale * n.scale / static_cast<float>(columns);
  const float rate = n.rate * n.scale / (std::sqrt(*squares) + n.epsilon);
  for (int64_t column = 0; column < columns; ++column) weight[column] = weight[column] * n.keep - rate * gradient[column];
}

inline void rmsprop_row(Numbers n, int64_t columns, const float *gradient, float *weight, float *state) {
  // In the steps since the row was last named its gradient was zero: only the mean decayed.
  const float kept = std::pow(n.beta2, n.count - state[0]);
  state[0] = n.count;
  float *squares = state + 1;
  over_columns(columns, [&]<typename Value>(int64_t column) {
    auto g = load<Value>(gradient + column) * n.scale;
    auto v = load<Value>(squares + column) * kept + g * g * (1 - n.beta2);
    store(squares + column, v);
    store(weight + column, load<Value>(weight + column) - n.rate * g / (root(v) * n.inverse_root_correction2 + n.epsilon));
  });
}

inline void sgd_row(Numbers n, int64_t columns, const float *gradient, float *weight) {
  const float rate = n.rate * n.scale;
  for (int64_t column = 0; column < columns; ++column) weight[column] = weight[column] * n.keep - rate * gradient[column];
}

void update_rows(ct_rule rule, const Numbers &numbers, const RowGradient &rows, at::Tensor &parameter,
                 const at::Tensor &state) {
  TORCH_CHECK(parameter.is_contiguous() && parameter.scalar_type() == at::kFloat, "a table is contiguous 32-bit floats");
  const int64_t columns = rows.columns();
  const int64_t stride = rule == ct_rule_adam ? 2 * columns
                         : rule == ct_rule_rmsprop ? 1 + columns
                         : rule == ct_rule_adagrad ? 1 : 0;
  float *weights = parameter.data_ptr<float>();
  float *states = state.defined() ? state.data_ptr<float>() : nullptr;
  in_parallel(rows.count(), rows.grain(), [&](int64_t first, int64_t last) {
    std::vector<float> buffer(columns);
    for (int64_t i = first; i < last; ++i) {
      // The rows of a large table are in no cache: ask for those of a few turns ahead.
      if (constexpr int64_t ahead = 4; i + ahead < last) {
        const char *weight = reinterpret_cast<const char *>(weights + rows.ids[i + ahead] * columns);
        for (int64_t byte = 0; byte < columns * 4; byte += 64) __builtin_prefetch(weight + byte, 1);
        const char *moments = reinterpret_cast<const char *>(states + rows.ids[i + ahead] * stride);
        for (int64_t byte = 0; byte < stride * 4; byte += 64) __builtin_prefetch(moments + byte, 1);
      }
      const float *gradient = rows.sum(i, buffer.data());
      float *weight = weights + rows.ids[i] * columns;
      switch (rule) {
      case ct_rule_sgd: sgd_row(numbers, columns, gradient, weight); break;
      case ct_rule_adagrad: adagrad_row(numbers, columns, gradient, weight, states + rows.ids[i]); break;
      case ct_rule_adam: adam_row(numbers, columns, gradient, weight, states + rows.ids[i] * stride); break;
      case ct_rule_rmsprop: rmsprop_row(numbers, columns, gradient, weight, states + rows.ids[i] * stride); break;
      }
    }
  });
}

// --- Tensor operations, on any device ------------------------------------------------------------------------------

/// Updates `weight` and `state` in place; their first dimension is that of the gradient.
void update(ct_rule rule, const Numbers &n, bool by_rows, const at::Tensor &gradient, at::Tensor weight,
            const at::Tensor &state) {
  auto g = n.scale == 1 ? gradient : gradient * n.scale;
  if (n.keep != 1) weight.mul_(n.keep);
  switch (rule) {
  case ct_rule_sgd: weight.sub_(g, n.rate); break;
  case ct_rule_adagrad:
    if (by_rows) {
      auto squares = state.view({-1, 1});
      squares.add_(g.square().mean(1, true));
      weight.sub_(g / (squares.sqrt() + n.epsilon), n.rate);
    } else {
      state.addcmul_(g, g);
      weight.addcdiv_(g, state.sqrt().add_(n.epsilon), -n.rate);
    }
    break;
  case ct_rule_adam: {
    auto m = state.select(by_rows ? 1 : 0, 0), v = state.select(by_rows ? 1 : 0, 1);
    m.lerp_(g, 1 - n.beta1);
    v.mul_(n.beta2).addcmul_(g, g, 1 - n.beta2);
    weight.addcdiv_(m, v.sqrt().div_(n.root_correction2).add_(n.epsilon), -n.corrected_rate);
    break;
  }
  case ct_rule_rmsprop: {
    auto v = state;
    if (by_rows) {
      auto named = state.select(1, 0);
      v = state.narrow(1, 1, state.size(1) - 1).mul_(at::pow(n.beta2, n.count - named).unsqueeze(1));
      named.fill_(n.count);
      g = g.reshape({g.size(0), -1});
      weight = weight.view({g.size(0), -1});
    } else {
      v.mul_(n.beta2);
    }
    v.addcmul_(g, g, 1 - n.beta2);
    weight.addcdiv_(g, v.sqrt().div_(n.root_correction2).add_(n.epsilon), -n.rate);
    break;
  }
  }
}

void update_named_rows(ct_rule rule, const Numbers &n, const at::Tensor &gradient, at::Tensor &parameter,
                       const at::Tensor &state) {
  if (!gradient.is_sparse()) return update(rule, n, true, gradient, parameter, state);
  auto ids = gradient.indices().select(0, 0);
  auto weight = parameter.index_select(0, ids);
  auto remembered = state.defined() ? state.index_select(0, ids) : state;
  update(rule, n, true, gradient.values(), weight, remembered);
  parameter.index_copy_(0, ids, weight);
  if (state.defined()) at::Tensor(state).index_copy_(0, ids, remembered);
}

// --- All parameters ------------------------------------------------------------------------------------------------

/// One parameter that has a gradient in this step.
struct Update {
  at::Tensor parameter, state, gradient;
  bool by_rows;
  double share;
  std::optional<RowGradient> rows;

  Update(const ct_slot &slot, at::Tensor with, bool portable)
      : parameter(slot.parameter->value), state(slot.state ? slot.state->value : at::Tensor()),
        gradient(std::move(with)), by_rows(slot.by_rows), share(slot.share) {
    const bool loops = by_rows && !portable && parameter.is_cpu();
    if (loops) {
      rows.emplace(gradient);
    } else if (gradient.is_sparse()) {
      gradient = by_rows ? gradient.coalesce() : gradient.to_dense();
    }
  }

  double squared_norm() const {
    if (rows) return rows->squared_norm();
    auto values = gradient.is_sparse() ? gradient.values() : gradient;
    return std::pow(at::linalg_vector_norm(values).item().toDouble(), 2);
  }
};

/// Updates parameters that move by the same share of the rate.
void fused_adam(const ct_step &step, double scale, double share, const std::vector<const Update *> &updates) {
  std::vector<at::Tensor> parameters, gradients, first, second, counts;
  auto count = at::full({}, static_cast<double>(step.count), updates[0]->parameter.options().dtype(at::kFloat));
  for (const auto *update : updates) {
    parameters.push_back(update->parameter);
    gradients.push_back(scale == 1 ? update->gradient.contiguous() : update->gradient * scale);
    first.push_back(update->state.select(0, 0));
    second.push_back(update->state.select(0, 1));
    counts.push_back(count);
  }
  at::_fused_adamw_(parameters, gradients, first, second, {}, counts, step.rate * share, step.beta1, step.beta2,
                    step.decay, step.epsilon, /*amsgrad=*/false, /*maximize=*/false);
}

}  // namespace

bool ct_optimize(const ct_step *step, const ct_slot *slots, ct_int count, double *norm) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    std::vector<Update> updates;
    updates.reserve(count);
    for (ct_int i = 0; i < count; ++i) {
      auto &gradient = slots[i].parameter->value.mutable_grad();
      if (gradient.defined()) updates.emplace_back(slots[i], std::move(gradient), step->portable);
      gradient.reset();
    }

    double scale = 1;
    *norm = 0;
    if (std::isfinite(step->largest_norm)) {
      double square = 0;
      for (const auto &update : updates) square += update.squared_norm();
      *norm = std::sqrt(square);
      scale = *norm <= step->largest_norm ? 1 : step->largest_norm / *norm;
    }

    std::map<double, std::vector<const Update *>> dense;
    for (auto &each : updates) {
      const Numbers numbers(*step, scale, each.share);
      if (each.rows) {
        update_rows(step->rule, numbers, *each.rows, each.parameter, each.state);
      } else if (each.by_rows) {
        update_named_rows(step->rule, numbers, each.gradient, each.parameter, each.state);
      } else if (step->rule == ct_rule_adam && !step->portable) {
        dense[each.share].push_back(&each);
      } else {
        update(step->rule, numbers, false, each.gradient, each.parameter, each.state);
      }
    }
    for (const auto &[share, group] : dense) fused_adam(*step, scale, share, group);
  });
}
