package import CorralVectors

extension ImplicitALS {
  /// The vectors as named tensors for a safetensors file: `users` and `items`.
  package var tensors: [SafetensorsTensor] {
    [SafetensorsTensor("users", users), SafetensorsTensor("items", items)]
  }

  /// Reads the vectors of a model back from its file.
  ///
  /// - Throws: `SafetensorsError` when the file does not hold `[users, dimension]` and
  ///   `[items, dimension]`.
  package init(_ file: SafetensorsFile, settings: ImplicitALSSettings) throws {
    func matrix(_ name: String) throws -> Matrix {
      let values: [Float] = try file.array(name, shape: [nil, settings.dimension])
      return Matrix(
        rows: values.count / settings.dimension, columns: settings.dimension, values: values)
    }
    self.init(settings: settings, users: try matrix("users"), items: try matrix("items"))
  }
}
