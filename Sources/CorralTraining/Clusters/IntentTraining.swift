package import CorralData
package import CorralIndex
import CorralVectors

/// Learns from which clusters users choose next, after the model whose vectors it reads
/// (Zhang and others, 2023).
///
/// The vectors are constants: no gradient reaches the model that makes them.
package struct IntentTraining {
  /// How it is learned.
  package let settings: ClusterSettings.Intent
  private let split: Split
  private let partition: Partition
  private let seed: UInt64

  /// The training on a split, for the clusters of its items.
  package init(
    _ settings: ClusterSettings.Intent, on split: Split, partition: Partition, seed: UInt64
  ) {
    guard partition.clusters.count == split.itemCount else {
      fatalError(
        "IntentTraining: a partition of \(partition.clusters.count) items for a split of "
          + "\(split.itemCount)")
    }
    self.settings = settings
    self.split = split
    self.partition = partition
    self.seed = seed
  }

  /// The intent for the users of a model, and how well it foretells the validation part; no report if
  /// nothing is held out.
  ///
  /// Throws `TrainingError` if vectors are not finite or there is nothing to learn from, and what the
  /// model throws.
  package func intent(
    for encoder: UserEncoder
  ) throws -> (intent: ClusterIntent, report: IntentReport?) {
    switch settings.kind {
    case .learned:
      let examples = try IntentExamples(split, partition, encoder, seed: seed)
      guard !examples.clusters.isEmpty else { throw TrainingError.noExamples(rule: split.rule) }
      let learned = try LearnedIntent(
        training: examples.features, toward: examples.clusters, of: partition.count,
        epochs: settings.epochs, rate: settings.rate, seed: seed)
      guard let held = try heldOut(encoder) else { return (served(learned), nil) }
      let plain = served(learned)
      let logits = learned.logits(
        of: plain.features(vectors: held.vectors, histories: held.histories))
      let temperature = TemperatureScaling.temperature(of: logits, held.truth)
      let intent = served(learned.at(temperature: Float(temperature)))
      return (intent, held.report(on: intent, plain: plain, temperature: temperature))
    case .history:
      let intent = try fromHistory(encoder)
      let held = try heldOut(settings.neighbours > 0 ? encoder : nil)
      return (intent, held?.report(on: intent, plain: intent, temperature: 1))
    }
  }

  private func served(_ learned: LearnedIntent) -> ClusterIntent {
    ClusterIntent(.learned(learned), of: partition)
  }

  /// The intent that follows from histories, with neighbours if the settings ask for some.
  private func fromHistory(_ encoder: UserEncoder) throws -> ClusterIntent {
    var counts = [Double](repeating: 0, count: partition.count)
    for item in split.training.values { counts[Int(partition.clusters[item.position])] += 1 }
    let total = counts.reduce(0, +)
    let kind = ClusterIntent.Kind.history(
      HistoryIntent(
        // All items weigh alike at a half-life beyond every history.
        halfLife: settings.halfLife > 0 ? settings.halfLife : 1e9, prior: settings.prior,
        overall: counts.map { Float(total > 0 ? $0 / total : 1 / Double(counts.count)) }))
    let own = ClusterIntent(kind, of: partition)
    guard settings.neighbours > 0 else { return own }
    let users = (0..<split.userCount).filter { !split.training[$0].isEmpty }
    let queries = queries(of: users)
    let vectors = try encoder.vectors(queries)
    return ClusterIntent(
      kind, of: partition,
      neighbours: try IntentNeighbours(
        vectors: vectors, shares: own.shares(vectors: vectors, histories: queries.histories),
        count: settings.neighbours, weight: Float(settings.neighbourWeight), seed: seed))
  }

  /// The users with validation targets, as the model sees them; `nil` if there are none.
  ///
  /// Without an encoder, vectors have no columns.
  private func heldOut(_ encoder: UserEncoder?) throws -> HeldOutUsers? {
    let users = (0..<split.userCount).filter { !split.validation[$0].isEmpty }
    if users.isEmpty { return nil }
    let queries = queries(of: users)
    return HeldOutUsers(
      vectors: try encoder?.vectors(queries) ?? Matrix(rows: users.count, columns: 0),
      histories: queries.histories,
      truth: Matrix(
        rows: users.count, columns: partition.count,
        values: users.flatMap { clusterShares(of: split.validation[$0]) }))
  }

  /// The queries of some users before the validation part.
  private func queries(of users: [Int]) -> QueryBatch {
    let users = users.map { UserIndex($0) }
    return QueryBatch(
      users: users, histories: Ragged(users.lazy.map { split.training[$0.position] }),
      context: split.context(of: .validation, users: users))
  }

  /// The share of each cluster among some items.
  private func clusterShares(of items: ArraySlice<ItemIndex>) -> [Float] {
    var shares = [Float](repeating: 0, count: partition.count)
    for item in items {
      shares[Int(partition.clusters[item.position])] += 1 / Float(items.count)
    }
    return shares
  }
}

/// Users with held-out targets.
private struct HeldOutUsers {
  let vectors: Matrix
  let histories: Ragged<ItemIndex>
  /// The share of each cluster among the targets, `[users, clusters]`.
  let truth: Matrix

  func report(
    on intent: ClusterIntent, plain: ClusterIntent, temperature: Double
  ) -> IntentReport {
    IntentReport(
      intent.shares(vectors: vectors, histories: histories),
      plain: plain.shares(vectors: vectors, histories: histories), truth: truth,
      temperature: temperature)
  }
}
