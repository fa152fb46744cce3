// Tensors: their life, their elements, where they are.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <mutex>

#include "Guard.h"

using namespace corral;

namespace {

at::TensorOptions options(ct_dtype type, ct_device device) {
  return at::TensorOptions().dtype(scalar_type(type)).device(place(device));
}

/// The caller's memory seen as a tensor; no copy.
at::Tensor view(const void *data, ct_dtype type, at::IntArrayRef shape) {
  return at::from_blob(const_cast<void *>(data), shape, at::TensorOptions().dtype(scalar_type(type)));
}

}  // namespace

void ct_release(ct_tensor *x) { delete x; }
ct_int ct_rank(const ct_tensor *x) { return x->value.dim(); }
ct_int ct_count(const ct_tensor *x) { return x->value.numel(); }

bool ct_size(const ct_tensor *x, ct_int dimension, ct_int *out) {
  return guarded([&] { *out = x->value.size(dimension); });
}

void ct_shape(const ct_tensor *x, ct_int *out) {
  for (int64_t size : x->value.sizes()) *out++ = size;
}

ct_dtype ct_type(const ct_tensor *x) {
  switch (x->value.scalar_type()) {
  case at::kDouble: return ct_dtype_float64;
  case at::kInt: return ct_dtype_int32;
  case at::kLong: return ct_dtype_int64;
  case at::kBool: return ct_dtype_bool;
  default: return ct_dtype_float32;
  }
}

ct_device ct_where_is(const ct_tensor *x) {
  auto device = x->value.device();
  if (device.is_cuda()) return {ct_device_kind_cuda, device.index()};
  return {ct_device_kind_cpu, 0};
}

bool ct_from_data(const void *data, ct_dtype type, const ct_int *shape, ct_int rank, ct_device device, ct_out out) {
  return made(out, [&] {
    auto sizes = list(shape, rank);
    if (device.kind == ct_device_kind_cpu) return view(data, type, sizes).clone();
    return view(data, type, sizes).to(place(device), false, true);
  });
}

bool ct_read(const ct_tensor *x, ct_dtype type, void *data) {
  return guarded([&] { view(data, type, x->value.sizes()).copy_(x->value.detach()); });
}

bool ct_write(ct_tensor *x, ct_dtype type, const void *data) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    x->value.copy_(view(data, type, x->value.sizes()));
  });
}

bool ct_item(const ct_tensor *x, double *out) {
  return guarded([&] { *out = x->value.item().toDouble(); });
}
bool ct_item_integer(const ct_tensor *x, int64_t *out) {
  return guarded([&] { *out = x->value.item().toLong(); });
}

bool ct_full(const ct_int *shape, ct_int rank, double value, ct_dtype type, ct_device device, ct_out out) {
  return made(out, [&] {
    if (value == 0) return at::zeros(list(shape, rank), options(type, device));
    return at::full(list(shape, rank), value, options(type, device));
  });
}

bool ct_arange(ct_int start, ct_int end, ct_device device, ct_out out) {
  return made(out, [&] { return at::arange(start, end, options(ct_dtype_int64, device)); });
}

bool ct_random_normal(const ct_int *shape, ct_int rank, double mean, double deviation, uint64_t seed, ct_out out) {
  return made(out, [&] {
    return at::empty(list(shape, rank), at::kFloat).normal_(mean, deviation, at::detail::createCPUGenerator(seed));
  });
}

bool ct_random_uniform(const ct_int *shape, ct_int rank, double low, double high, uint64_t seed, ct_out out) {
  return made(out, [&] {
    return at::empty(list(shape, rank), at::kFloat).uniform_(low, high, at::detail::createCPUGenerator(seed));
  });
}

bool ct_to_device(const ct_tensor *x, ct_device device, ct_out out) {
  return made(out, [&] { return x->value.to(place(device)); });
}
bool ct_to_type(const ct_tensor *x, ct_dtype type, ct_out out) {
  return made(out, [&] { return x->value.to(scalar_type(type)); });
}
bool ct_clone(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.clone(); });
}

bool ct_all_finite(const ct_tensor *x, bool *out) {
  return guarded([&] {
    // x - x is 0 where x is finite and not a number elsewhere; one scalar tells for all of them.
    c10::NoGradGuard no_gradients;
    auto value = x->value.is_sparse() ? x->value._values() : x->value;
    *out = (value - value).sum().item().toDouble() == 0;
  });
}

bool ct_grow(ct_tensor *x, ct_int rows, const float *values) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    auto &tensor = x->value;
    TORCH_CHECK(tensor.is_leaf(), "the result of an operation cannot grow");
    TORCH_CHECK(!tensor.grad().defined(), "a tensor with a gradient cannot grow: take the step, or clear the gradient");
    TORCH_CHECK(tensor.dim() > 0 && tensor.scalar_type() == at::kFloat && tensor.is_contiguous() &&
                    tensor.storage_offset() == 0,
                "only contiguous 32-bit floats with rows can grow");
    const int64_t before = tensor.size(0);
    TORCH_CHECK(rows >= before, "a tensor of ", before, " rows cannot shrink to ", rows);
    if (rows == before) return;
    auto shape = tensor.sizes().vec();
    shape[0] = rows;
    const auto &storage = tensor.storage();
    const size_t needed = c10::multiply_integers(shape) * sizeof(float);
    at::Tensor grown;
    // Room behind the rows is spare only if no other tensor lies in the same storage.
    if (needed <= storage.nbytes() && storage.use_count() == 1) {
      grown = at::empty({0}, tensor.options()).set_(storage, 0, shape);
    } else {
      shape[0] = std::max<int64_t>(rows, 2 * before);
      grown = at::empty(shape, tensor.options()).narrow(0, 0, rows);
      grown.narrow(0, 0, before).copy_(tensor);
    }
    auto added = grown.narrow(0, before, rows - before);
    if (values) {
      added.copy_(view(values, ct_dtype_float32, added.sizes()));
    } else {
      added.zero_();
    }
    tensor.set_data(grown);
    // What gathers gradients, and lives as long as an old loss does, expects the old shape; and that loss is to know
    // that the tensor is another one.
    if (auto *graph = torch::autograd::impl::get_autograd_meta(tensor)) {
      std::lock_guard hold(graph->mutex_);
      graph->grad_accumulator_.reset();
    }
    tensor.unsafeGetTensorImpl()->bump_version();
  });
}

const void *ct_address(const ct_tensor *x) { return x->value.const_data_ptr(); }
