import CTorch

// Sequences of different lengths lie one after the other: sequence `i` has the positions
// `offsets[i]..<offsets[i + 1]`, and nothing is padded.

extension Tensor {
  /// Attention of each position to those of its own sequence: `softmax(q k^T / sqrt(d / heads)) v`.
  ///
  /// - Parameters:
  ///   - heads: the number of equal parts of a position, each with its own attention.
  ///   - offsets: where sequences start and end, `[sequences + 1]`.
  ///   - causal: whether a position sees no later ones.
  /// - Returns: `[positions, d]` of this tensor's queries, keys and values, side by side
  ///   `[positions, 3 d]`. Memory is linear in the positions.
  package func attention(heads: Int, offsets: [Int], causal: Bool) -> Tensor {
    attention(heads: heads, offsets: offsets, causal: causal, portable: false)
  }

  /// The same over padded sequences, as on devices other than a CPU.
  package func attention(heads: Int, offsets: [Int], causal: Bool, portable: Bool) -> Tensor {
    checkOffsets(offsets, "attention")
    return Tensor.made("attention", self) {
      ct_ragged_attention(handle, offsets, offsets.count - 1, heads, causal, portable, $0)
    }
  }

  /// The states of gated recurrent layers after each position, `[positions, hidden]`.
  ///
  /// - Parameters:
  ///   - weights: `W_ih` `[3 hidden, inputs]`, `W_hh` `[3 hidden, hidden]`, `b_ih` and `b_hh`
  ///     `[3 hidden]` of each layer, the gates in the order reset, update, new.
  ///   - offsets: where sequences start and end, `[sequences + 1]`; states start from 0.
  /// - Returns: the last layer's states.
  func gru(_ weights: [Tensor], offsets: [Int]) -> Tensor {
    checkOffsets(offsets, "gru")
    return withExtendedLifetime(weights) {
      let handles = weights.map(\.handle)
      return Tensor.made("gru", self, weights.first, weights.dropFirst().first) {
        ct_ragged_gru(handle, offsets, offsets.count - 1, handles, weights.count / 4, $0)
      }
    }
  }

  private func checkOffsets(_ offsets: [Int], _ operation: String) {
    guard offsets.first == 0, offsets.last == size(0),
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else {
      fatalError("\(operation): offsets run, never falling, from 0 to the \(size(0)) positions")
    }
  }
}
