// How every entry point turns exceptions into a message, and tensors into handles.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include <exception>
#include <new>
#include <string>

#include "CTorch.h"

struct ct_tensor {
  at::Tensor value;
};

namespace corral {

inline std::string &last_error() {
  thread_local std::string message;
  return message;
}

/// Whether the last failure of this thread was that there is no memory.
inline bool &out_of_memory() {
  thread_local bool is_out = false;
  return is_out;
}

/// Runs the body. No exception leaves: unwinding through a Swift frame is undefined.
template <typename Body>
bool guarded(Body &&body) noexcept {
  try {
    body();
    return true;
  } catch (const c10::Error &error) {
    last_error() = error.what_without_backtrace();
    // libtorch's own allocator throws a plain error.
    out_of_memory() = dynamic_cast<const c10::OutOfMemoryError *>(&error) != nullptr ||
                      last_error().find("can't allocate memory") != std::string::npos;
    return false;
  } catch (const std::bad_alloc &) {
    last_error() = "no memory is left";
    out_of_memory() = true;
    return false;
  } catch (const std::exception &error) {
    last_error() = error.what();
  } catch (...) {
    last_error() = "an unknown exception";
  }
  out_of_memory() = false;
  return false;
}

/// Hands the tensor that the body makes to the caller.
template <typename Body>
bool made(ct_out out, Body &&body) noexcept {
  return guarded([&] { *out = new ct_tensor{body()}; });
}

/// Hands both tensors of the body's tuple to the caller.
template <typename Body>
bool made_two(ct_out first, ct_out second, Body &&body) noexcept {
  return guarded([&] {
    auto [x, y] = body();
    auto *handle = new ct_tensor{std::move(x)};
    try {
      *second = new ct_tensor{std::move(y)};
    } catch (...) {
      delete handle;
      throw;
    }
    *first = handle;
  });
}

static_assert(sizeof(ct_int) == sizeof(int64_t), "Corral runs on 64-bit machines");

inline at::IntArrayRef list(const ct_int *values, ct_int count) {
  return {reinterpret_cast<const int64_t *>(values), static_cast<size_t>(count)};
}

inline at::OptionalIntArrayRef dimensions(const ct_int *values, ct_int count) {
  if (count == 0) return std::nullopt;
  return list(values, count);
}

inline at::ScalarType scalar_type(ct_dtype type) {
  switch (type) {
  case ct_dtype_float32: return at::kFloat;
  case ct_dtype_float64: return at::kDouble;
  case ct_dtype_int32: return at::kInt;
  case ct_dtype_int64: return at::kLong;
  case ct_dtype_bool: return at::kBool;
  }
  return at::kFloat;
}

inline at::Device place(ct_device device) {
  if (device.kind == ct_device_kind_cuda) return {at::kCUDA, static_cast<at::DeviceIndex>(device.index)};
  return at::kCPU;
}

inline std::optional<at::Tensor> optional(const ct_tensor *x) {
  if (x) return x->value;
  return std::nullopt;
}

}  // namespace corral
