import CTorch

extension Optimizer {
  /// How a gradient `g` becomes an update.
  package enum Rule: Sendable, Hashable, Codable {
    /// `w -= rate g`.
    case sgd
    /// `s += g^2; w -= rate g / (sqrt(s) + epsilon)` (Duchi, Hazan and Singer, 2011).
    ///
    /// A table keeps one `s` a row, to which the mean of the row's `g^2` is added: row-wise Adagrad.
    case adagrad(Adagrad = Adagrad())
    /// Decaying means of `g` and `g^2` (Kingma and Ba, 2015), with AdamW's decoupled decay.
    case adam(Adam = Adam())
    /// A decaying mean of `g^2` alone (Tieleman and Hinton, 2012), corrected as Adam's is.
    ///
    /// When a step names a row of a table, the row's mean first decays for all the steps that did not
    /// name it. So the table is at every step what dense updates would have made of it, and rare rows
    /// take larger steps than frequent ones, as in dense Adam and unlike lazy Adam.
    case rmsProp(RMSProp = RMSProp())

    /// Settings of Adagrad.
    package struct Adagrad: Sendable, Hashable, Codable {
      /// Added to the root, so that it is never 0.
      package var epsilon: Float = 1e-10

      /// The defaults of PyTorch.
      package init(epsilon: Float = 1e-10) { self.epsilon = epsilon }
    }

    /// Settings of Adam.
    ///
    /// `m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= rate decay w;`
    /// `w -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)` in step `t`.
    package struct Adam: Sendable, Hashable, Codable {
      /// The part of the mean gradient that a step keeps.
      package var beta1: Float = 0.9
      /// The part of the mean squared gradient that a step keeps.
      package var beta2: Float = 0.999
      /// Added to the root, so that it is never 0.
      package var epsilon: Float = 1e-8
      /// The part of a weight that a step of rate 1 takes away (Loshchilov and Hutter, 2019).
      package var decay: Float = 0

      /// The defaults of PyTorch's Adam, and no decay.
      package init(
        beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, decay: Float = 0
      ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.decay = decay
      }
    }

    /// Settings of RMSProp.
    ///
    /// `v = b v + (1 - b) g^2; w -= rate g / (sqrt(v / (1 - b^t)) + epsilon)` in step `t`.
    package struct RMSProp: Sendable, Hashable, Codable {
      /// The part b of the mean squared gradient that a step keeps.
      package var decay: Float = 0.999
      /// Added to the root, so that it is never 0.
      package var epsilon: Float = 1e-8

      /// The defaults of Adam's second half.
      package init(decay: Float = 0.999, epsilon: Float = 1e-8) {
        self.decay = decay
        self.epsilon = epsilon
      }
    }

    /// The numbers of the rule for libtorch; a step fills in its own.
    var numbers: ct_step {
      var step = ct_step()
      switch self {
      case .sgd:
        step.rule = .sgd
      case .adagrad(let adagrad):
        step.rule = .adagrad
        step.epsilon = Double(adagrad.epsilon)
      case .adam(let adam):
        step.rule = .adam
        step.beta1 = Double(adam.beta1)
        step.beta2 = Double(adam.beta2)
        step.epsilon = Double(adam.epsilon)
        step.decay = Double(adam.decay)
      case .rmsProp(let rmsProp):
        step.rule = .rmsprop
        step.beta2 = Double(rmsProp.decay)
        step.epsilon = Double(rmsProp.epsilon)
      }
      return step
    }

    /// The shape of the state that the rule keeps of a parameter; `nil` if it keeps none.
    ///
    /// The numbers of a table's row lie side by side, so that an update finds them together: Adam's two
    /// means, and RMSProp's mean with the step that last named the row.
    func stateShape(for parameter: Parameters.Parameter) -> [Int]? {
      let shape = parameter.tensor.shape
      switch (self, parameter.layout) {
      case (.sgd, _): return nil
      case (.adagrad, .dense): return shape
      case (.adagrad, .rows): return [shape[0]]
      case (.adam, .dense): return [2] + shape
      case (.adam, .rows): return [shape[0], 2] + shape.dropFirst()
      case (.rmsProp, .dense): return shape
      case (.rmsProp, .rows): return [shape[0], 1 + shape.dropFirst().reduce(1, *)]
      }
    }

    /// The last part of the state's name.
    var stateName: String {
      switch self {
      case .sgd, .adagrad, .rmsProp: "squares"
      case .adam: "moments"
      }
    }
  }
}
