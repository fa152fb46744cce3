import CorralData
import CorralIndex
package import CorralVectors
import Foundation

/// Saves and restores a proposal, so that a resumed run draws what it would have drawn.
extension Proposal {
  private static let prefix = "proposal."

  /// Named tensors for a safetensors file: the clusters, or the item vectors that it draws by.
  ///
  /// Empty for a proposal that follows from its settings and the counts alone. A multi-index draws without
  /// the vectors, so that they are not saved.
  package var tensors: [SafetensorsTensor] {
    func named(_ tensors: [SafetensorsTensor]) -> [SafetensorsTensor] {
      tensors.map { $0.renamed(Self.prefix + $0.name) }
    }
    switch source {
    case .uniform, .popularity: return []
    case .softmax(let sampler): return named([SafetensorsTensor("items", sampler.items)])
    case .top(let sampler): return named([SafetensorsTensor("items", sampler.items)])
    case .multiIndex(let sampler): return named(sampler.index.tensors)
    case .cluster(let sampler, let centres):
      return named([
        SafetensorsTensor("centres", centres),
        SafetensorsTensor("clusters", sampler.partition.clusters),
      ])
    }
  }

  /// A proposal from a file, which draws the same as the saved one, bit for bit.
  ///
  /// - Parameters:
  ///   - settings: the settings that it was saved with.
  ///   - items: the item vectors as they are now, which a multi-index answers searches with.
  ///   - counts: how often each item is a target in training, `[items]`.
  ///   - file: a file that holds `tensors`, perhaps beside others.
  /// - Throws: `SafetensorsError`, `IndexError` or `SamplingError` if the file does not hold a proposal of
  ///   these settings and items.
  package init(
    _ settings: ProposalSettings, items: Matrix, counts: [Int], restoring file: SafetensorsFile
  ) throws {
    try settings.validate()
    func damaged(_ reason: String) -> SamplingError {
      .savedProposal(file: file.url.path, reason: reason)
    }
    func savedItems() throws -> Matrix {
      let saved = try file.matrix(Self.prefix + "items")
      guard saved.rows == counts.count else {
        throw damaged("it holds \(saved.rows) items and there are \(counts.count)")
      }
      return saved
    }
    let source: Source
    switch settings.kind {
    case .uniform, .popularity:
      self = try Proposal(settings, items: items, counts: counts, seed: 0)
      return
    case .softmax:
      source = .softmax(
        SoftmaxSampler(items: try savedItems(), temperature: settings.temperature))
    case .topRand, .topAndRand: source = .top(TopSampler(settings, items: try savedItems()))
    case .multiIndex:
      let index = try InvertedMultiIndex(
        file, items: items, settings: settings.multiIndex, prefix: Self.prefix)
      guard index.settings.clusters == settings.clusters else {
        throw damaged(
          "it has \(index.settings.clusters) clusters and the settings say \(settings.clusters)")
      }
      source = .multiIndex(MultiIndexSampler(index, temperature: settings.temperature))
    case .cluster:
      let centres = try file.matrix(Self.prefix + "centres")
      let clusters: [Int32] = try file.array(Self.prefix + "clusters", shape: [nil])
      guard clusters.count == counts.count else {
        throw damaged("it holds \(clusters.count) items and there are \(counts.count)")
      }
      guard centres.rows == settings.clusters else {
        throw damaged("it has \(centres.rows) clusters and the settings say \(settings.clusters)")
      }
      guard clusters.allSatisfy({ 0 <= $0 && $0 < centres.rows }) else {
        throw damaged("an item is in a cluster that does not exist")
      }
      source = .cluster(
        ClusterSampler(Partition(clusters: clusters, count: centres.rows)), centres: centres)
    case .inBatch, .inCluster, .all: throw ProposalSettings.undrawn(settings.kind)
    }
    self.init(settings, source: source)
  }
}
