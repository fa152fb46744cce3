public import CorralData
public import CorralIndex
public import CorralVectors

/// The sampler that settings ask for, over a catalogue as it is now; refreshed as a model learns.
///
/// An immutable value, like every sampler: `refreshed` makes the next one.
public struct Proposal: NegativeSampler {
  /// What it was made by.
  public let settings: ProposalSettings
  /// What draws.
  let source: Source

  /// The samplers, and what a refreshed one starts from.
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
  ///   - settings: which, and how.
  ///   - items: the retriever's vectors of the items, `[items, dimension]`; rows without columns do
  ///     for proposals that do not follow them.
  ///   - counts: how often each item is a target in training, `[items]`.
  ///   - seed: of the random items that clusters start from.
  ///   - previous: a proposal whose clusters to start from.
  /// - Throws: `SamplingError` for settings out of range and for vectors that are not finite.
  public init(
    _ settings: ProposalSettings, items: Matrix, counts: [Int], seed: UInt64,
    startingFrom previous: Proposal? = nil
  ) throws {
    try settings.validate()
    if settings.followsItems {
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
    }
    self.init(settings, source: source)
  }

  /// The same proposal over the vectors that the items have now; clusters start from where they
  /// were.
  ///
  /// A proposal that does not follow the items' vectors stays as it is.
  public func refreshed(items: Matrix, seed: UInt64) throws -> Proposal {
    guard followsItems else { return self }
    // Only popularity looks at counts, and it follows no vectors.
    return try Proposal(settings, items: items, counts: [], seed: seed, startingFrom: self)
  }

  /// Whether it must be refreshed when the items' vectors change.
  public var followsItems: Bool { settings.followsItems }

  /// Whether draws ask for the query vectors of a context.
  public var followsQueries: Bool { settings.needsInnerProducts }

  /// Whether draws ask for the targets of a context.
  public var followsTargets: Bool { settings.kind == .cluster }

  /// The inverted multi-index that negatives are drawn from; `nil` for other kinds.
  public var index: InvertedMultiIndex? {
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
  public func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    sampler.draw(count, for: context, using: &rng)
  }

  /// The natural logarithm of each item's probability in one draw.
  public func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    sampler.logProbabilities(of: items, for: context)
  }

  /// The draws of `draw`, and the logarithm of the probability of each row's target, for the cost
  /// of the draws alone where queries are expensive.
  public func drawWithTargets(
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
  /// Whether draws follow the items' vectors.
  var followsItems: Bool { needsInnerProducts || kind == .cluster }

  /// Of the proposals that draw among the best, the share of draws among all.
  var uniformShare: Double { kind == .topAndRand ? 0.5 : 0 }

  /// How the multi-index of the proposal is made.
  var multiIndex: MultiIndexSettings {
    var settings = MultiIndexSettings()
    settings.clusters = clusters
    return settings
  }
}

extension TopSampler {
  /// The sampler that settings ask for.
  init(_ settings: ProposalSettings, items: Matrix) {
    self.init(items: items, pool: settings.pool, uniformShare: settings.uniformShare)
  }
}
