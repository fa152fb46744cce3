import CorralVectors

extension Parameters {
  /// Makes every table whose rows stand for one of these kinds longer, in place: all its rows are then
  /// as many as `counts` says.
  ///
  /// Rows that are there keep their bits. A new row's values follow from the seed, the parameter's name
  /// and the row's number alone, so that it does not matter in how many steps a table grew; they are
  /// not those that a table made as long at once begins with, which are drawn together. A row costs
  /// amortised constant time. An optimiser of these parameters follows by itself.
  ///
  /// Call it between steps. Traps with the shapes if a table would become shorter, has a gradient that
  /// no step has used, or is no table of rows, and without a seed.
  ///
  /// - Throws: `TorchError.parametersTooLarge`, and then nothing has grown.
  package func grow(_ counts: [ParameterRows: Int]) throws {
    var growing: [(parameter: Parameter, rows: Range<Int>, width: Int)] = []
    var bytes = self.bytes
    for parameter in all {
      guard let count = counts[parameter.rows] else { continue }
      var shape = parameter.tensor.shape
      if count == shape.first { continue }
      let what = "parameter '\(parameter.name)' of shape \(shape)"
      if parameter.layout != .rows || shape.isEmpty {
        fatalError("grow: \(what) is no table of rows, and cannot have \(count) of them")
      }
      if count < shape[0] { fatalError("grow: \(what) cannot shrink to \(count) rows") }
      if parameter.tensor.gradient != nil {
        fatalError("grow: \(what) has a gradient: take the step before it grows")
      }
      let (rows, width) = (shape[0]..<count, shape.dropFirst().reduce(1, *))
      growing.append((parameter, rows, width))
      shape[0] = count
      bytes += 4 * Double(rows.count) * Double(width)
      if device == .cpu, bytes > Double(MachineMemory.limit) {
        throw TorchError.parametersTooLarge(
          parameter.name, shape: shape, bytes: bytes, limit: MachineMemory.limit)
      }
    }
    for (parameter, rows, width) in growing {
      parameter.tensor.grow(
        to: rows.upperBound,
        parameter.initializer.rows(rows, width: width, seed: seed(of: parameter.name)))
    }
    self.bytes = bytes
  }
}
