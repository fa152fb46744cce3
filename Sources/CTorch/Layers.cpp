// Products, layers and losses.
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/embedding_bag.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <CKernelsRandom.h>

#include <cmath>

#include "Guard.h"
#include "Rows.h"

using namespace corral;

namespace {

/// 0 with probability `share`, to a 65536th, and 1 / (1 - share) elsewhere: four elements from the hash of their place.
at::Tensor dropout_mask(at::IntArrayRef shape, double share, uint64_t seed) {
  auto mask = at::empty(shape, at::kFloat);
  auto *data = mask.data_ptr<float>();
  const int64_t count = mask.numel();
  const auto bound = static_cast<uint16_t>(std::lround(share * 65536));
  const auto kept = static_cast<float>(1 / (1 - share));
  const uint64_t key = ck_finalised(seed + CK_GOLDEN_GAMMA);
  in_parallel((count + 3) / 4, 16384, [&](int64_t first, int64_t last) {
    for (int64_t group = first; group < last; ++group) {
      const uint64_t drawn = ck_finalised(key + static_cast<uint64_t>(group) * CK_GOLDEN_GAMMA);
      const int64_t start = group * 4;
      for (int64_t i = 0; i < 4 && start + i < count; ++i) {
        data[start + i] = static_cast<uint16_t>(drawn >> (16 * i)) < bound ? 0.0f : kept;
      }
    }
  });
  return mask;
}

}  // namespace

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
bool ct_dropout(const ct_tensor *x, double share, uint64_t seed, ct_out out) {
  return made(out, [&] {
    return x->value * dropout_mask(x->value.sizes(), share, seed).to(x->value.device());
  });
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
