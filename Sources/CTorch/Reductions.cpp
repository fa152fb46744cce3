// Reductions over dimensions.
#include <ATen/ops/linalg_vector_norm.h>

#include "Guard.h"

using namespace corral;

bool ct_sum(const ct_tensor *x, const ct_int *dims, ct_int count, bool keep, ct_out out) {
  return made(out, [&] { return x->value.sum(dimensions(dims, count), keep); });
}
bool ct_mean(const ct_tensor *x, const ct_int *dims, ct_int count, bool keep, ct_out out) {
  return made(out, [&] { return x->value.mean(dimensions(dims, count), keep); });
}
bool ct_norm(const ct_tensor *x, const ct_int *dims, ct_int count, bool keep, ct_out out) {
  return made(out, [&] { return at::linalg_vector_norm(x->value, 2, dimensions(dims, count), keep); });
}
bool ct_log_sum_exp(const ct_tensor *x, ct_int dim, bool keep, ct_out out) {
  return made(out, [&] { return x->value.logsumexp(dim, keep); });
}
bool ct_softmax(const ct_tensor *x, ct_int dim, ct_out out) {
  return made(out, [&] { return x->value.softmax(dim); });
}
bool ct_log_softmax(const ct_tensor *x, ct_int dim, ct_out out) {
  return made(out, [&] { return x->value.log_softmax(dim); });
}
bool ct_cumulative_sum(const ct_tensor *x, ct_int dim, ct_out out) {
  return made(out, [&] { return x->value.cumsum(dim); });
}
bool ct_max(const ct_tensor *x, ct_int dim, bool keep, ct_out values, ct_out indices) {
  return made_two(values, indices, [&] { return x->value.max(dim, keep); });
}
bool ct_min(const ct_tensor *x, ct_int dim, bool keep, ct_out values, ct_out indices) {
  return made_two(values, indices, [&] { return x->value.min(dim, keep); });
}
bool ct_top_k(const ct_tensor *x, ct_int k, ct_int dim, bool largest, ct_out values, ct_out indices) {
  return made_two(values, indices, [&] { return x->value.topk(k, dim, largest); });
}
bool ct_sort(const ct_tensor *x, ct_int dim, bool descending, ct_out values, ct_out indices) {
  return made_two(values, indices, [&] { return x->value.sort(std::optional<bool>(true), dim, descending); });
}
bool ct_any(const ct_tensor *x, ct_int dim, bool keep, ct_out out) {
  return made(out, [&] { return x->value.any(dim, keep); });
}
bool ct_all(const ct_tensor *x, ct_int dim, bool keep, ct_out out) {
  return made(out, [&] { return x->value.all(dim, keep); });
}
