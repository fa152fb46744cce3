// Shapes, and choosing elements.
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>

#include <memory>
#include <vector>

#include "Guard.h"

using namespace corral;

namespace {

std::vector<at::Tensor> all(const ct_tensor *const *tensors, ct_int count) {
  std::vector<at::Tensor> values;
  values.reserve(count);
  for (ct_int i = 0; i < count; ++i) values.push_back(tensors[i]->value);
  return values;
}

}  // namespace

bool ct_reshape(const ct_tensor *x, const ct_int *shape, ct_int rank, ct_out out) {
  return made(out, [&] { return x->value.reshape(list(shape, rank)); });
}
bool ct_expand(const ct_tensor *x, const ct_int *shape, ct_int rank, ct_out out) {
  return made(out, [&] { return x->value.expand(list(shape, rank)); });
}
bool ct_permute(const ct_tensor *x, const ct_int *dims, ct_int count, ct_out out) {
  return made(out, [&] { return x->value.permute(list(dims, count)); });
}
bool ct_transpose(const ct_tensor *x, ct_int first, ct_int second, ct_out out) {
  return made(out, [&] { return x->value.transpose(first, second); });
}
bool ct_squeeze(const ct_tensor *x, ct_int dim, ct_out out) {
  return made(out, [&] { return x->value.squeeze(dim); });
}
bool ct_unsqueeze(const ct_tensor *x, ct_int dim, ct_out out) {
  return made(out, [&] { return x->value.unsqueeze(dim); });
}
bool ct_narrow(const ct_tensor *x, ct_int dim, ct_int start, ct_int length, ct_out out) {
  return made(out, [&] { return x->value.narrow(dim, start, length); });
}
bool ct_select(const ct_tensor *x, ct_int dim, ct_int index, ct_out out) {
  return made(out, [&] { return x->value.select(dim, index); });
}
bool ct_diagonal(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.diagonal(); });
}
bool ct_contiguous(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.contiguous(); });
}
bool ct_cat(const ct_tensor *const *tensors, ct_int count, ct_int dim, ct_out out) {
  return made(out, [&] { return at::cat(all(tensors, count), dim); });
}
bool ct_stack(const ct_tensor *const *tensors, ct_int count, ct_int dim, ct_out out) {
  return made(out, [&] { return at::stack(all(tensors, count), dim); });
}
bool ct_split(const ct_tensor *x, const ct_int *lengths, ct_int count, ct_out parts) {
  return guarded([&] {
    std::vector<std::unique_ptr<ct_tensor>> made;
    for (auto &part : x->value.split_with_sizes(list(lengths, count), 0))
      made.push_back(std::make_unique<ct_tensor>(ct_tensor{std::move(part)}));
    for (auto &part : made) *parts++ = part.release();
  });
}

bool ct_gather(const ct_tensor *x, ct_int dim, const ct_tensor *indices, ct_out out) {
  return made(out, [&] { return x->value.gather(dim, indices->value); });
}
bool ct_index_select(const ct_tensor *x, ct_int dim, const ct_tensor *indices, ct_out out) {
  return made(out, [&] { return x->value.index_select(dim, indices->value); });
}
bool ct_index_add(const ct_tensor *x, ct_int dim, const ct_tensor *indices, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value.index_add(dim, indices->value, y->value); });
}
bool ct_scatter(const ct_tensor *x, ct_int dim, const ct_tensor *indices, double value, ct_out out) {
  return made(out, [&] { return x->value.scatter(dim, indices->value, value); });
}
bool ct_masked_fill(const ct_tensor *x, const ct_tensor *mask, double value, ct_out out) {
  return made(out, [&] { return x->value.masked_fill(mask->value, value); });
}
bool ct_where(const ct_tensor *condition, const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return at::where(condition->value, x->value, y->value); });
}
bool ct_causal_mask(ct_int size, ct_device device, ct_out out) {
  return made(out, [&] {
    return at::ones({size, size}, at::TensorOptions().dtype(at::kBool).device(place(device))).tril();
  });
}
