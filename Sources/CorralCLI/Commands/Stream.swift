import ArgumentParser
import CorralArtifacts
import CorralLive
import CorralSettings
import CorralStore
import CorralStreaming
import CorralText
import CorralVectors
import Foundation

/// `corral stream`: a saved model goes on learning from events as they come.
struct Stream: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lets a saved model go on learning from events as they come.",
    subcommands: [Run.self, Status.self, Rollback.self], defaultSubcommand: Run.self)

  /// `corral stream MODEL --from EVENTS`.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Learns from a stream, and replaces the model as it goes.",
      discussion: """
        Events are learned once, in order. Users and items that nobody knew are added. Every 30 \
        seconds a snapshot takes the place of the model if it is no worse; `corral serve MODEL \
        --watch` serves it then. MODEL.live holds the place in the stream and all that a later run \
        needs to go on, also after a crash. Ctrl-C saves and stops.
        """)

    @Argument(help: "The directory of a saved two-tower model; publications replace it.")
    var model: String

    @Option(
      name: .customLong("from"),
      help: ArgumentHelp(
        "Events: a file that grows, the store of a server, redis://host:port/0?stream=KEY, "
          + "kafka://host:port/TOPIC, or - for standard input.", valueName: "events"))
    var address: String

    @Flag(help: "Stop when everything that is there now is learned, and do not wait for more.")
    var once = false

    @Flag(help: "Forget the checkpoint, and begin anew from the model, at the first event.")
    var fresh = false

    @Flag(help: "Put records that cannot be read into MODEL.live/dead-letters.jsonl, and go on.")
    var skipBad = false

    @Flag(help: "Standard input goes on where it ended; without this, it begins anew each time.")
    var newLines = false

    @Option(
      name: .customLong("set"),
      help: ArgumentHelp(
        "One setting, as in learn.batch=128, publish.seconds=60 or 'events.weights={buy: 4}'; "
          + "repeat it for more.", valueName: "key.path=value"))
    var assignments: [String] = []

    @Option(help: ArgumentHelp("The seconds from one line to the next.", valueName: "seconds"))
    var every = 10.0

    @OptionGroup var output: OutputOptions

    func run() throws {
      let console = output.console
      var overlay = SettingsOverlay(LiveSettings())
      for assignment in assignments { try overlay.set(assignment) }
      let settings = try overlay.decoded()
      try settings.validate()
      let folder = LiveFolder(beside: URL(filePath: model))
      // A place without a model gets no folder beside it.
      _ = try SavedModel.open(folder.model)
      let lock = try folder.claim()
      try withExtendedLifetime(lock) {
        if fresh { try folder.forgetCheckpoint() }
        let stream = try EventAddress(address)
        let learner = try Learner(
          model, settings: settings, descriptions: Stream.descriptions(stream)
        ) {
          try stream.open(
            end: once ? .closed : .open, resumption: newLines ? .after : .again,
            deadLetter: skipBad ? folder.deadLetter : nil, at: $0)
        }
        let view = StreamView(console, learner: learner, model: model)
        view.began(at: address)
        Interruption.listen()
        try learner.run(
          until: once ? .caughtUp : .never, reportEvery: every,
          shouldStop: { Interruption.isRequested }
        ) { view.show($0) }
        try view.ended(isStopped: Interruption.isRequested)
      }
    }
  }

  /// What is known of new users and items where events come from.
  private static func descriptions(_ address: EventAddress) throws -> Descriptions {
    guard case .store(let place) = address else { return .none }
    return .store(try StoreReader(place))
  }

  /// `corral stream status MODEL`.
  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows where a model stands on its stream, and its snapshots.")

    @Argument(help: "The directory of a model that has learned from a stream.")
    var model: String

    @OptionGroup var output: OutputOptions

    private struct Shown: Encodable {
      let serving: StreamMark?
      let snapshots: [StreamMark]
    }

    func run() throws {
      let console = output.console
      let folder = LiveFolder(beside: URL(filePath: model))
      let serving = try SavedModel.open(folder.model).streamMark
      let kept = try folder.numbers.compactMap {
        try SavedModel.open(folder.model(of: $0)).streamMark
      }
      try console.printJSON(Shown(serving: serving, snapshots: kept))
      guard let serving else {
        return console.print("\(model) has not learned from a stream")
      }
      console.print(StreamView.table(kept, serving: serving).rendered(console.style))
      console.print("behind \(serving.position.map { "\($0)" } ?? "no event")")
      if kept.contains(where: { $0.publication < serving.publication }) {
        console.suggest([
          ("corral stream rollback \(model.shellQuoted)", "the snapshot before what serves")
        ])
      }
    }
  }

  /// `corral stream rollback MODEL`.
  struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Puts a snapshot back in the place of the model.",
      discussion: """
        Learning goes on from the state of the snapshot: the events after it are learned again, \
        unless --skip leaves them out.
        """)

    @Argument(help: "The directory of a model that has learned from a stream.")
    var model: String

    @Option(help: "The number of the snapshot; the one before what serves if there is none.")
    var to: Int?

    @Flag(help: "Never learn the events between the snapshot and the last checkpoint.")
    var skip = false

    @OptionGroup var output: OutputOptions

    private struct Done: Encodable {
      let model: String
      let snapshot: Int
    }

    func run() throws {
      let console = output.console
      let folder = LiveFolder(beside: URL(filePath: model))
      let lock = try folder.claim()
      try withExtendedLifetime(lock) {
        let number = try folder.rollBack(to: to, skippingEvents: skip)
        try console.printJSON(Done(model: model, snapshot: number))
        console.print("snapshot \(number) is in \(model)")
      }
    }
  }
}
