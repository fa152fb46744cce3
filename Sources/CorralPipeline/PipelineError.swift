import CorralText

/// What keeps data from being loaded, a model from being trained, or a saved one from being used.
package enum PipelineError: Error, CustomStringConvertible, Equatable {
  /// The settings name no data.
  case noData
  /// The data of a saved model are no longer where they were.
  case dataMissing(path: String, model: String)
  /// The data are not those that a model was trained on.
  case otherData(path: String, expected: String, found: String)
  /// A model whose scores are no inner products, for work that needs them.
  case noInnerProducts(model: String, kind: String, work: String)
  /// Something else that the caller can put right.
  case other(String)

  package var description: String {
    switch self {
    case .noData:
      """
      no data: pass --data PATH, or set data.path in the settings file; \
      `corral data synthesize PATH` makes some
      """
    case .dataMissing(let path, let model):
      "\(path) is not there; pass --data with the place of the data of \(model)"
    case .otherData(let path, let expected, let found):
      """
      \(path) is not what the model was trained on: SHA-256 \(found.prefix(12))..., not \
      \(expected.prefix(12))...; pass --data with the right file
      """
    case .noInnerProducts(let model, let kind, let work):
      "\(model) is \(Format.indefinite(kind)) model, and \(work) needs scores that are inner products"
    case .other(let text): text
    }
  }
}
