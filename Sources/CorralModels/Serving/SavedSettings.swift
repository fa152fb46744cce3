import CorralArtifacts

extension JSONValue {
  /// The settings of a saved model: what is younger than the model has the default of its kind.
  ///
  /// Throws what decoding throws, for a kind that there is not too.
  func settings<Kind: Decodable, Settings: Codable>(
    _ defaults: (Kind) -> Settings
  ) throws -> Settings {
    let kind: Kind? = try self["model"]?.decoded()
    return try completed(by: JSONValue(encoding: kind.map(defaults))).decoded()
  }
}
