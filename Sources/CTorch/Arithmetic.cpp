// Arithmetic, element by element.
#include <ATen/ops/addcmul.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/rsub.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softplus.h>

#include "Guard.h"

using namespace corral;

bool ct_add(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value + y->value; });
}
bool ct_subtract(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value - y->value; });
}
bool ct_multiply(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value * y->value; });
}
bool ct_divide(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value / y->value; });
}
bool ct_maximum(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return at::maximum(x->value, y->value); });
}
bool ct_minimum(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return at::minimum(x->value, y->value); });
}

bool ct_add_scalar(const ct_tensor *x, double y, ct_out out) {
  return made(out, [&] { return x->value + y; });
}
bool ct_subtract_from_scalar(double x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return at::rsub(y->value, x); });
}
bool ct_multiply_scalar(const ct_tensor *x, double y, ct_out out) {
  return made(out, [&] { return x->value * y; });
}
bool ct_divide_scalar(const ct_tensor *x, double y, ct_out out) {
  return made(out, [&] { return x->value / y; });
}
bool ct_divide_from_scalar(double x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return y->value.reciprocal() * x; });
}
bool ct_power_scalar(const ct_tensor *x, double y, ct_out out) {
  return made(out, [&] { return x->value.pow(y); });
}
bool ct_clamp(const ct_tensor *x, double low, double high, ct_out out) {
  return made(out, [&] { return x->value.clamp(low, high); });
}

bool ct_negate(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return -x->value; });
}
bool ct_absolute(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.abs(); });
}
bool ct_exp(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.exp(); });
}
bool ct_log(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.log(); });
}
bool ct_log1p(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.log1p(); });
}
bool ct_sqrt(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.sqrt(); });
}
bool ct_rsqrt(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.rsqrt(); });
}
bool ct_sin(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.sin(); });
}
bool ct_cos(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.cos(); });
}

bool ct_relu(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.relu(); });
}
bool ct_gelu(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return at::gelu(x->value); });
}
bool ct_silu(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return at::silu(x->value); });
}
bool ct_tanh(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.tanh(); });
}
bool ct_sigmoid(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.sigmoid(); });
}
bool ct_softplus(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return at::softplus(x->value); });
}
bool ct_log_sigmoid(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return at::log_sigmoid(x->value); });
}

bool ct_equal(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value.eq(y->value); });
}
bool ct_not_equal(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value.ne(y->value); });
}
bool ct_less(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value.lt(y->value); });
}
bool ct_less_or_equal(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value.le(y->value); });
}
bool ct_equal_scalar(const ct_tensor *x, double y, ct_out out) {
  return made(out, [&] { return x->value.eq(y); });
}
bool ct_less_scalar(const ct_tensor *x, double y, ct_out out) {
  return made(out, [&] { return x->value.lt(y); });
}
bool ct_greater_scalar(const ct_tensor *x, double y, ct_out out) {
  return made(out, [&] { return x->value.gt(y); });
}
bool ct_logical_not(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.logical_not(); });
}
bool ct_logical_and(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value.logical_and(y->value); });
}
bool ct_logical_or(const ct_tensor *x, const ct_tensor *y, ct_out out) {
  return made(out, [&] { return x->value.logical_or(y->value); });
}

// Activations that are more than one operation of libtorch's, or have a number of their own.

bool ct_leaky_relu(const ct_tensor *x, double slope, ct_out out) {
  return made(out, [&] { return at::leaky_relu(x->value, slope); });
}

bool ct_dice(const ct_tensor *x, const ct_tensor *alpha, ct_tensor *mean, ct_tensor *variance, bool updating,
             double momentum, double epsilon, ct_out out) {
  return made(out, [&] {
    const auto &value = x->value;
    auto rows = value.reshape({-1, value.size(-1)});
    // Detached tensors share their elements: the averages move, and no gradient knows of it.
    auto standard = at::batch_norm(rows, {}, {}, mean->value.detach(), variance->value.detach(), updating, momentum,
                                   epsilon, /*cudnn_enabled=*/false);
    auto share = standard.sigmoid();
    // p x + (1 - p) alpha x = x (alpha + p (1 - alpha))
    return (rows * at::addcmul(alpha->value, share, 1 - alpha->value)).view_as(value);
  });
}
