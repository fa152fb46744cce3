package import CorralArtifacts
import CorralBaselines
import CorralModels
import CorralSettings
import CorralTraining

/// One model that settings can name: where it stands, who described it, and what it can be told.
package struct ModelEntry: Encodable {
  /// What a model is for.
  package enum Stage: String, Encodable {
    /// Finds candidates among all items.
    case retriever
    /// Orders candidates.
    case ranker
  }

  package let name: String
  package let stage: Stage
  /// Who described it, and when.
  package let paper: String
  /// Whether it recommends items that training never met by their features; `nil` for a ranker, which
  /// orders what it is given.
  package let placesNewItems: Bool?
  /// Its block of settings, with the defaults.
  package let settings: JSONValue
  /// The training defaults of this model that differ from the general ones.
  package let training: JSONValue

  /// Every model, in the order in which settings list them.
  package static func all() throws -> [ModelEntry] {
    try RetrieverBlock.names.compactMap { name in
      try RetrieverBlock(name).map { try ModelEntry($0) }
    } + RankerSettings.all.map { try ModelEntry($0) }
  }

  /// The model's block as a settings file has it, in the order of the declarations.
  package func block() throws -> String {
    switch stage {
    case .retriever: try yamlText(["retriever": RetrieverBlock(name)])
    case .ranker: try yamlText(["ranker": RankerBlock(name)])
    }
  }

  private init(_ ranker: RankerSettings) throws {
    name = ranker.name
    stage = .ranker
    placesNewItems = nil
    paper = type(of: ranker.model).paper
    settings = try JSONValue(encoding: ranker)
    training = .object([:])
  }

  private init(_ block: RetrieverBlock) throws {
    name = block.name
    stage = .retriever
    placesNewItems = block.placesItemsByFeatures
    settings = try JSONValue(encoding: block)
    switch block {
    case .popularity:
      paper = "a count"
      training = .object([:])
    case .implicitALS:
      paper = "Hu, Koren and Volinsky, 2008; Rendle and others, 2022"
      training = .object(["als": try JSONValue(encoding: ImplicitALSSettings())])
    case .item2vec:
      paper = Item2VecSettings.paper
      training = .object([:])
    case .network(let network):
      paper = type(of: network.model).paper
      training = try JSONValue(encoding: RetrieverTrainingSettings(network))
        .differing(from: try JSONValue(encoding: RetrieverTrainingSettings()), except: "retriever")
    }
  }
}

extension JSONValue {
  /// The parts of an object that another one has not, or has otherwise.
  fileprivate func differing(from other: JSONValue, except key: String = "") -> JSONValue {
    guard case .object(let mine) = self, case .object(let theirs) = other else { return self }
    var parts: [String: JSONValue] = [:]
    for (name, value) in mine where name != key && theirs[name] != value {
      parts[name] = theirs[name].map { value.differing(from: $0) } ?? value
    }
    return .object(parts)
  }
}
