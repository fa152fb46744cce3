import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralPipeline
import CorralStreaming
import CorralTraining
import CorralVectors
import Foundation

/// Everything that a learner needs to go on, at one place of its stream: the content of a checkpoint.
struct LearnerState {
  /// The numbers that stand in `state.json`.
  struct Record: Codable, Equatable {
    /// The place behind the last event that was looked at; `nil` before the first.
    var position: StreamPosition?
    /// What became of events so far.
    var tally = StreamTally()
    /// The number of predictions so far.
    var predictions = 0
    /// The settings that decide what is learned, by dotted key.
    var settings: FlatSettings
  }

  var record: Record
  var training: OnlineTraining.State
  var population: Population
  var predictions: [ProgressiveValidation.Prediction]
  /// The latest examples, which a batch may repeat.
  var recent: [Example]
}

/// What became of the events of a stream.
package struct StreamTally: Sendable, Equatable, Codable {
  /// The events that were read.
  package var events = 0
  /// The examples that were learned.
  package var examples = 0
  /// The events of weight 0: they teach nothing, and are not part of histories.
  package var worthless = 0
  /// The events that no rule speaks of.
  package var unruled = 0
  /// The first events of users, who are known by their histories alone: they begin a history.
  package var beginnings = 0
  /// The histories of a store that a model gave it: the model knows them.
  package var seeds = 0
  /// The events of users who were forgotten: they teach nothing, also after they came back.
  package var forgotten = 0
  /// The users that the stream brought.
  package var newUsers = 0
  /// The items that the stream brought.
  package var newItems = 0
  /// The features of items or users that the model does not know, and so left out.
  package var unknownFeatures = 0
}

extension LearnerState {
  private static let json = "state.json"
  private static let rest = "examples.safetensors"
  private static let kind = "stream checkpoint"

  /// Replaces a checkpoint as a whole: a kill at any moment leaves the old one or the new one.
  ///
  /// - Throws: `ArtifactError`.
  func write(to place: URL) throws {
    let manifest = Manifest(
      kinds: ["checkpoint": Self.kind], settings: .object([:]),
      data: .init(
        path: "", sha256: "", users: population.users.count, items: population.items.count,
        interactions: record.tally.examples), metrics: .object([:]),
      created: .now(on: "cpu", seconds: 0))
    try SavedModel.write(to: place, manifest: manifest) { folder in
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try folder.write(try encoder.encode(record) + Data("\n".utf8), as: Self.json)
      try folder.write(
        users: population.users, items: population.items, titles: population.titles,
        histories: population.histories)
      try training.write(to: folder)
      let tensors = [
        SafetensorsTensor("predictions/places", predictions.map(\.place)),
        SafetensorsTensor(
          "predictions/groups", predictions.map { $0.group?.rawValue ?? Self.unknown }),
        SafetensorsTensor("recent/users", recent.map { Int32($0.user.position) }),
        SafetensorsTensor("recent/targets", recent.map { Int32($0.target.position) }),
        SafetensorsTensor("recent/weights", recent.map(\.weight)),
        SafetensorsTensor("recent/lengths", recent.map { Int32($0.history.count) }),
        SafetensorsTensor(
          "recent/histories", recent.flatMap { $0.history.map { Int32($0.position) } }),
      ]
      try folder.write(tensors, as: Self.rest)
    }
  }

  /// The checkpoint at a place; `nil` if there is none.
  ///
  /// - Throws: `LiveError.damaged`.
  static func read(_ place: URL, longest: Int) throws -> LearnerState? {
    do {
      let saved = try SavedModel.open(place)
      return try LearnerState(saved, longest: longest)
    } catch ArtifactError.notAModel where !FileManager.default.fileExists(atPath: place.path) {
      return nil
    } catch let error as LiveError {
      throw error
    } catch { throw LiveError.damaged(path: place.path, reason: "\(error)") }
  }

  private init(_ saved: SavedModel, longest: Int) throws {
    guard saved.manifest.kinds["checkpoint"] == Self.kind else {
      throw LiveError.damaged(path: saved.url.path, reason: "it is the folder of something else")
    }
    record = try JSONDecoder().decode(Record.self, from: saved.data(Self.json))
    let users = try saved.vocabulary(ModelFile.users)
    let items = try saved.vocabulary(ModelFile.items)
    population = Population(
      users: users, items: items,
      titles: saved.contains(ModelFile.titles) ? try saved.texts(ModelFile.titles) : Texts(),
      histories: try saved.histories(itemCount: items.count), longest: longest)
    training = try OnlineTraining.State(saved, itemCount: items.count)
    let rest = try saved.tensors(Self.rest)
    let places: [Int32] = try rest.array("predictions/places")
    let groups: [UInt8] = try rest.array("predictions/groups", shape: [places.count])
    predictions = zip(places, groups).map { place, group in
      ProgressiveValidation.Prediction(place: place, group: ItemGroup(rawValue: group))
    }
    recent = try Self.examples(in: rest)
  }

  private static func examples(in file: SafetensorsFile) throws -> [Example] {
    let users: [Int32] = try file.array("recent/users")
    let targets: [Int32] = try file.array("recent/targets", shape: [users.count])
    let weights: [Float] = try file.array("recent/weights", shape: [users.count])
    let lengths: [Int32] = try file.array("recent/lengths", shape: [users.count])
    let histories: [Int32] = try file.array(
      "recent/histories", shape: [lengths.reduce(0) { $0 + Int($1) }])
    var first = 0
    return users.indices.map { row in
      defer { first += Int(lengths[row]) }
      return Example(
        user: UserIndex(Int(users[row])),
        history: histories[first..<first + Int(lengths[row])].map { ItemIndex(Int($0)) },
        target: ItemIndex(Int(targets[row])), weight: weights[row])
    }
  }

  /// What stands for an item that the retriever did not know.
  private static let unknown = UInt8.max
}
