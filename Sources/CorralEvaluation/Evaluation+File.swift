import CorralData
package import CorralVectors
package import Foundation

extension Evaluation {
  private static let kind = "corral evaluation 1"

  /// The part of the file that is not arrays.
  private struct Header: Codable {
    var protocolInUse: EvaluationProtocol
    var settings: EvaluationSettings
    var recommendedItems: [Int]
    var skippedUsers: Int
    var maskedTargets: Int
    /// Left out in files without list measures.
    var lists: Lists?

    struct Lists: Codable {
      var basis: ListMeasuring.Basis
      var metrics: [ListMetric]
      var gini: [ListMeasures.Whole]
    }
  }

  /// Writes the evaluation to a safetensors file, for later comparisons.
  ///
  /// The file takes about `4 * (3 + cutoffs + list measures)` bytes per user and 9 per target. The duration is not
  /// stored, so that the same ranks give the same bytes.
  package func write(to url: URL) throws {
    let header = Header(
      protocolInUse: protocolInUse, settings: settings, recommendedItems: recommendedItems,
      skippedUsers: skippedUsers, maskedTargets: maskedTargets,
      lists: lists.map {
        Header.Lists(basis: $0.basis, metrics: $0.metrics, gini: $0.gini)
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var tensors =
      [
        SafetensorsTensor("users", users.map(\.rawValue)),
        SafetensorsTensor("target_offsets", targets.offsets.map(Int64.init)),
        SafetensorsTensor("targets", targets.values.map(\.rawValue)),
        SafetensorsTensor("ranks", ranks),
        SafetensorsTensor("target_groups", targetGroups.map(\.rawValue)),
        SafetensorsTensor("history_lengths", historyLengths),
        SafetensorsTensor(
          "head_shares", headShares, shape: [users.count, settings.cutoffs.count]),
      ]
    if !targetClusters.isEmpty {
      tensors.append(SafetensorsTensor("target_clusters", targetClusters))
    }
    if let lists {
      tensors.append(
        SafetensorsTensor(
          "list_values", lists.values, shape: [users.count, lists.metrics.count]))
    }
    try SafetensorsFile.write(
      tensors,
      metadata: [
        "kind": Self.kind,
        "evaluation": String(decoding: try encoder.encode(header), as: UTF8.self),
      ], to: url)
  }

  /// Reads an evaluation from a file.
  ///
  /// Throws `SafetensorsError` or `EvaluationError.damagedFile`.
  package init(contentsOf url: URL) throws {
    try self.init(SafetensorsFile(url))
  }

  /// Reads an evaluation from an open file, and checks it as a whole.
  ///
  /// Throws `SafetensorsError` or `EvaluationError.damagedFile`.
  package init(_ file: SafetensorsFile) throws {
    func damaged(_ reason: String) -> EvaluationError {
      .damagedFile(path: file.url.path, reason: reason)
    }
    guard file.metadata["kind"] == Self.kind else {
      throw damaged("its kind is '\(file.metadata["kind"] ?? "none")', not '\(Self.kind)'")
    }
    guard
      let header = try? JSONDecoder().decode(
        Header.self, from: Data((file.metadata["evaluation"] ?? "").utf8))
    else { throw damaged("its description cannot be read") }
    protocolInUse = header.protocolInUse
    settings = header.settings
    recommendedItems = header.recommendedItems
    skippedUsers = header.skippedUsers
    maskedTargets = header.maskedTargets
    seconds = 0
    let positions: [Int32] = try file.array("users", shape: [nil])
    guard positions.first ?? 0 >= 0, zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw damaged("its users are not in rising order") }
    guard
      ([header.protocolInUse.items, skippedUsers, maskedTargets] + recommendedItems)
        .allSatisfy({ $0 >= 0 }), header.settings.cutoffs.allSatisfy({ $0 > 0 })
    else { throw damaged("a count or a cut-off is below 0") }
    users = positions.map { UserIndex(Int($0)) }
    let offsets: [Int64] = try file.array("target_offsets", shape: [users.count + 1])
    let items: [Int32] = try file.array("targets", shape: [nil])
    guard offsets.first == 0, offsets.last == Int64(items.count),
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw damaged("its rows of targets are not in order") }
    guard items.allSatisfy({ 0 <= $0 && $0 < header.protocolInUse.items }) else {
      throw damaged("a target is outside the catalogue")
    }
    targets = Ragged(values: items.map { ItemIndex(Int($0)) }, offsets: offsets.map(Int.init))
    ranks = try file.array("ranks", shape: [items.count])
    let depth = header.settings.cutoffs.max() ?? 0
    guard ranks.allSatisfy({ 0 <= $0 && $0 <= depth }) else {
      throw damaged("a rank is outside 0...\(depth)")
    }
    let groups: [UInt8] = try file.array("target_groups", shape: [items.count])
    targetGroups = try groups.map { value in
      guard let group = ItemGroup(rawValue: value) else {
        throw damaged("there is no popularity group \(value)")
      }
      return group
    }
    targetClusters =
      header.protocolInUse.clusters == nil
      ? [] : try file.array("target_clusters", shape: [items.count])
    historyLengths = try file.array("history_lengths", shape: [users.count])
    headShares = try file.array(
      "head_shares", shape: [users.count, header.settings.cutoffs.count])
    lists = try header.lists.map { lists in
      ListMeasures(
        basis: lists.basis, metrics: lists.metrics,
        values: try file.array("list_values", shape: [positions.count, lists.metrics.count]),
        gini: lists.gini)
    }
    guard recommendedItems.count == header.settings.cutoffs.count else {
      throw damaged(
        "it has \(recommendedItems.count) coverages for "
          + "\(header.settings.cutoffs.count) cut-offs")
    }
  }
}
