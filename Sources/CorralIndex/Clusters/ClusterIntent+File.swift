package import CorralData
package import CorralVectors
import Foundation

extension ClusterIntent {
  /// The intent as named tensors for a safetensors file, all with the prefix `intent.`.
  ///
  /// `overall` is `[clusters]`; or `weights` is `[clusters, features]` and `bias` `[clusters]`.
  /// `users.vectors` is `[users, dimension]` and `users.shares` `[users, clusters]`.
  package var tensors: [SafetensorsTensor] {
    var tensors: [SafetensorsTensor] = []
    switch kind {
    case .history(let history): tensors.append(SafetensorsTensor("overall", history.overall))
    case .learned(let learned):
      tensors.append(SafetensorsTensor("weights", learned.weights))
      tensors.append(SafetensorsTensor("bias", learned.bias))
    }
    if let neighbours {
      tensors.append(SafetensorsTensor("users.vectors", neighbours.vectors))
      tensors.append(SafetensorsTensor("users.shares", neighbours.shares))
      tensors += (neighbours.index.saved?.tensors ?? []).map {
        $0.renamed("users.index.\($0.name)")
      }
    }
    return tensors.map { $0.renamed("intent.\($0.name)") }
  }

  /// The metadata of the file.
  package var metadata: [String: String] {
    // The index of users is described by keys of its own.
    var metadata = neighbours?.index.saved?.metadata ?? [:]
    metadata["kind"] = nil
    switch kind {
    case .history(let history):
      metadata["intent"] = "history"
      metadata["intent.halfLife"] = "\(history.halfLife)"
      metadata["intent.prior"] = "\(history.prior)"
    case .learned(let learned):
      metadata["intent"] = "learned"
      metadata["intent.temperature"] = "\(learned.temperature)"
    }
    if let neighbours {
      metadata["intent.users.count"] = "\(neighbours.count)"
      metadata["intent.users.weight"] = "\(neighbours.weight)"
      metadata["intent.users.index"] = neighbours.index.kindName
    }
    return metadata
  }

  /// Reads an intent back from its file, which can hold other tensors too.
  ///
  /// - Parameters:
  ///   - file: what `tensors` and `metadata` were written to.
  ///   - partition: the clusters that the intent is about.
  ///   - index: how the index of users is searched; its kind is the file's.
  /// - Throws: `SafetensorsError` or `IndexError` when the file does not hold an intent of the clusters.
  package init(
    _ file: SafetensorsFile, partition: Partition, index: IndexSettings = IndexSettings()
  ) throws {
    let reader = IntentReader(
      file: file, clusters: partition.count, items: partition.clusters.count)
    self.init(
      try reader.kind(), of: partition, neighbours: try reader.neighbours(index: index))
  }
}

/// Reads the parts of an intent, and refuses what does not fit.
private struct IntentReader {
  let file: SafetensorsFile
  let clusters: Int
  let items: Int

  func damaged(_ reason: String) -> IndexError {
    .damagedIntent(file: file.url.path, reason: reason)
  }

  func kind() throws -> ClusterIntent.Kind {
    switch file.metadata["intent"] {
    case "history":
      let overall: [Float] = try finite("intent.overall", shape: [nil])
      try check(overall.count, "shares")
      guard let halfLife = number("intent.halfLife"), halfLife > 0,
        let prior = number("intent.prior"), prior >= 0
      else { throw damaged("its metadata has no half-life above 0 or no prior of 0 or more") }
      return .history(HistoryIntent(halfLife: halfLife, prior: prior, overall: overall))
    case "learned":
      let bias: [Float] = try finite("intent.bias", shape: [nil])
      try check(bias.count, "biases")
      let weights: [Float] = try finite("intent.weights", shape: [clusters, nil])
      let features = weights.count / clusters
      guard features >= IntentFeatures.halfLives.count * clusters else {
        throw damaged("its weights have \(features) features, fewer than shares of the clusters")
      }
      let temperature = number("intent.temperature") ?? 1
      guard temperature > 0 else { throw damaged("its temperature is not above 0") }
      return .learned(
        LearnedIntent(
          weights: Matrix(rows: clusters, columns: features, values: weights), bias: bias,
          temperature: Float(temperature)))
    default: throw damaged("its metadata is that of something else")
    }
  }

  func neighbours(index settings: IndexSettings) throws -> IntentNeighbours? {
    guard file.entries["intent.users.vectors"] != nil else { return nil }
    let shares: [Float] = try finite("intent.users.shares", shape: [nil, clusters])
    let vectors = try file.matrix("intent.users.vectors")
    guard vectors.rows * clusters == shares.count else {
      throw damaged(
        "it has vectors of \(vectors.rows) users and shares of \(shares.count / clusters)")
    }
    guard let count = file.metadata["intent.users.count"].flatMap(Int.init), count > 0,
      let weight = number("intent.users.weight"), (0...1).contains(weight),
      let kind = file.metadata["intent.users.index"].flatMap(IndexSettings.Kind.init)
    else { throw damaged("its metadata does not say how users are smoothed") }
    var settings = settings
    settings.kind = kind
    return IntentNeighbours(
      unit: vectors, shares: Matrix(rows: vectors.rows, columns: clusters, values: shares),
      count: count, weight: Float(weight),
      index: try BuiltIndex(
        file, items: vectors, settings: settings, prefix: "intent.users.index."))
  }

  private func check(_ count: Int, _ what: String) throws {
    guard count == clusters else {
      throw damaged("it has \(count) \(what) and there are \(clusters) clusters")
    }
  }

  private func finite(_ name: String, shape: [Int?]) throws -> [Float] {
    let values: [Float] = try file.array(name, shape: shape)
    guard values.allSatisfy(\.isFinite) else { throw damaged("'\(name)' is not finite") }
    return values
  }

  private func number(_ key: String) -> Double? {
    file.metadata[key].flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
  }
}
