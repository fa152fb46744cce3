import CorralData
import CorralIndex
import CorralServing
import Foundation

/// How one arm answers, or the service outside of an experiment.
struct AnswerStyle: Sendable {
  /// The name of the arm; `nil` outside of an experiment.
  var arm: String?
  var shares: SourceShares
  var diversity: Double
  /// The dial of clusters; `nil` for the model's own.
  var alpha: Double?
}

extension AnswerPipeline {
  /// A request in the terms of the model that answers it: a few look-ups.
  ///
  /// - Parameters:
  ///   - request: what somebody asks for.
  ///   - id: the id of the answer.
  ///   - style: how its arm answers.
  ///   - now: the time, in seconds since 1970.
  /// - Returns: the plan, with which the stages begin.
  /// - Throws: `ServiceError.badField` for what cannot be read.
  func plan(
    _ request: ServiceRequest, id: String, style: AnswerStyle, at now: Double
  ) throws -> AnswerPlan {
    try request.validate(deepest: settings.deepest)
    let state = live.withState { state in
      state.pass(to: now)
      let history = request.history?.map { state.key(of: $0) }
      let served = style.arm.flatMap { state.arms[$0] } ?? state.served
      return Resolved(
        served: served, side: served.side.list, blocked: state.blocked,
        revision: state.revision, known: state.items.count,
        person: request.user.flatMap { state.people[ExactText($0)] }, history: history,
        excluded: request.excluded.compactMap { state.key(of: $0) })
    }
    let (served, numbers) = (state.served, state.served.numbers)
    let user = request.user.flatMap(served.user)
    let history: [LiveKey]
    if let given = state.history {
      history = given.compactMap(\.self)
    } else if let person = state.person, !person.history.isEmpty || person.isPruned {
      history = person.history
    } else {
      history =
        user.map { served.recommender.histories[$0.position].map(numbers.key(of:)) } ?? []
    }
    let conditions =
      request.filter.conditions.isEmpty ? [] : try served.filters.sets(of: request.filter, live)
    let gate = Gate(
      blocked: state.blocked, conditions: conditions,
      leavingOut: (request.seen == .exclude ? history : []) + (state.person?.disliked ?? [])
        + state.excluded)
    var notices = request.notices(history: state.history)
    let alpha = request.alpha ?? style.alpha
    if alpha != nil, !served.recommender.retriever.takesAlpha {
      notices.append("alpha was ignored: the model searches no clusters")
    }
    let query = Query(
      user: user, history: history.compactMap(numbers.position),
      context: try context(of: request, served.recommender, notices: &notices))
    return AnswerPlan(
      request: request, id: id, arm: style.arm, served: served, side: state.side,
      shares: style.shares,
      diversity: request.diversity ?? style.diversity, alpha: alpha, gate: gate,
      exclusion: exclusion(gate, served, state.side, revision: state.revision), history: history,
      query: query, known: state.known, notices: notices,
      fallback: fallback(query, request, served.recommender))
  }

  /// What the memory says about a request.
  private struct Resolved: Sendable {
    let served: ServedModel
    let side: SideList
    let blocked: KeySet
    let revision: Int
    let known: Int
    let person: Person?
    /// The given history; `nil` for unknown items of it, and as a whole where none was given.
    let history: [LiveKey?]?
    let excluded: [LiveKey]
  }

  /// Why the model's scores cannot answer; `nil` where they may.
  private func fallback(
    _ query: Query, _ request: ServiceRequest, _ recommender: Recommender
  ) -> AnswerPlan.Fallback? {
    if !query.history.isEmpty { return nil }
    if query.user == nil { return request.user == nil ? .emptyHistory : .unknownUser }
    return recommender.retriever.scoredBy == .history ? .emptyHistory : nil
  }

  /// The gate as a search among the items of the model asks it.
  ///
  /// What the side list has is left out too. Without filters, and with few items to leave out, all of
  /// them are listed: an exact index then searches for many requests at once.
  private func exclusion(
    _ gate: Gate, _ served: ServedModel, _ side: SideList, revision: Int
  ) -> Exclusion {
    let numbers = served.numbers
    let listed = gate.leftOut.compactMap(numbers.position)
    let blocked = served.blockedPositions(gate.blocked, revision: revision)
    if gate.conditions.isEmpty, side.hiddenItems.count <= Self.fewHidden, let blocked {
      return Exclusion(met: listed + blocked + side.hiddenItems)
    }
    let hidden = side.hidden
    return Exclusion(met: []) { item in
      let key = numbers.key(of: item)
      return !hidden.contains(key) && gate.allows(key)
    }
  }

  /// The most items of the side list that a search leaves out one by one.
  private static let fewHidden = 1024

  private func context(
    of request: ServiceRequest, _ recommender: Recommender, notices: inout [String]
  ) throws -> ContextTable {
    if request.context.isEmpty { return ContextTable() }
    var said: [Recommendations.Notice] = []
    do {
      let context = try recommender.context(request.context, notices: &said)
      for case .unknownContext(let name, let value) in said {
        notices.append("training never met '\(value)' as \(name)")
      }
      return context
    } catch { throw ServiceError.badField("context", reason: "\(error)") }
  }
}

extension ServiceRequest {
  /// Throws `ServiceError.badField` for numbers that cannot be meant.
  func validate(deepest: Int) throws {
    guard (1...deepest).contains(count) else {
      throw ServiceError.badField("k", reason: "ask for 1 to \(deepest) items")
    }
    guard (0...deepest - count).contains(offset) else {
      throw ServiceError.badField("offset", reason: "0 to \(deepest - count) can be skipped")
    }
    if let diversity, !(0...1).contains(diversity) {
      throw ServiceError.badField("diversity", reason: "a number from 0 to 1 is needed")
    }
    if let alpha, !(alpha >= 0 && alpha.isFinite) {
      throw ServiceError.badField("alpha", reason: "a number from 0 is needed")
    }
    if let deadline, !(deadline > 0 && deadline.isFinite) {
      throw ServiceError.badField("deadline_ms", reason: "a number above 0 is needed")
    }
    for case (let name, .range(let least, let most)) in filter.conditions
    where least?.isNaN ?? false || most?.isNaN ?? false {
      throw ServiceError.badField("filter.\(name)", reason: "a number is needed")
    }
  }

  /// What of the request was ignored, given the keys of its history.
  fileprivate func notices(history keys: [LiveKey?]?) -> [String] {
    guard let history, let keys else { return [] }
    let unknown = zip(history, keys).filter { $1 == nil }.map(\.0)
    if unknown.isEmpty { return [] }
    return [
      "unknown items of the history were ignored: "
        + unknown.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        + (unknown.count > 5 ? " and \(unknown.count - 5) more" : "")
    ]
  }
}
