import CKernels
package import CorralData
import CorralVectors
import Foundation

/// Trains item2vec, one pass over the sequences at a time: `while let epoch = training.next() { ...
/// }`.
///
/// On one thread the same sequences, settings and seed give the same bytes. Several threads update
/// the vectors without locks (Hogwild, Niu and others, 2011). Some concurrent updates are lost, so
/// that each run differs a little from the last; none is worse.
package struct Item2VecTraining: Sendable {
  /// The report of a finished pass.
  package struct Epoch: Sendable, Equatable {
    /// The number of the pass, from 1.
    package var number: Int
    /// The number of passes that the settings ask for.
    package var of: Int
    /// The duration of the pass.
    package var seconds: Double
    /// The number of interactions read.
    package var words: Int
  }

  /// The settings.
  package let settings: Item2VecSettings
  /// The number of passes done.
  package private(set) var epochsDone = 0
  private let sequences: ItemSequences
  private let negatives: (keep: [UInt32], alias: [Int32])
  private var inputs: FactorMatrix
  private var outputs: FactorMatrix

  /// Prepares training on the training part of a split.
  package init(_ split: Split, settings: Item2VecSettings = Item2VecSettings()) {
    self.init(split.training, itemCount: split.itemCount, settings: settings)
  }

  /// Prepares training on sequences of items, oldest first, one row per user.
  ///
  /// Traps on settings that `validate` refuses.
  package init(
    _ sequences: Ragged<ItemIndex>, itemCount: Int,
    settings: Item2VecSettings = Item2VecSettings()
  ) {
    do { try settings.validate() } catch { fatalError("\(error)") }
    self.settings = settings
    self.sequences = ItemSequences(sequences, itemCount: itemCount, settings: settings)
    // An item without interactions is drawn as if it had one: otherwise its score would stay at 0,
    // above most.
    negatives =
      itemCount == 0
      ? ([], [])
      : AliasTable(
        weights: self.sequences.counts.map { pow(Double(max($0, 1)), settings.exponent) }
      ).columns()
    var rng = SeededGenerator(seed: settings.seed)
    inputs = FactorMatrix(rows: itemCount, dimension: settings.dimension)
    outputs = inputs
    for item in 0..<itemCount {
      for column in 0..<settings.dimension {
        let value = Float((rng.uniform() - 0.5) / Double(settings.dimension))
        if self.sequences.isKnown(item) { inputs.values[item * inputs.width + column] = value }
      }
    }
  }

  /// Continues from a model after a number of passes, as if training had never stopped.
  package mutating func resume(from model: Item2Vec, epochsDone: Int) {
    guard model.inputs.rows == inputs.rows, model.dimension == settings.dimension else {
      fatalError(
        """
        training with vectors [\(inputs.rows), \(settings.dimension)] cannot resume from \
        [\(model.inputs.rows), \(model.dimension)]
        """)
    }
    inputs = FactorMatrix(model.inputs)
    outputs = FactorMatrix(model.outputs)
    self.epochsDone = epochsDone
  }

  /// Runs the next pass, or returns `nil` when all are done.
  ///
  /// - Parameter threads: with more than one, training is faster and not reproducible.
  /// - Returns: the report of the pass.
  package mutating func next(threads: Int = 1) -> Epoch? {
    guard epochsDone < settings.epochs else { return nil }
    let clock = ContinuousClock()
    let duration = clock.measure { pass(threads: threads) }
    epochsDone += 1
    return Epoch(
      number: epochsDone, of: settings.epochs, seconds: duration.inSeconds,
      words: sequences.items.values.count)
  }

  /// The number of elements of all vectors.
  package var parameterCount: Int { 2 * inputs.rows * settings.dimension }

  /// The model as it stands.
  package var model: Item2Vec {
    Item2Vec(settings: settings, inputs: inputs.matrix, outputs: outputs.matrix)
  }

  private mutating func pass(threads: Int) {
    let (sequences, settings, epoch) = (sequences, settings, epochsDone)
    let order = sequences.order(epoch: epoch)
    let width = inputs.width
    inputs.values.withUnsafeMutableBufferPointer { inputs in
      outputs.values.withUnsafeMutableBufferPointer { outputs in
        negatives.keep.withUnsafeBufferPointer { keep in
          negatives.alias.withUnsafeBufferPointer { alias in
            guard let inputs = inputs.baseAddress, let outputs = outputs.baseAddress,
              let keep = keep.baseAddress, let alias = alias.baseAddress
            else { return }
            // All threads write to it without locks, as the type's comment says.
            nonisolated(unsafe) let model = ck_skip_gram(
              inputs: inputs, outputs: outputs, dimension: Int64(width), keep: keep, alias: alias,
              columns: Int64(sequences.counts.count), window: Int64(settings.window),
              negatives: Int64(settings.negatives))
            Parallel.forEach(order.count, grain: 32, threads: threads) { chunk in
              for place in chunk {
                var draws = sequences.generator(of: order[place].row, epoch: epoch)
                let done = Double(epoch) + order[place].share
                let rate =
                  settings.rate
                  + (settings.lastRate - settings.rate) * done / Double(settings.epochs)
                let items = sequences.row(order[place].row, using: &draws)
                withUnsafePointer(to: model) {
                  ck_skip_gram_learn(
                    ck_active_level(), $0, items, Int64(items.count), Float(rate), draws.next())
                }
              }
            }
          }
        }
      }
    }
  }
}
