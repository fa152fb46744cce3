import CKernels

extension Matrix {
  /// The inner products of some neighbouring rows with a query.
  ///
  /// A row's has the same bits whatever rows are asked for beside it.
  package func innerProducts(
    of rows: Range<Int>, with query: UnsafeBufferPointer<Float>,
    into products: UnsafeMutableBufferPointer<Float>
  ) {
    guard query.count == columns, products.count >= rows.count, rows.upperBound <= self.rows else {
      fatalError(
        "inner products: a query of \(query.count) elements with rows \(rows) of "
          + "[\(self.rows), \(columns)], and room for \(products.count)")
    }
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress, let query = query.baseAddress,
        let found = products.baseAddress
      else {
        products.update(repeating: 0)
        return
      }
      withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: rows.count) {
        pointers in
        guard let first = pointers.baseAddress else { return }
        for (position, row) in rows.enumerated() {
          (first + position).initialize(to: start + row * columns)
        }
        ck_negative_dots(Int64(columns))(
          query, first, Int64(rows.count), Int64(columns), found)
        for position in 0..<rows.count { found[position] = -found[position] }
      }
    }
  }
}
