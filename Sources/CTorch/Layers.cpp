// Products, layers and losses.
#include "Guard.h"

using namespace corral;

bool ct_matmul(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value.matmul(y->value); });
}
bool ct_matmul_transposed(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value.matmul(y->value.transpose(-1, -2)); });
}
bool ct_linear(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, ct_out out) {
  return made(out, [&] { return at::linear(x->value, weight->value, optional(bias)); });
}

bool ct_embedding(const ct_tensor *weight, const ct_tensor *indices, bool sparse, ct_out out) {
  return made(out, [&] {
    return at::embedding(weight->value, indices->value.to(at::kLong), -1, /*scale_grad_by_freq=*/false, sparse);
  });
}

bool ct_embedding_bag(const ct_tensor *weight, const ct_tensor *indices, const ct_tensor *offsets,
                      const ct_tensor *weights, bool mean, bool sparse, ct_out out) {
  return made(out, [&] {
    return std::get<0>(at::embedding_bag(weight->value, indices->value.to(at::kLong), offsets->value.to(at::kLong),
                                         /*scale_grad_by_freq=*/false, mean ? 1 : 0, sparse, optional(weights),
                                         /*include_last_offset=*/true));
  });
}

bool ct_layer_norm(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, double epsilon, ct_out out) {
  return made(out, [&] {
    return at::layer_norm(x->value, x->value.sizes().slice(x->value.dim() - 1), optional(weight), optional(bias),
                          epsilon);
  });
}
bool ct_dropout(const ct_tensor *x, double probability, ct_out out) {
  return made(out, [&] { return at::dropout(x->value, probability, /*train=*/true); });
}
bool ct_l2_normalized(const ct_tensor *x, ct_int dim, double epsilon, ct_out out) {
  return made(out, [&] { return x->value / at::linalg_vector_norm(x->value, 2, dim, true).clamp_min(epsilon); });
}
bool ct_attention(const ct_tensor *query, const ct_tensor *key, const ct_tensor *value, const ct_tensor *mask,
                  bool causal, double dropout, ct_out out) {
  return made(out, [&] {
    return at::scaled_dot_product_attention(query->value, key->value, value->value, optional(mask), dropout, causal);
  });
}

bool ct_cross_entropy(const ct_tensor *x, const ct_tensor *targets, bool mean, ct_out out) {
  return made(out, [&] {
    return at::cross_entropy_loss(x->value, targets->value, {}, mean ? at::Reduction::Mean : at::Reduction::None);
  });
}
bool ct_binary_cross_entropy(const ct_tensor *x, const ct_tensor *targets, bool mean, ct_out out) {
  return made(out, [&] {
    return at::binary_cross_entropy_with_logits(x->value, targets->value, {}, {},
                                                mean ? at::Reduction::Mean : at::Reduction::None);
  });
}
