import CorralData
import CorralModels
import CorralTesting
import Testing
import Torch

/// Networks over ten items that are told which of three clusters a query searches.
private struct Told {
  static let count = 3

  let parameters = Parameters(seed: 3)
  let network: any Retriever

  init(_ settings: RetrieverSettings, _ identity: TaskIdentity?, count: Int = count) throws {
    let catalogue = Catalogue(
      users: FeatureTable(count: 4), items: FeatureTable(count: 10),
      tasks: identity.map { ItemTasks(count: count, identity: $0) })
    network = try parameters.build { try settings.network(for: catalogue, in: $0) }
  }

  /// Overwrites the parameter of a name with one number.
  func fill(_ name: String, _ value: Float) throws {
    let parameter = try #require(parameters.all.first { $0.name == name })
    parameter.tensor.write([Float](repeating: value, count: parameter.tensor.count))
  }

  /// The gradient of every parameter that has one, by name.
  func gradients() -> [String: [Float]] {
    var gradients: [String: [Float]] = [:]
    for parameter in parameters.all {
      gradients[parameter.name] = parameter.tensor.gradient?.dense().floats()
    }
    return gradients
  }
}

/// Every retriever that can be told clusters in a way.
private func models(_ identity: TaskIdentity) -> [RetrieverSettings] {
  RetrieverSettings.all.filter { $0.model.taskIdentities.contains(identity) }
}

private let histories = [[1, 2, 3], [4], [5, 5, 6, 7, 8, 9], [2, 0]]

private func queries(_ clusters: [Int32] = []) -> QueryBatch {
  var queries = batch([0, nil, 3, 2], histories)
  queries.clusters = clusters
  return queries
}

/// A training batch over the same histories, read as a retriever asks for.
private func training(_ shape: ExampleShape, _ clusters: [Int32] = []) -> TrainingBatch {
  let (reading, count): (TrainingBatch.Reading, Int) =
    switch shape {
    case .pairs: (.next, 4)
    case .sequences: (.everyPosition, 12)
    case .cloze: (.masked([1, 3, 5, 9, 11]), 5)
    }
  return TrainingBatch(
    queries: queries(clusters), targets: (0..<count).map { ItemIndex($0 * 3 % 10) },
    weights: [Float](repeating: 1, count: count), reading: reading)
}

@Suite struct `retrievers that are told clusters` {
  @Test(arguments: models(.hadamard))
  func `a prompt of ones is no prompt, bit for bit`(settings: RetrieverSettings) throws {
    let (told, plain) = (try Told(settings, .hadamard), try Told(settings, nil))
    let clusters: [Int32] = [2, 0, 1, 2]
    let own = told.network.queries(queries(clusters), .inference).floats()
    try told.fill("prompt.weight", 1)
    let expected = plain.network.queries(queries(), .inference).floats()
    #expect(told.network.queries(queries(clusters), .inference).floats() == expected)
    #expect(own != expected)

    let phase = Phase.training(seed: 5)
    let shape = settings.model.examples
    func loss(_ made: Told, _ clusters: [Int32]) -> Tensor {
      let batch = training(shape, clusters)
      let targets = made.network.items(batch.targets, phase)
      return (made.network.queries(batch, toward: targets, phase) * targets).sum()
    }
    let (losses, others) = (loss(told, clusters), loss(plain, []))
    #expect(losses.item() == others.item())
    losses.backward()
    others.backward()
    var gradients = told.gradients()
    let ofPrompt = gradients.removeValue(forKey: "prompt.weight")
    #expect(ofPrompt?.contains { $0 != 0 } ?? false)
    #expect(gradients == plain.gradients())
  }

  @Test(arguments: [TaskIdentity.hadamard, .prepend])
  func `a query that is not told is encoded as without a prompt`(identity: TaskIdentity) throws {
    for settings in models(identity) {
      let (told, plain) = (try Told(settings, identity), try Told(settings, nil))
      let expected = plain.network.queries(queries(), .inference).floats()
      #expect(told.network.queries(queries(), .inference).floats() == expected, "\(settings.name)")
      // A network without a prompt does not mind being told.
      #expect(plain.network.queries(queries([0, 1, 2, 0]), .inference).floats() == expected)
    }
  }

  @Test(arguments: [TaskIdentity.hadamard, .prepend, .mmoe])
  func `each cluster has a vector, which does not depend on the others of a batch`(
    identity: TaskIdentity
  ) throws {
    #expect(!models(identity).isEmpty)
    for settings in models(identity) {
      let network = try Told(settings, identity).network
      let mixed = network.queries(queries([2, 0, 1, 2]), .inference)
      var differ = 0
      for cluster in 0..<Int32(Told.count) {
        let whole = network.queries(
          queries([Int32](repeating: cluster, count: 4)), .inference)
        for (row, own) in [Int32(2), 0, 1, 2].enumerated() {
          if own == cluster {
            expectClose(mixed[row].floats(), whole[row].floats(), settings.name)
          } else if mixed[row].floats() != whole[row].floats() {
            differ += 1
          }
        }
      }
      #expect(differ == 8, "\(settings.name)")
    }
  }

