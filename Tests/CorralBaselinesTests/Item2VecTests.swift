import CorralBaselines
import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Foundation
import Testing

struct `item2vec` {
  /// Three groups of 8 items; each user stays in one.
  ///
  /// Item 24 never occurs.
  static let sequences: Ragged<ItemIndex> = {
    var rng = SeededGenerator(seed: 3)
    return Ragged(
      (0..<300).map { user in
        (0..<12).map { _ in ItemIndex(user % 3 * 8 + rng.next(below: 8)) }
      })
  }()

  static func settings(_ change: (inout Item2VecSettings) -> Void = { _ in }) -> Item2VecSettings {
    var settings = Item2VecSettings()
    settings.dimension = 12
    settings.rate = 0.1
    settings.epochs = 6
    change(&settings)
    return settings
  }

  static func trained(_ settings: Item2VecSettings, threads: Int = 1) -> Item2Vec {
    var training = Item2VecTraining(sequences, itemCount: 25, settings: settings)
    while training.next(threads: threads) != nil {}
    return training.model
  }

  @Test(arguments: [1, 3])
  func `items that users take together come first`(threads: Int) throws {
    let model = Self.trained(Self.settings(), threads: threads)
    let index = ExactIndex(model.outputs)
    for group in 0..<3 {
      let query = Query(history: [24, group * 8, group * 8 + 5].map { ItemIndex($0) })
      let found = try index.search(model.vector(for: query), count: 8).map(\.item.position)
      #expect(Set(found) == Set(group * 8..<group * 8 + 8))
    }
  }

  @Test func `the same seed gives the same bytes on one thread, and another seed others`() {
    let model = Self.trained(Self.settings())
    #expect(model.inputs == Self.trained(Self.settings()).inputs)
    #expect(model.outputs == Self.trained(Self.settings()).outputs)
    #expect(model.inputs != Self.trained(Self.settings { $0.seed = 1 }).inputs)
  }

  @Test func `training that was stopped goes on as if it had not been`() throws {
    var first = Item2VecTraining(Self.sequences, itemCount: 25, settings: Self.settings())
    for _ in 0..<2 { _ = first.next() }
    var second = Item2VecTraining(Self.sequences, itemCount: 25, settings: Self.settings())
    second.resume(from: first.model, epochsDone: 2)
    let next = second.next()
    let epoch = try #require(next)
    #expect(epoch.number == 3 && epoch.of == 6 && epoch.words == 3600)
    while second.next() != nil {}
    #expect(second.model.inputs == Self.trained(Self.settings()).inputs)
  }

  @Test func `a query is the mean of the last known items' input vectors`() throws {
    let model = Self.trained(Self.settings { $0.history = 2 })
    let query = Query(history: [7, 3, 24, 9].map { ItemIndex($0) })
    let expected = zip(model.inputs[3], model.inputs[9]).map { ($0 + $1) / 2 }
    let vector = try model.vector(for: query)
    #expect(zip(vector, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    let rows = model.vectors(for: Ragged([query.history, [ItemIndex(24)], []]))
    #expect(Array(rows[0]) == vector)
    #expect(rows[1].allSatisfy { $0 == 0 } && rows[2].allSatisfy { $0 == 0 })
    #expect(throws: BaselineError.unknownQuery(user: nil, history: 1)) {
      try model.vector(for: Query(history: [ItemIndex(24)]))
    }
  }

  @Test func `an item that nobody met has no input vector, and scores below the met`() throws {
    let model = Self.trained(Self.settings())
    #expect(model.inputs[24].allSatisfy { $0 == 0 })
    let query = try model.vector(for: Query(history: [0, 1, 2].map { ItemIndex($0) }))
    let scores = (0..<25).map { inner(query[...], model.outputs[$0]) }
    #expect(scores[24] < 0)
    #expect(scores[0..<8].allSatisfy { $0 > scores[24] })
  }

  @Test func `rare items are passed over, and frequent ones thinned out`() {
    let rare = Self.trained(Self.settings { $0.minimumCount = 10_000 })
    #expect(rare.inputs.values.allSatisfy { $0 == 0 })
    #expect(rare.outputs.values.allSatisfy { $0 == 0 })
    let thinned = Self.trained(Self.settings { $0.subsample = 0.01 })
    #expect(thinned.inputs != Self.trained(Self.settings()).inputs)
  }

  @Test func `a model comes back from its file`() throws {
    let model = Self.trained(Self.settings())
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("item2vec.safetensors")
      try SafetensorsFile.write(model.tensors, to: url)
      let read = try Item2Vec(SafetensorsFile(url), settings: model.settings)
      #expect(read.inputs == model.inputs && read.outputs == model.outputs)
      #expect(throws: SafetensorsError.self) {
        try Item2Vec(SafetensorsFile(url), settings: Self.settings { $0.dimension = 13 })
      }
    }
  }

  @Test func `settings out of range say what they can be`() {
    func text(_ change: (inout Item2VecSettings) -> Void) -> String {
      do { try Self.settings(change).validate() } catch { return "\(error)" }
      return "accepted"
    }
    #expect(text { _ in } == "accepted")
    #expect(
      text { $0.negatives = 0 }
        == "setting 'negatives' is 0: give 1 to 255")
    #expect(
      text { $0.lastRate = 1 }
        == "setting 'lastRate' is 1.0: give 0 up to the rate, 0.1")
    for change: (inout Item2VecSettings) -> Void in [
      { $0.dimension = 0 }, { $0.window = 0 }, { $0.exponent = .nan }, { $0.epochs = -1 },
      { $0.rate = 0 }, { $0.minimumCount = 0 }, { $0.subsample = 2 }, { $0.history = 0 },
    ] { #expect(text(change) != "accepted") }
  }

  @Test func `an empty log makes an empty model`() {
    var training = Item2VecTraining(
      Ragged([[ItemIndex]]()), itemCount: 0, settings: Self.settings())
    while training.next() != nil {}
    #expect(training.model.inputs.rows == 0)
  }
}
