import CKernels

/// A dense layer `y = W x + b`, perhaps with ReLU after it, packed for this processor.
///
/// For the small layers of a request, where a tensor operation costs more than its sums.
package struct DenseLayer: Sendable {
  /// The number of elements of an input.
  package let inputs: Int
  /// The number of elements of an output.
  package let outputs: Int
  private let isRectified: Bool
  private let panels: [Float]

  /// A layer of weights `[outputs, inputs]` and a bias.
  package init(_ weight: Matrix, bias: [Float]? = nil, isRectified: Bool = false) {
    if let bias, bias.count != weight.rows {
      fatalError("DenseLayer: a bias of \(bias.count) elements for \(weight.rows) outputs")
    }
    let (inputs, outputs) = (weight.columns, weight.rows)
    (self.inputs, self.outputs, self.isRectified) = (inputs, outputs, isRectified)
    let level = ck_active_level()
    let size = Int(ck_layer_size(level, Int64(inputs), Int64(outputs)))
    panels = [Float](unsafeUninitializedCapacity: size) { panels, filled in
      weight.values.withUnsafeBufferPointer { weight in
        guard let weight = weight.baseAddress, let start = panels.baseAddress else { return }
        func pack(_ bias: UnsafePointer<Float>?) {
          ck_pack_layer(level, weight, bias, Int64(inputs), Int64(outputs), start)
        }
        if let bias { bias.withUnsafeBufferPointer { pack($0.baseAddress) } } else { pack(nil) }
        filled = size
      }
    }
  }

  /// The elements that a row of outputs takes: `outputs` filled up with zeros to whole vectors.
  package var width: Int { Int(ck_layer_width(ck_active_level(), Int64(outputs))) }

  /// The memory of the packed weights.
  package var byteCount: Int { 4 * panels.count }

  /// Writes the outputs of `count` rows, `width` elements each.
  ///
  /// Rows of inputs lie `stride` elements apart, those of outputs `outStride`. A row's output has the
  /// same bits whatever rows are beside it.
  package func write(
    _ rows: UnsafePointer<Float>, stride: Int, count: Int, to out: UnsafeMutablePointer<Float>,
    stride outStride: Int
  ) {
    panels.withUnsafeBufferPointer { panels in
      guard let start = panels.baseAddress, count > 0 else { return }
      var layer = ck_layer(
        panels: start, inputs: Int64(inputs), outputs: Int64(outputs), is_rectified: isRectified)
      ck_apply_layer(
        ck_active_level(), &layer, rows, Int64(stride), Int64(count), out, Int64(outStride))
    }
  }
}

/// Rows of the same length that lie anywhere in memory.
package struct ScatteredRows {
  /// Where each row begins.
  package let starts: UnsafeBufferPointer<UnsafePointer<Float>>

  /// Rows that begin at the given places.
  package init(_ starts: UnsafeBufferPointer<UnsafePointer<Float>>) { self.starts = starts }

  /// The number of rows.
  package var count: Int { starts.count }

  /// Writes the sum of a vector and the first `width` elements of each row, ReLU after it where asked;
  /// sums lie `stride` elements apart.
  package func writeSums(
    with vector: UnsafePointer<Float>, width: Int, isRectified: Bool,
    to sums: UnsafeMutablePointer<Float>, stride: Int
  ) {
    guard let first = starts.baseAddress else { return }
    ck_add_rows(
      ck_active_level(), vector, first, Int64(count), Int64(width), isRectified, sums,
      Int64(stride))
  }

  /// Writes the inner product of a vector with the first `width` elements of each row.
  package func writeProducts(
    with vector: UnsafePointer<Float>, width: Int, to products: UnsafeMutablePointer<Float>
  ) {
    guard let first = starts.baseAddress else { return }
    ck_score(ck_active_level())(first, Int64(count), Int64(width), vector, products)
  }
}