  // Places are counted from the end, so that they must say nothing here.
  @Test(
    arguments: [
      RetrieverSettings(changed(SASRecSettings()) { $0.dropout = 0 }),
      RetrieverSettings(changed(GRU4RecSettings()) { $0.dropout = 0 }),
    ], [TaskIdentity.hadamard, .prepend])
  func `the vector after an item is that of the prefix alone with the same prompt`(
    settings: RetrieverSettings, identity: TaskIdentity
  ) throws {
    let made = try Told(settings, identity)
    if settings.name == "sasrec" { try made.fill("positions.weight", 0) }
    let clusters: [Int32] = [1, 0, 2, 1]
    let every = made.network.queries(
      training(.sequences, clusters), toward: .zeros([12, 64]), .inference)
    // The last of each history, the first of the third one and its fourth.
    let places = [2, 3, 4, 7, 9, 11]
    var some = training(.sequences, clusters)
    some.reading = .positions(places)
    let chosen = made.network.queries(some, toward: .zeros([6, 64]), .inference)
    let rows = [0, 1, 2, 2, 2, 3]
    let starts = [0, 3, 4, 10]
    for (number, (place, row)) in zip(places, rows).enumerated() {
      let prefix = Array(histories[row][...(place - starts[row])])
      var alone = batch([nil], [prefix])
      alone.clusters = [clusters[row]]
      let expected = made.network.queries(alone, .inference).floats()
      expectClose(every[place].floats(), expected, "\(place)", tolerance: 1e-5)
      #expect(chosen[number].floats() == every[place].floats())
    }
  }

  @Test(arguments: models(.prepend).filter { $0.model.examples != .pairs })
  func `a token makes a query of an empty history`(settings: RetrieverSettings) throws {
    let network = try Told(settings, .prepend).network
    var empty = batch([nil, nil, nil], [[], [4], []])
    empty.clusters = [0, 1, 2]
    let vectors = network.queries(empty, .inference)
    #expect(vectors[0].floats().contains { $0 != 0 })
    #expect(vectors[0].floats() != vectors[2].floats())
  }

  @Test func `a gate of MMoE is a cluster, and a query that is not told has the mean`() throws {
    let settings = MMoESettings()
    let told = try Told(RetrieverSettings(settings), .mmoe)
    let interests = try Told(
      RetrieverSettings(changed(settings) { $0.interests = Told.count }), nil)
    #expect(told.parameters.stored() == interests.parameters.stored())
    #expect(told.network.interests == 1)
    let expected = interests.network.queries(queries(), .inference)
    for cluster in 0..<Told.count {
      let vectors = told.network.queries(
        queries([Int32](repeating: Int32(cluster), count: 4)), .inference)
      expectClose(vectors.floats(), expected.select(1, cluster).floats())
    }
    expectClose(
      told.network.queries(queries(), .inference).floats(), expected.mean(1).floats())
    // Training takes the gate of the target's cluster.
    let clusters: [Int32] = [2, 0, 1, 2]
    let vectors = told.network.queries(
      training(.pairs, clusters), toward: .zeros([4, 64]), .inference)
    #expect(vectors.floats() == told.network.queries(queries(clusters), .inference).floats())
  }

  @Test func `what a network cannot be told is refused with what to give instead`() {
    func expect(
      _ settings: some RetrieverModelSettings, _ identity: TaskIdentity, _ message: String
    ) {
      #expect { _ = try Told(RetrieverSettings(settings), identity) } throws: {
        "\($0)" == message
      }
    }
    expect(
      SASRecSettings(), .mmoe,
      "setting 'clusters.task' is 'mmoe': sasrec can have none, prepend, hadamard; give that, or "
        + "set retriever.model to one that can have mmoe: mmoe")
    expect(
      CaserSettings(), .prepend,
      "setting 'clusters.task' is 'prepend': caser can have none, hadamard; give that, or set "
        + "retriever.model to one that can have prepend: two-tower, sasrec, bert4rec, gru4rec")
    expect(
      BPRMFSettings(), .hadamard,
      "setting 'clusters.task' is 'hadamard': bpr-mf can have none; give that, or set "
        + "retriever.model to one that can have hadamard: two-tower, caser, mind, comirec, sasrec, "
        + "bert4rec, gru4rec")
    expect(
      changed(MMoESettings()) { $0.interests = 2 }, .mmoe,
      "setting 'retriever.interests' is 2: with clusters.task: mmoe each cluster has a gate; give 1"
    )
  }

  @Test(arguments: RetrieverSettings.all)
  func `every retriever can be told nothing, and says so`(settings: RetrieverSettings) throws {
    #expect(settings.model.taskIdentities.contains(.none))
    let (none, plain) = (try Told(settings, TaskIdentity.none), try Told(settings, nil))
    #expect(none.parameters.stored() == plain.parameters.stored())
  }

  @Test func `the first prompts are near one, or like items`() throws {
    func prompt(_ identity: TaskIdentity) throws -> [Float] {
      let made = try Told(RetrieverSettings(SASRecSettings()), identity, count: 200)
      return try #require(made.parameters.stored()["prompt.weight"]).values
    }
    func moments(_ values: [Float]) -> (mean: Float, deviation: Float) {
      let mean = values.reduce(0, +) / Float(values.count)
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (mean, (square / Float(values.count)).squareRoot())
    }
    for (identity, mean) in [(TaskIdentity.hadamard, Float(1)), (.prepend, 0)] {
      let found = moments(try prompt(identity))
      #expect(abs(found.mean - mean) < 0.001 && abs(found.deviation - 0.02) < 0.001)
    }
  }

  @Test func `a cluster that the retriever does not know stops the program`() async {
    await #expect(processExitsWith: .failure) {
      let made = try Told(RetrieverSettings(SASRecSettings()), .hadamard)
      _ = made.network.queries(queries([0, 1, 3, 0]), .inference)
    }
  }
}
