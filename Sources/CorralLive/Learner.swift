import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralPipeline
import CorralSampling
import CorralSettings
import CorralStore
package import CorralStreaming
import CorralTraining
import CorralVectors
import Foundation

/// A model that goes on learning from a stream while it is served.
///
/// Every event is looked at once, in order. First what serves predicts it, then it waits with others for a
/// step, then it is learned. Now and then a snapshot takes the place of what serves, if it is no worse.
/// A checkpoint holds the state and the place in the stream that it belongs to: after a crash a learner
/// goes on from there, as if nothing had happened.
package final class Learner {
  /// The settings.
  package let settings: LiveSettings
  /// The place of the model, its checkpoint and its snapshots.
  package let folder: LiveFolder
  /// What the model and the stream could not use, one line each.
  package private(set) var notes: [String] = []

  let opened: OpenedModel
  /// The examples of this run that the model knew when it was opened.
  let examplesInModel: Int
  let source: any EventSource
  private let descriptions: Descriptions
  private let meaning: EventMeaning
  private let flat: FlatSettings
  let historyLength: Int
  private let needsHistory: Bool

  var training: OnlineTraining
  var population: Population
  var served: ServedRetriever
  var validation: ProgressiveValidation
  var statistics: StreamStatistics
  var tally: StreamTally
  /// The latest examples, as a ring in the order of their numbers.
  var recent: [Example]

  /// The examples that wait for the next step.
  private var pending: [Example] = []
  /// The users and items that they brought.
  private var newUsers: [FeatureRow] = []
  private var newItems: [FeatureRow] = []
  /// The place behind the last event that was looked at.
  private var position: StreamPosition?
  /// The place behind the last event whose example was learned, and all that taught nothing after it.
  private(set) var learnedTo: StreamPosition?
  private var oldestPending: ContinuousClock.Instant?

  /// What may serve when the next examples have been predicted.
  var prepared: Snapshot?
  var timing = LearnerTiming()
  var lossSum = 0.0
  var lossCount = 0
  /// Whether the server of the stream did not answer the last time.
  var isAway = false
  /// When the interval of the next report began, and the examples until then.
  var pace = (start: ContinuousClock.now, examples: 0)
  var listener: ((LearnerNews) -> Void)?

  /// A learner that goes on from the checkpoint beside a model, or from the model itself.
  ///
  /// The caller has claimed the folder and keeps the claim.
  ///
  /// - Parameters:
  ///   - model: the saved model, which publications replace.
  ///   - settings: how it learns.
  ///   - descriptions: what is known of new users and items.
  ///   - open: opens the stream at the place of the checkpoint; at its beginning for `nil`.
  /// - Throws: `LiveError`, and what opening the model and the stream throw.
  package init(
    _ model: String, settings: LiveSettings, descriptions: Descriptions = .none,
    source open: (StreamPosition?) throws -> any EventSource
  ) throws {
    try settings.validate()
    self.settings = settings
    self.descriptions = descriptions
    folder = LiveFolder(beside: URL(filePath: model))
    opened = try OpenedModel(model)
    let (network, run) = try Self.retriever(of: opened)
    historyLength = run.retriever.model.historyLength
    needsHistory = run.retriever.model.needsHistory(network.catalogue)
    let rules =
      settings.events.weights.isEmpty ? opened.settings.data.events : settings.events.weights
    meaning = try EventMeaning(rules, worthless: settings.events.worthless)
    flat = try Self.deciding(settings, run)
    let state = try LearnerState.read(folder.checkpoint, longest: settings.history)
    // A run that begins anew counts from 0, whatever the model knows.
    examplesInModel = try state == nil ? 0 : opened.saved.streamMark?.examples ?? 0
    if let state {
      try Self.check(state, flat, opened, folder)
      training = try OnlineTraining(run, settings.learn, restoring: state.training)
      population = state.population
      validation = ProgressiveValidation(
        window: settings.predict.window, ring: state.predictions, count: state.record.predictions)
      tally = state.record.tally
      recent = state.recent
      position = state.record.position
      source = try open(position)
    } else {
      training = try OnlineTraining(
        run, settings.learn, from: network, counts: opened.interactionCounts)
      population = Population(
        users: opened.users, items: opened.items, titles: opened.titles,
        histories: opened.histories, longest: settings.history)
      validation = ProgressiveValidation(window: settings.predict.window)
      tally = StreamTally()
      recent = []
      source = try open(nil)
      if settings.start == .now {
        while try !source.available(4096).isEmpty {}
        position = source.position
      }
    }
    learnedTo = position
    statistics = StreamStatistics(window: settings.predict.window)
    served = try ServedRetriever(
      network, settings: opened.settings.index, counts: opened.interactionCounts)
    if run.negatives.kind != .inBatch {
      notes.append(
        "the model was trained with \(run.negatives.kind.rawValue) negatives; on the stream it learns with"
          + " those of the batch")
    }
  }

  /// Where it stands: the users and items that it knows, and its place in the stream.
  package var start: (users: Int, items: Int, position: StreamPosition?) {
    (population.users.count, population.items.count, learnedTo)
  }

  /// Whether anything waits for a step.
  var isWaiting: Bool { !pending.isEmpty }

  /// Whether examples have waited for a step as long as they may.
  var isOutOfPatience: Bool {
    guard settings.patience > 0, let oldestPending else { return false }
    return (ContinuousClock.now - oldestPending).inSeconds >= settings.patience
  }

  /// Looks at one record; a step follows when there are enough examples.
  ///
  /// - Returns: whether a step was taken.
  func take(_ record: StreamRecord) throws -> Bool {
    tally.events += 1
    if let example = try example(of: record.event) {
      pending.append(example)
      oldestPending = oldestPending ?? .now
    }
    position = record.position
    if pending.isEmpty { learnedTo = position }
    guard pending.count >= settings.learn.newOnes else { return false }
    try step()
    return true
  }

  /// Learns the examples that wait, however few they are.
  func step() throws {
    if pending.isEmpty { return }
    try grow()
    if let snapshot = prepared {
      prepared = nil
      try publish(snapshot, comparedOn: pending, areLearned: false)
    }
    let examples = pending
    predict(examples)
    let loss = try training.learn(TrainingBatch(examples + repeats()))
    lossSum += loss
    lossCount += 1
    remember(examples)
    pending.removeAll(keepingCapacity: true)
    oldestPending = nil
    learnedTo = position
    timing.stepped(examples.count)
    try attend()
  }

  /// Saves, and prepares a publication, where that is due.
  ///
  /// The next examples decide whether it serves: the snapshot has not learned them yet.
  func attend() throws {
    let duty = timing.duty(by: settings)
    if duty == .nothing || isWaiting || prepared != nil { return }
    if duty == .publication { try forget() }
    try save()
    if duty == .publication { prepared = try snapshot() }
  }

  /// Keeps nothing of users who asked for that since the last publication.
  func forget() throws {
    let gone = population.forget(try descriptions.forgotten(population.users.texts))
    if !gone.isEmpty { recent.removeAll { gone.contains($0.user) } }
  }

  /// Gives new users and items their rows.
  func grow() throws {
    try training.grow(users: newUsers, items: newItems)
    newUsers.removeAll(keepingCapacity: true)
    newItems.removeAll(keepingCapacity: true)
  }

  /// Saves the state, with the place in the stream that it belongs to; not while examples wait.
  func save() throws {
    precondition(pending.isEmpty, "a checkpoint is saved between two steps")
    try LearnerState(
      record: LearnerState.Record(
        position: learnedTo, tally: tally, predictions: validation.count, settings: flat),
      training: training.state(), population: population, predictions: validation.ring,
      recent: recent
    ).write(to: folder.checkpoint)
    timing.saved()
  }

  /// Tells whoever listens.
  func tell(_ news: LearnerNews) { listener?(news) }

  // MARK: Parts

  /// What an event teaches; `nil` for nothing.
  private func example(of event: StreamEvent) throws -> Example? {
    if event.type == Store.seedType {
      tally.seeds += 1
      return nil
    }
    guard let weight = meaning.weight(of: event) else {
      tally.unruled += 1
      return nil
    }
    if weight == 0 {
      tally.worthless += 1
      return nil
    }
    guard let user = try meet(user: event.user) else {
      tally.forgotten += 1
      return nil
    }
    let item = try meet(item: event.item)
    let history = Array(population.recents[user.position].suffix(historyLength))
    population.add(item, to: user)
    if needsHistory, history.isEmpty {
      tally.beginnings += 1
      return nil
    }
    return Example(user: user, history: history, target: item, weight: weight)
  }

  /// The position of a user; `nil` for one who was forgotten.
  private func meet(user id: String) throws -> UserIndex? {
    if let known = population.users.exactPosition(of: id) { return UserIndex(known) }
    if try !descriptions.forgotten([id]).isEmpty { return nil }
    let (user, _) = population.meet(user: id)
    let (row, unknown) = FeatureRow.fitting(
      training.catalogue.users, try descriptions.user(id)?.features ?? [:])
    newUsers.append(row)
    tally.newUsers += 1
    tally.unknownFeatures += unknown.count
    return user
  }

  private func meet(item id: String) throws -> ItemIndex {
    if let known = population.items.exactPosition(of: id) { return ItemIndex(known) }
    let record = try descriptions.item(id)
    let (item, _) = population.meet(item: id, titled: record?.title)
    let (row, unknown) = FeatureRow.fitting(
      training.catalogue.items, record?.features ?? [:], categories: record?.categories ?? [])
    newItems.append(row)
    tally.newItems += 1
    tally.unknownFeatures += unknown.count
    return item
  }

  private func predict(_ examples: [Example]) {
    let chosen = ProgressiveValidation.chosen(
      examples.count, after: tally.examples, share: settings.predict.share)
    if chosen.isEmpty { return }
    let asked = chosen.map { examples[$0] }
    let places = served.places(of: asked, cutoff: settings.predict.cutoff)
    validation.add(
      zip(asked, places).map { example, place in
        ProgressiveValidation.Prediction(
          place: place.map(Int32.init) ?? -1,
          group: example.target.position < served.groups.count
            ? served.groups[example.target.position] : nil)
      })
  }

  /// Recent examples to be learned once more.
  private func repeats() -> [Example] {
    guard settings.learn.repeats > 0, !recent.isEmpty else { return [] }
    var generator = SeededGenerator(
      seed: ~training.settings.train.seed, stream: UInt64(training.steps))
    return (0..<settings.learn.repeats).map { _ in recent[generator.next(below: recent.count)] }
  }

  private func remember(_ examples: [Example]) {
    for example in examples {
      if recent.count < settings.learn.replayed {
        recent.append(example)
      } else {
        recent[tally.examples % settings.learn.replayed] = example
      }
      tally.examples += 1
    }
    statistics.add(examples.lazy.map(\.target))
  }
}
