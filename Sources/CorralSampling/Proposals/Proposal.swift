package import CorralData
package import CorralIndex
package import CorralVectors

/// The sampler that settings describe, over a catalogue as it is now.
///
/// An immutable value, like every sampler: as the model learns, `refreshed` makes the next one.
package struct Proposal: NegativeSampler {
  /// The settings it was made with.
  package let settings: ProposalSettings
  /// The sampler, and what a refresh starts from.
  let source: Source

  /// The samplers, and what a refresh starts from.
  enum Source: Sendable {
    case uniform(UniformSampler)
    case popularity(PopularitySampler)
    case softmax(SoftmaxSampler)
    case multiIndex(MultiIndexSampler)
    case top(TopSampler)
    case cluster(ClusterSampler, centres: Matrix)
  }

  init(_ settings: ProposalSettings, source: Source) {
    self.settings = settings
    self.source = source
  }

  /// Makes a proposal.
  ///
  /// - Parameters:
  ///   - settings: the source of draws, with its numbers.
  ///   - items: the retriever's vectors of the items, `[items, dimension]`; a proposal that does not follow
  ///     them takes rows without columns.
  ///   - counts: how often each item is a target in training, `[items]`.
  ///   - seed: the seed of the random items that clusters start from.
  ///   - previous: a proposal whose clusters to start from.
  /// - Throws: `SettingError` for settings out of range, `SamplingError` for vectors that are not finite.
  package init(
    _ settings: ProposalSettings, items: Matrix, counts: [Int], seed: UInt64,
    startingFrom previous: Proposal? = nil
  ) throws {
    try settings.validate()
    if settings.kind.followsItems {
      do { try IndexError.checkFinite(items) } catch IndexError.notFinite(let item) {
        throw SamplingError.notFinite(item: item)
      }
    }
    let source: Source
    switch settings.kind {
    case .uniform: source = .uniform(UniformSampler(itemCount: counts.count))
    case .popularity:
      source = .popularity(PopularitySampler(counts: counts, exponent: settings.exponent))
    case .softmax:
      source = .softmax(SoftmaxSampler(items: items, temperature: settings.temperature))
    case .multiIndex:
      let index = try InvertedMultiIndex(
        items, settings: settings.multiIndex, seed: seed, startingFrom: previous?.index)
      source = .multiIndex(MultiIndexSampler(index, temperature: settings.temperature))
    case .topRand, .topAndRand: source = .top(TopSampler(settings, items: items))
    case .cluster:
      let found = KMeans(
        items, clusters: settings.clusters, seed: seed, startingFrom: previous?.centres)
      source = .cluster(ClusterSampler(Partition(found)), centres: found.centres)
    case .inBatch, .inCluster, .all: throw ProposalSettings.undrawn(settings.kind)
    }
    self.init(settings, source: source)
  }

  /// The same proposal over new item vectors; clusters start from the old ones.
  ///
  /// A proposal that does not follow the items' vectors stays as it is.
  package func refreshed(items: Matrix, seed: UInt64) throws -> Proposal {
    guard followsItems else { return self }
    // Only popularity reads counts, and it follows no vectors.
    return try Proposal(settings, items: items, counts: [], seed: seed, startingFrom: self)
  }

  /// Whether it must be refreshed when the items' vectors change.
  package var followsItems: Bool { settings.kind.followsItems }

  /// Whether draws ask for the query vectors of a context.
  package var followsQueries: Bool { settings.kind.followsQueries }

  /// Whether draws ask for the targets of a context.
  package var followsTargets: Bool { settings.kind == .cluster }

  /// The inverted multi-index that negatives are drawn from; `nil` for other kinds.
  package var index: InvertedMultiIndex? {
    if case .multiIndex(let sampler) = source { sampler.index } else { nil }
  }

  private var centres: Matrix? {
    if case .cluster(_, let centres) = source { centres } else { nil }
  }

  private var sampler: any NegativeSampler {
    switch source {
    case .uniform(let sampler): sampler
    case .popularity(let sampler): sampler
    case .softmax(let sampler): sampler
    case .multiIndex(let sampler): sampler
    case .top(let sampler): sampler
    case .cluster(let sampler, _): sampler
    }
  }

  /// Draws `count` negatives for each row of the context.
  package func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    sampler.draw(count, for: context, using: &rng)
  }

  /// The natural logarithm of each item's probability in one draw.
  package func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    sampler.logProbabilities(of: items, for: context)
  }

  /// The draws of `draw`, and the logarithm of the probability of each row's target.
  ///
  /// Samplers whose queries are expensive share the work of both.
  package func drawWithTargets(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> (negatives: Negatives, targets: [Float]) {
    switch source {
    case .softmax(let sampler):
      return sampler.drawWithTargets(count, for: context, using: &rng)
    case .top(let sampler): return sampler.drawWithTargets(count, for: context, using: &rng)
    case .uniform, .popularity, .multiIndex, .cluster:
      let negatives = sampler.draw(count, for: context, using: &rng)
      return (negatives, sampler.logProbabilities(of: context.targets, for: context))
    }
  }
}

extension ProposalSettings {
  /// For proposals that draw among the best items, the share of draws among all.
  var uniformShare: Double { kind == .topAndRand ? 0.5 : 0 }

  /// The settings of the proposal's multi-index.
  var multiIndex: MultiIndexSettings {
    var settings = MultiIndexSettings()
    settings.clusters = clusters
    return settings
  }
}

extension TopSampler {
  /// The sampler that settings describe.
  init(_ settings: ProposalSettings, items: Matrix) {
    self.init(items: items, pool: settings.pool, uniformShare: settings.uniformShare)
  }
}
