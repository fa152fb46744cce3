import CorralData
package import CorralServing
package import CorralStore
import CorralVectors
package import Foundation
package import Logging
package import Metrics
import Synchronization

/// A model in front of users: it answers, remembers what they do, and swaps models while it runs.
///
/// An answer is made of one plan, which takes the model, the user's history and the filters once,
/// and of stages that read nothing but memory. What changes is durable first, then in memory, then
/// told to whoever sent it.
package final class RecommendationService: Sendable {
  /// Opens a saved model.
  package typealias Opener = @Sendable (URL) throws -> Recommender

  let store: Store
  let settings: ServiceSettings
  let live: LiveState
  let pipeline: AnswerPipeline
  let metrics: ServiceMetrics
  let open: Opener
  let logger: Logger
  /// The time; tests bring their own.
  let clock: @Sendable () -> Date
  let reloads = ReloadTurn()
  private let requests = RequestNumbers()
  private let learned = Mutex<LearningStatus?>(nil)
  private let queue: AnswerQueue<AnswerPlan, AnswerPlan, AnswerPlan>
  private let arms: ArmAssignment?

  /// A service of a saved model and a store.
  ///
  /// A store that is new gets the histories that the model was trained on. Reads all events once.
  ///
  /// - Parameters:
  ///   - model: the folder of the model.
  ///   - store: the durable memory.
  ///   - settings: how the service answers.
  ///   - factory: where it counts what it does.
  ///   - logger: is told what an operator should know.
  ///   - clock: the time.
  ///   - open: opens the model.
  /// - Throws: what `open` and the store throw, and `SettingError`.
  package init(
    model: URL, store: Store, settings: ServiceSettings = ServiceSettings(),
    metrics factory: any MetricsFactory = MetricsSystem.factory,
    logger: Logger = Logger(label: "corral.service"),
    clock: @escaping @Sendable () -> Date = { Date() }, open: @escaping Opener
  ) throws {
    try settings.validate()
    self.store = store
    self.settings = settings
    self.clock = clock
    self.open = open
    self.logger = logger
    let served = try ServedModel(
      ServedModel.first(model, by: open), folder: model, at: clock(), store: store
    ) { items in (0..<items.count).map(LiveKey.init) }
    live = LiveState(try LiveState.State(served, store, settings, at: clock()))
    metrics = ServiceMetrics(factory)
    pipeline = AnswerPipeline(live: live, settings: settings, metrics: metrics)
    arms = try settings.experiment.map { try ArmAssignment($0) }
    queue = AnswerQueue(settings.queueSettings, stages: pipeline.stages)
    for arm in settings.experiment?.arms ?? [] {
      guard let folder = arm.model.map({ URL(filePath: $0) }) else { continue }
      let model = try ServedModel(
        ServedModel.first(folder, by: open), folder: folder, at: clock(), store: store,
        keys: live.keys)
      try ModelSuccession.checkCatalogue(
        model.recommender.items, beside: served.recommender.items, of: folder)
      live.withState { $0.serve(model, at: .arm(arm.name)) }
    }
    metrics.models(live.withState { $0.models.map(\.model) })
    placeAside()
  }

  /// The answer to a request.
  ///
  /// What it shows is recorded as an exposure under the id of the answer.
  ///
  /// - Throws: `ServiceError.badField` for what cannot be read, `.busy` where too many requests wait.
  package func recommend(_ request: ServiceRequest) async throws -> Answer {
    var clock = Stopwatch()
    let answered = try await queue.answer(try plan(request), deadline: request.deadline)
    var plan = answered.reply
    plan.milliseconds.queue = answered.waited
    metrics.stage(.queue, milliseconds: answered.waited)
    var degraded = answered.degraded
    if degraded == nil { pipeline.diversify(&plan) }
    // Without a ranker the list was complete.
    if degraded == .ranking, plan.served.recommender.ranker == nil { degraded = nil }
    if let degraded { metrics.degraded(degraded) }
    var answer = pipeline.answer(plan, degraded: degraded)
    answer.milliseconds.total = clock.milliseconds()
    record(answer, of: request)
    return answer
  }

  /// Given items in the order in which the model would show them to somebody.
  ///
  /// Unknown items, and those that nobody may get or that the request excludes, are left out. Items
  /// that the user has met are not: whoever asks chose them. The answer is recorded as an exposure.
  package func rank(_ items: [String], for request: ServiceRequest) async throws -> Answer {
    var clock = Stopwatch()
    var request = request
    request.seen = .include
    request.count = max(1, items.count)
    request.offset = 0
    var plan = try plan(request)
    var met: Set<LiveKey> = []
    let keys = live.withState { state in items.compactMap { state.key(of: $0) } }
      .filter { plan.gate.allows($0) && met.insert($0).inserted }
    try pipeline.place(keys, in: &plan)
    var answer = Answer(request: plan.id, model: plan.served.version, arm: plan.arm)
    answer.notices = plan.notices
    if met.count < items.count {
      answer.notices.append("items that are unknown, repeated or not allowed were left out")
    }
    answer.items = pipeline.items(plan.list, of: plan)
    answer.milliseconds.total = clock.milliseconds()
    record(answer, of: request)
    return answer
  }

  /// The items nearest to an item.
  ///
  /// The list is empty for an item that the model knows nothing about. Looks at every item.
  ///
  /// - Throws: `ServiceError.notFound` for an unknown item, and `.conflict` for a model without
  ///   vectors of items.
  package func similar(to item: String, count: Int, filter: Filter) throws -> [Answer.Item] {
    let plan = try listPlan(count: count, filter: filter)
    let key = try known(item)
    let recommender = plan.served.recommender
    guard let similarity = recommender.retriever.similarity else {
      throw ServiceError.conflict(
        "\(ServingError.noItemVectors(kind: recommender.kind))")
    }
    let list = plan.similar(to: key, by: similarity)
    return pipeline.items(list, of: plan)
  }

  /// The best items of one source alone, for nobody in particular: what is popular, trending, latest.
  ///
  /// - Throws: `ServiceError.badField` for the sources that answer somebody.
  package func list(_ source: Source, count: Int, offset: Int, filter: Filter) throws
    -> [Answer.Item]
  {
    guard ![.retriever, .similar].contains(source) else {
      throw ServiceError.badField(
        "source", reason: "'\(source.rawValue)' has no list that is the same for everybody")
    }
    let plan = try listPlan(count: count, offset: offset, filter: filter)
    let list = pipeline.items(of: source, for: plan, count: plan.need)
    return pipeline.items(list.dropFirst(offset), of: plan)
  }

  /// What serves now, and since when.
  package var status: ServiceStatus {
    live.withState { state in
      ServiceStatus(
        model: state.served.version, kind: state.served.recommender.kind,
        openedAt: state.served.openedAt, items: state.catalogueCount,
        users: state.people.count, lastPosition: state.lastPosition, waiting: queue.waiting,
        sideItems: state.served.side.list.count)
    }
  }

  /// How the model goes on learning; `nil` while it does not.
  package var learning: LearningStatus? {
    learned.withLock(\.self)
  }

  /// Notes how the model goes on learning.
  package func note(_ learning: LearningStatus?) { learned.withLock { $0 = learning } }

  /// Sets the metrics that hold for a moment; call it before metrics are read.
  package func refreshMetrics() {
    let status = status
    metrics.refresh(
      age: clock().timeIntervalSince(status.openedAt), waiting: status.waiting,
      sideItems: status.sideItems, learning: learning)
  }

  /// Answers what was taken, makes what was accepted durable, and takes nothing more.
  package func close() async {
    await queue.close()
    try? await store.closeAside()
  }

  // MARK: Parts

  /// The plan of a request now.
  func plan(_ request: ServiceRequest) throws -> AnswerPlan {
    let id = requests.next()
    return try plan(request, id: id, style: try style(of: request, id: id))
  }

  private func plan(
    _ request: ServiceRequest, id: String, style: AnswerStyle
  ) throws -> AnswerPlan {
    try pipeline.plan(request, id: id, style: style, at: clock().timeIntervalSince1970)
  }

  /// How the service answers outside of an experiment.
  private var ownStyle: AnswerStyle {
    AnswerStyle(arm: nil, shares: settings.sources, diversity: settings.diversity)
  }

  /// How the arm of a request answers: the one that it names, else the one of its user.
  private func style(of request: ServiceRequest, id: String) throws -> AnswerStyle {
    guard let arms else {
      if let arm = request.arm {
        throw ServiceError.badField("arm", reason: "there is no experiment with an arm '\(arm)'")
      }
      return ownStyle
    }
    let arm: Experiment.Arm
    if let name = request.arm {
      guard let named = arms.arm(named: name) else {
        throw ServiceError.badField("arm", reason: "the experiment has no arm '\(name)'")
      }
      arm = named
    } else {
      arm = arms.arm(
        for: ArmAssignment.Subject(
          user: request.user, history: request.history ?? [], request: id))
    }
    return AnswerStyle(
      arm: arm.name, shares: arm.shares ?? settings.sources,
      diversity: arm.diversity ?? settings.diversity, alpha: arm.alpha)
  }

  /// The plan of a list for nobody in particular.
  private func listPlan(count: Int, offset: Int = 0, filter: Filter) throws -> AnswerPlan {
    var request = ServiceRequest(count: count)
    request.offset = offset
    request.filter = filter
    return try plan(request, id: "", style: ownStyle)
  }

  /// The key of an item of the catalogue.
  ///
  /// - Throws: `ServiceError.notFound`.
  func known(_ item: String) throws -> LiveKey {
    let key = live.withState { state in
      state.key(of: item).flatMap { state.isOutside($0) ? nil : $0 }
    }
    guard let key else { throw ServiceError.notFound("no item '\(item)'") }
    return key
  }

  /// Records what an answer shows.
  private func record(_ answer: Answer, of request: ServiceRequest) {
    if let arm = answer.arm { metrics.exposure(arm: arm) }
    store.record(
      Exposure(
        request: answer.request, user: request.user, time: clock(), model: answer.model,
        arm: answer.arm,
        items: answer.items.enumerated().map { place, item in
          Exposure.Item(
            id: item.id, position: request.offset + place, source: item.source.rawValue,
            stage: item.stage.rawValue, score: item.score)
        }))
  }
}

/// Numbers answers: each id is used once, also across runs of the service.
private final class RequestNumbers: Sendable {
  private let run = String(UInt64.random(in: 0 ... .max), radix: 36)
  private let last = Atomic<UInt64>(0)

  /// The next id.
  func next() -> String {
    "\(run)-\(String(last.wrappingAdd(1, ordering: .relaxed).newValue, radix: 36))"
  }
}
