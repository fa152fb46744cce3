import CTorch

extension Tensor {
  /// `max(0, x)`.
  package func relu() -> Tensor {
    Tensor.made("relu", self) { ct_relu(handle, $0) }
  }

  /// `x * normal(x)`, the normal distribution's cumulative function; exact, not the tanh form.
  package func gelu() -> Tensor {
    Tensor.made("gelu", self) { ct_gelu(handle, $0) }
  }

  /// `x * sigmoid(x)`.
  package func silu() -> Tensor {
    Tensor.made("silu", self) { ct_silu(handle, $0) }
  }

  /// The hyperbolic tangent.
  package func tanh() -> Tensor {
    Tensor.made("tanh", self) { ct_tanh(handle, $0) }
  }

  /// `1 / (1 + exp(-x))`.
  package func sigmoid() -> Tensor {
    Tensor.made("sigmoid", self) { ct_sigmoid(handle, $0) }
  }

  /// `log(1 + exp(x))`, without overflow.
  package func softplus() -> Tensor {
    Tensor.made("softplus", self) { ct_softplus(handle, $0) }
  }

  /// `log(sigmoid(x))`, without overflow.
  package func logSigmoid() -> Tensor {
    Tensor.made("logSigmoid", self) { ct_log_sigmoid(handle, $0) }
  }

  /// `x` where it is positive, `slope x` elsewhere (Maas, Hannun and Ng, 2013).
  package func leakyReLU(slope: Float = 0.01) -> Tensor {
    Tensor.made("leakyReLU", self) { ct_leaky_relu(handle, Double(slope), $0) }
  }

  /// `p x + (1 - p) alpha x`, `p = sigmoid((x - mean) / sqrt(variance + epsilon))`, over the last
  /// dimension (Zhou and others, 2018).
  ///
  /// With `updating`, mean and variance are computed from `x` over all other dimensions, and the given
  /// ones, `[last dimension]`, move towards them by the momentum, in place. Without it, the given ones
  /// are used.
  package func dice(
    _ alpha: Tensor, mean: Tensor, variance: Tensor, updating: Bool, momentum: Float = 0.1,
    epsilon: Float = 1e-8
  ) -> Tensor {
    Tensor.made("dice", self, alpha, mean) {
      ct_dice(
        handle, alpha.handle, mean.handle, variance.handle, updating, Double(momentum),
        Double(epsilon), $0)
    }
  }
}

/// The functions that a layer can end with.
public enum Activation: String, Sendable, Codable, CaseIterable {
  /// `max(0, x)`.
  case relu
  /// `x * normal(x)`.
  case gelu
  /// `x * sigmoid(x)`.
  case silu
  /// The hyperbolic tangent.
  case tanh
  /// `1 / (1 + exp(-x))`.
  case sigmoid
  /// `x` itself.
  case identity

  /// The function of every element.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: x.relu()
    case .gelu: x.gelu()
    case .silu: x.silu()
    case .tanh: x.tanh()
    case .sigmoid: x.sigmoid()
    case .identity: x
    }
  }
}
