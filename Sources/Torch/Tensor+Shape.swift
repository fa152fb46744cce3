import CTorch

// Views share their elements with the tensor that they are made from; gradients flow through them.

extension Tensor {
  /// The same elements, row after row, in another shape; one length may be -1, which is computed.
  package func reshape(_ shape: [Int]) -> Tensor {
    Tensor.made("reshape", self) { ct_reshape(handle, shape, shape.count, $0) }
  }

  /// A view in which dimensions of length 1 have the given length; -1 keeps one as it is.
  package func expand(_ shape: [Int]) -> Tensor {
    Tensor.made("expand", self) { ct_expand(handle, shape, shape.count, $0) }
  }

  /// A view with the dimensions in another order.
  package func permute(_ dimensions: [Int]) -> Tensor {
    Tensor.made("permute", self) { ct_permute(handle, dimensions, dimensions.count, $0) }
  }

  /// A view with two dimensions exchanged; without arguments the last two.
  package func transpose(_ first: Int = -2, _ second: Int = -1) -> Tensor {
    Tensor.made("transpose", self) { ct_transpose(handle, first, second, $0) }
  }

  /// A view without a dimension of length 1.
  package func squeeze(_ dimension: Int) -> Tensor {
    Tensor.made("squeeze", self) { ct_squeeze(handle, dimension, $0) }
  }

  /// A view with one more dimension, of length 1.
  package func unsqueeze(_ dimension: Int) -> Tensor {
    Tensor.made("unsqueeze", self) { ct_unsqueeze(handle, dimension, $0) }
  }

  /// A view of a range of a dimension.
  package func narrow(_ dimension: Int, _ range: Range<Int>) -> Tensor {
    Tensor.made("narrow", self) {
      ct_narrow(handle, dimension, range.lowerBound, range.count, $0)
    }
  }

  /// A view of a range of the first dimension.
  package subscript(range: Range<Int>) -> Tensor { narrow(0, range) }

  /// A view of one position of a dimension, without that dimension.
  package func select(_ dimension: Int, _ index: Int) -> Tensor {
    Tensor.made("select", self) { ct_select(handle, dimension, index, $0) }
  }

  /// A view of one position of the first dimension.
  package subscript(index: Int) -> Tensor { select(0, index) }

  /// A view of the diagonal of a matrix.
  package func diagonal() -> Tensor {
    Tensor.made("diagonal", self) { ct_diagonal(handle, $0) }
  }

  /// The elements laid out row after row: the tensor itself if they already are, else a copy.
  package func contiguous() -> Tensor {
    Tensor.made("contiguous", self) { ct_contiguous(handle, $0) }
  }

  /// Views of ranges of rows, one after the other; the lengths add up to the rows.
  ///
  /// All parts have one gradient together, so that many parts cost no more than few.
  package func split(_ lengths: [Int]) -> [Tensor] {
    var parts = [OpaquePointer?](repeating: nil, count: lengths.count)
    check(ct_split(handle, lengths, lengths.count, &parts), "split(\(lengths))", self)
    return parts.compactMap { $0.map(Tensor.init(owning:)) }
  }

  /// Tensors one after the other along a dimension that they have.
  package static func cat(_ tensors: [Tensor], _ dimension: Int = 0) -> Tensor {
    joined(tensors, "cat") { ct_cat($0, tensors.count, dimension, $1) }
  }

  /// Tensors of one shape one after the other along a new dimension.
  package static func stack(_ tensors: [Tensor], _ dimension: Int = 0) -> Tensor {
    joined(tensors, "stack") { ct_stack($0, tensors.count, dimension, $1) }
  }

  private static func joined(
    _ tensors: [Tensor], _ operation: StaticString,
    by body: (UnsafePointer<OpaquePointer>, Out) -> Bool
  ) -> Tensor {
    withExtendedLifetime(tensors) {
      let handles = tensors.map(\.handle)
      return made(
        operation, tensors.first, tensors.dropFirst().first, tensors.dropFirst(2).first
      ) { body(handles, $0) }
    }
  }
}
