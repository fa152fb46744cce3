package import CorralVectors

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
