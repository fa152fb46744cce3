// Gradients, dense and row-sparse.
#include "Guard.h"

using namespace corral;

bool ct_requires_gradient(const ct_tensor *x) { return x->value.requires_grad(); }
bool ct_set_requires_gradient(ct_tensor *x, bool requires_gradient) {
  return guarded([&] { x->value.set_requires_grad(requires_gradient); });
}
bool ct_detach(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.detach(); });
}
bool ct_backward(const ct_tensor *x, const ct_tensor *seed) {
  return guarded([&] { x->value.backward(seed ? seed->value : at::Tensor()); });
}

bool ct_gradient(const ct_tensor *x, ct_out out) {
  *out = nullptr;
  return guarded([&] {
    if (const auto &gradient = x->value.grad(); gradient.defined()) *out = new ct_tensor{gradient};
  });
}
bool ct_clear_gradient(ct_tensor *x) {
  return guarded([&] { x->value.mutable_grad().reset(); });
}

bool ct_is_sparse(const ct_tensor *x) { return x->value.is_sparse(); }
bool ct_sparse_rows(const ct_tensor *x, ct_out indices, ct_out values) {
  return made_two(indices, values, [&] {
    auto coalesced = x->value.coalesce();
    return std::make_tuple(coalesced.indices().select(0, 0), coalesced.values());
  });
}
bool ct_to_dense(const ct_tensor *x, ct_out out) {
  return made(out, [&] { return x->value.to_dense(); });
}
