import CorralArtifacts

extension JSONValue {
  /// The settings of a saved model: a key that is younger than the model has the default of its kind.
  ///
  /// Throws what decoding throws, for an unknown model too.
  func settings<Settings: Codable>(_ defaults: (String) -> Settings?) throws -> Settings {
    let name: String? = try self["model"]?.decoded()
    return try completed(by: JSONValue(encoding: name.flatMap(defaults))).decoded()
  }
}
