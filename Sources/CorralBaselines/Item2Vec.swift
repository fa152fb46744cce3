package import CorralData
public import CorralIndex
package import CorralVectors

/// A trained item2vec model.
///
/// Each item has an input and an output vector.
///
/// The vector of a query is the mean of the input vectors of the last items of its history. Its
/// inner product with an item's output vector says how likely the item occurs near those. Similar
/// items have input vectors of a similar direction.
public struct Item2Vec: QueryEncoder {
  /// The settings it was trained with.
  package let settings: Item2VecSettings
  /// The input vectors, of which queries are made, `[items, dimension]`; zero for items that
  /// training never met.
  package let inputs: Matrix
  /// The output vectors, which an index holds, `[items, dimension]`.
  package let outputs: Matrix
  /// The items with at least `minimumCount` training interactions.
  package let placed: PlacedItems

  /// Creates a model from trained vectors.
  package init(settings: Item2VecSettings, inputs: Matrix, outputs: Matrix) {
    guard inputs.columns == settings.dimension, outputs.columns == settings.dimension,
      inputs.rows == outputs.rows
    else {
      fatalError(
        """
        item2vec of dimension \(settings.dimension) cannot hold inputs \
        [\(inputs.rows), \(inputs.columns)] and outputs [\(outputs.rows), \(outputs.columns)]
        """)
    }
    self.settings = settings
    self.inputs = inputs
    self.outputs = outputs
    placed = PlacedItems((0..<inputs.rows).map { inputs[$0].contains { $0 != 0 } })
  }

  /// The dimension of query and item vectors.
  package var dimension: Int { settings.dimension }

  /// Returns the mean of the input vectors of the last known items.
  ///
  /// - Throws: `BaselineError.unknownQuery` when training met no item of the history.
  package func vector(for query: Query) throws -> [Float] {
    guard let vector = mean(of: query.history[...]) else {
      throw BaselineError.unknownQuery(user: query.user, history: query.history.count)
    }
    return vector
  }

  /// Computes the query vectors of histories, `[histories, dimension]`; zero for a history without
  /// a known item.
  package func vectors(for histories: Ragged<ItemIndex>) -> Matrix {
    var values: [Float] = []
    values.reserveCapacity(histories.count * dimension)
    for row in 0..<histories.count {
      values += mean(of: histories[row]) ?? [Float](repeating: 0, count: dimension)
    }
    return Matrix(rows: histories.count, columns: dimension, values: values)
  }

  private func mean(of history: ArraySlice<ItemIndex>) -> [Float]? {
    let last = history.lazy.reversed()
      .filter { $0.position < inputs.rows && placed.contains($0) }.prefix(settings.history)
    var sum = [Float](repeating: 0, count: dimension)
    var count: Float = 0
    for item in last {
      let input = inputs[item.position]
      for (position, value) in input.enumerated() { sum[position] += value }
      count += 1
    }
    return count > 0 ? sum.map { $0 / count } : nil
  }
}

extension Item2Vec {
  /// The vectors as named tensors for a safetensors file.
  package var tensors: [SafetensorsTensor] {
    [SafetensorsTensor("inputs", inputs), SafetensorsTensor("outputs", outputs)]
  }

  /// Reads the vectors of a model back from its file.
  ///
  /// - Throws: `SafetensorsError` when the file does not hold `[items, dimension]` twice.
  package init(_ file: SafetensorsFile, settings: Item2VecSettings) throws {
    let inputs: [Float] = try file.array("inputs", shape: [nil, settings.dimension])
    let rows = inputs.count / settings.dimension
    let outputs: [Float] = try file.array("outputs", shape: [rows, settings.dimension])
    self.init(
      settings: settings,
      inputs: Matrix(rows: rows, columns: settings.dimension, values: inputs),
      outputs: Matrix(rows: rows, columns: settings.dimension, values: outputs))
  }
}
