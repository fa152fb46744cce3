import CorralData
import CorralHTTP
import CorralLive
import CorralPipeline
import CorralService
import CorralServing
import CorralSettings
import CorralStore
import CorralText
import CorralVectors
import Foundation
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

/// The settings of `corral serve`.
struct ServeSettings: Sendable, Equatable, Codable {
  /// How answers are made.
  var serve = ServiceSettings()
  /// How the server listens, and its limits.
  var http = ServerSettings()
  /// How the model goes on learning, with `--learn`.
  var live = LiveSettings()
}

/// A server from its model to its end.
struct Serving {
  let model: String
  let console: Console
  var address = ListenAddress(host: "127.0.0.1", port: 8088)
  var store: String?
  var log: String?
  var keys: String?
  var isWatching = false
  var isLearning = false
  /// The file of an experiment.
  var arms: String?
  var assignments: [String] = []
  var logFormat = LineLogHandler.Format.text
  var certificate: Server.Certificate?

  /// A server of a model with the defaults.
  init(model: String, console: Console) {
    self.model = model
    self.console = console
  }

  /// Opens everything, says so, and answers until a signal comes.
  func run() async throws {
    var overlay = SettingsOverlay(ServeSettings())
    try overlay.apply(file: nil, assignments: assignments)
    var settings = try overlay.decoded()
    settings.serve.experiment = try arms.map(ArmsFile.experiment)
    let keys = try Keys(environment: ProcessInfo.processInfo.environment, file: keys)
    // What cannot work is said before the model takes its time.
    if keys.isEmpty, !address.isLoopback { throw Server.Fault.open(address.description) }
    try certificate?.check()
    // Until the server listens to SIGHUP, nobody must end it by that.
    signal(SIGHUP, SIG_IGN)
    let logger = prepareLogging()
    let metrics = MetricsRegistry()
    MetricsSystem.bootstrap(metrics)

    let folder = URL(filePath: model)
    let place = storePath
    try SettingError.within("serve") { try settings.serve.validate() }
    try SettingError.within("live") { try settings.live.validate() }
    let start = ContinuousClock.now
    let opened = try Store(URL(filePath: place))
    let service = try RecommendationService(
      model: folder, store: opened, settings: settings.serve, metrics: metrics
    ) { try Recommender.open($0.path) }
    let seconds = (ContinuousClock.now - start).inSeconds
    let server: Server
    var beside: [any Service] = []
    do {
      if let log { try await importLog(log, into: service) }
      if isLearning {
        beside.append(
          try LiveLearning(
            model, store: URL(filePath: place), settings: settings.live, service: service,
            logger: logger))
      }
      server = try Server(
        service, at: address, settings: settings.http, keys: keys, certificate: certificate,
        metrics: metrics, version: Version.text, logger: logger)
    } catch {
      await service.close()
      throw error
    }
    beside.append(HangupReload(service, logger: logger))
    if isWatching { beside.append(FolderWatch(service, logger: logger)) }
    let scheme = certificate == nil ? "http" : "https"
    try await server.run(stoppedBy: [.sigterm, .sigint], beside: beside) { address in
      say(
        Output(
          address: "\(scheme)://\(address)/", status: service.status, store: place,
          seconds: seconds, hasKeys: !keys.isEmpty))
    }
    console.note("stopped; every event that was taken is in \(place)")
  }

  /// The directory of the store.
  private var storePath: String {
    if let store { return store }
    var path = model
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path + ".store"
  }

  private func prepareLogging() -> Logger {
    let level: Logger.Level =
      switch console.verbosity {
      case .quiet: .error
      case .normal: .notice
      case .verbose: .debug
      }
    let format = logFormat
    LoggingSystem.bootstrap { label in
      LineLogHandler(label: label, level: level, format: format) { StandardStreams.say($0) }
    }
    return Logger(label: "corral")
  }

  /// Stores the interactions of a log, each once however often it is imported.
  ///
  /// Two are the same where user, item, time and value are; without times, also the row.
  private func importLog(_ path: String, into service: RecommendationService) async throws {
    let settings = DataSettings(path: path)
    let (dataset, report) = try Dataset.load(settings)
    console.note(console.noteStyle.dim(report.columnsLine))
    let log = dataset.log
    let scale = log.timeScale
    let ticks = scale.unit.map { unit in
      Double(unit.rawValue) * pow(10, Double(scale.decimals))
    }
    var stored = 0
    for start in stride(from: 0, to: log.count, by: 10_000) {
      let events = (start..<min(start + 10_000, log.count)).map { row in
        let user = dataset.users[log.users[row].position]
        let item = dataset.items[log.items[row].position]
        let moment = log.hasTimes ? "\(log.times[row])" : "row \(row)"
        return Event(
          id: "import:\(moment):\(log.weights[row]):\(user.utf8.count):\(user)\(item)",
          user: user, item: item, type: "import",
          value: log.weights[row] == 1 ? nil : Double(log.weights[row]),
          time: ticks.flatMap { ticks in
            log.hasTimes ? Date(timeIntervalSince1970: Double(log.times[row]) / ticks) : nil
          })
      }
      stored += try await service.accept(events).count { !$0.isRepeat }
    }
    let known = log.count - stored
    console.note(
      "\(path): \(Format.counted(stored, "event")) stored"
        + (known > 0 ? ", \(Format.count(known)) were there already" : ""))
  }

  private func say(_ output: Output) {
    try? console.printJSON(output)
    let status = output.status
    let (style, name) = (console.style, URL(filePath: model).lastPathComponent)
    console.print(
      "\(style.bold(name))  \(status.kind), \(Format.counted(status.users, "user")), "
        + "\(Format.counted(status.items, "item")); open after \(Format.seconds(output.seconds))")
    console.print(
      "\(output.store)  \(Format.counted(Int(status.lastPosition), "event"))")
    console.print(
      "listening at \(style.accent(output.address)), a page to open; \(output.address)openapi.json "
        + "says what it takes")
    if isLearning { console.note("learning from what users do; MODEL.live keeps what that needs") }
    if !output.hasKeys {
      console.note("no keys: everybody on this machine may read, write and administrate")
    }
    console.note(console.noteStyle.dim("Ctrl-C answers what was taken, and stops"))
  }

  /// What was opened, for a program that starts the server.
  private struct Output: Encodable {
    let address: String
    let status: ServiceStatus
    let store: String
    let seconds: Double
    let hasKeys: Bool

    private enum CodingKeys: String, CodingKey {
      case address, model, kind, users, items, store, events, seconds, keys
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(address, forKey: .address)
      try container.encode(status.model, forKey: .model)
      try container.encode(status.kind, forKey: .kind)
      try container.encode(status.users, forKey: .users)
      try container.encode(status.items, forKey: .items)
      try container.encode(store, forKey: .store)
      try container.encode(status.lastPosition, forKey: .events)
      try container.encode(seconds, forKey: .seconds)
      try container.encode(hasKeys, forKey: .keys)
    }
  }
}
