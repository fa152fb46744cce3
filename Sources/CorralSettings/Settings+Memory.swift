import CorralBaselines
import CorralData
import CorralModels
import CorralSampling
import CorralText
import CorralTraining
import CorralVectors

/// The sizes of data that memory depends on.
package struct DataSizes {
  package let users: Int
  package let items: Int
  /// The training interactions.
  package let interactions: Int

  /// What is known before data are read: there is something.
  package static let unknown = DataSizes(users: 1, items: 1, interactions: 2)

  /// Sizes that are known.
  package init(users: Int, items: Int, interactions: Int) {
    self.users = users
    self.items = items
    self.interactions = interactions
  }
}

extension Settings {
  /// Throws where a single part of training is sure to need more memory than there is, with its size
  /// and what to lower.
  ///
  /// These are lower bounds. The parameters of networks are counted exactly when they are made, and
  /// what remains ends with a line when libtorch finds no memory.
  package func checkMemory(_ sizes: DataSizes = .unknown, limit: Int = MachineMemory.limit) throws {
    for need in memoryNeeds(sizes) where need.bytes > Double(limit) {
      throw SettingError(
        need.key, need.value,
        "\(need.what) take \(Format.gigabytes(need.bytes)), and this process may use "
          + "\(Format.gigabytes(Double(limit))); lower \(need.lower)")
    }
  }

  private struct MemoryNeed {
    let key: String
    let value: Int
    /// The part that takes the memory, in the plural.
    let what: String
    /// In bytes; a product of settings can be more than a whole number holds.
    let bytes: Double
    /// The settings that would help.
    let lower: String
  }

  private func memoryNeeds(_ sizes: DataSizes) -> [MemoryNeed] {
    // What each draw takes at the least: its item and its log-probability, and a score.
    let bytesOfDraw = 16.0
    func draws(_ count: Int, _ batch: Int) -> Double {
      Double(count) * Double(min(batch, sizes.interactions)) * bytesOfDraw
    }
    var needs: [MemoryNeed] = []
    if negatives.kind != .all {
      let batch = negatives.areOwn ? train.batch : 1
      needs.append(
        MemoryNeed(
          key: "negatives.count", value: negatives.count, what: "the draws of a batch",
          bytes: draws(negatives.count, batch), lower: "negatives.count or train.batch"))
    }
    if ranker != .none {
      let (key, count, batch) =
        method == .independent
        ? (
          "rankerTraining.negatives.count", rankerTraining.negatives.count,
          rankerTraining.train.batch
        )
        : ("proposal.count", proposal.count, train.batch)
      needs.append(
        MemoryNeed(
          key: key, value: count, what: "the draws of a batch", bytes: draws(count, batch),
          lower: "it, or the batch"))
    }
    if correction.estimate == .streaming {
      let estimator = correction.estimator
      needs.append(
        MemoryNeed(
          key: "correction.estimator.buckets", value: estimator.buckets,
          what: "\(Format.count(estimator.hashes)) arrays of buckets",
          bytes: 12 * Double(estimator.buckets) * Double(estimator.hashes),
          lower: "it, or correction.estimator.hashes"))
    }
    if let dimension = vectorDimension {
      let vectors = Double(sizes.users) + Double(sizes.items)
      needs.append(
        MemoryNeed(
          key: "retriever.dimension", value: dimension, what: "the vectors of users and items",
          bytes: 4 * Double(dimension) * (vectors + Double(dimension)), lower: "it"))
    }
    return needs
  }

  /// The dimension of a model that is vectors of users and items alone, solved or counted.
  private var vectorDimension: Int? {
    switch retriever {
    case .implicitALS(let factors): factors.dimension
    case .item2vec(let settings): settings.dimension
    case .popularity, .network: nil
    }
  }
}
