// Activations that are more than one operation of libtorch's, or have a number of their own.
#include "Guard.h"

using namespace corral;

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
