import CorralHTTP
package import CorralSimulation
import CorralText
import Foundation

/// A running `corral serve` as the policy of a simulation.
///
/// It asks for lists, sends clicks with the id of the answer that showed the item, and tells the server
/// of items that are born and that fade. What was shown and not clicked the server keeps by itself.
package struct OverHTTP: Recommending {
  private let client: ServiceClient
  /// The id of the answer to each visit of the last lists.
  private var answers: [Int: String] = [:]
  /// How often the server said that it was busy.
  private var waits = 0
  private var degraded = 0
  private var repeats = 0
  private var seed: UInt64 = 0

  /// The items or events of a request at most.
  private static let batch = 500
  /// How often a request is sent again to a server that is busy.
  private static let patience = 20

  /// A policy that asks a service.
  package init(_ client: ServiceClient) { self.client = client }

  /// Throws `RemoteError` unless the server answers and has a model.
  package mutating func check() async throws {
    _ = try await ask("GET", "/health/ready")
  }

  package mutating func lists(
    for visitors: [Visitor], count: Int
  ) async throws -> [[ItemID]] {
    let client = client
    let found = try await withThrowingTaskGroup(of: (Int, Found).self) { group in
      for (place, visitor) in visitors.enumerated() {
        group.addTask { (place, try await Self.list(for: visitor, count: count, from: client)) }
      }
      return try await group.reduce(into: [Found?](repeating: nil, count: visitors.count)) {
        $0[$1.0] = $1.1
      }
    }
    answers = [:]
    for (visitor, found) in zip(visitors, found) {
      guard let found else { continue }
      answers[visitor.visit] = found.request
      waits += found.waits
      if found.isDegraded { degraded += 1 }
    }
    return found.map { $0?.items ?? [] }
  }

  /// The server was trained on the log, whose faded items it would go on to show.
  package mutating func remember(_ past: SimulatedPast) async throws {
    try await lose(past.gone)
  }

  package mutating func hear(_ events: [SimulatedEvent]) async throws {
    let clicks = events.filter { $0.kind == .click }
    for start in stride(from: 0, to: clicks.count, by: Self.batch) {
      let part = clicks[start..<min(start + Self.batch, clicks.count)]
      let body = part.map { event in
        SentEvent(
          id: "simulation:\(seed):\(event.visit):\(event.place):\(event.user):\(event.item)",
          user: event.user, item: event.item, type: event.kind.rawValue,
          time: Double(event.time), request: answers[event.visit])
      }
      let receipts = try await ask("POST", "/v1/events", body)["events"]?.elements ?? []
      repeats += receipts.count { $0["repeat"]?.bool == true }
    }
  }

  package mutating func meet(_ items: [NewItem]) async throws {
    try await put(items, isHidden: false)
  }

  package mutating func lose(_ items: [NewItem]) async throws {
    try await put(items, isHidden: true)
  }

  package mutating func wake(in world: SimulatedWorld) { seed = world.settings.seed }

  package mutating func notes() -> [String] {
    defer { (waits, degraded, repeats) = (0, 0, 0) }
    var notes: [String] = []
    if degraded > 0 {
      notes.append(
        "\(Format.counted(degraded, "answer")) came without a stage that was late; give the server "
          + "more time with --set serve.deadline, or simulate with a smaller --at-once")
    }
    if repeats > 0 {
      notes.append(
        "\(Format.counted(repeats, "click")) had been sent by an earlier run of the same world and "
          + "taught the server nothing; begin with a new store, or simulate other days")
    }
    if waits > 0 {
      notes.append("the server was busy and was asked again \(Format.counted(waits, "time"))")
    }
    return notes
  }

  private mutating func put(_ items: [NewItem], isHidden: Bool) async throws {
    for start in stride(from: 0, to: items.count, by: Self.batch) {
      let part = items[start..<min(start + Self.batch, items.count)]
      _ = try await ask(
        "POST", "/v1/items",
        part.map { item in
          SentItem(
            id: item.id, title: item.title, categories: [item.topic],
            features: ["topic": item.topic], hidden: isHidden)
        })
    }
  }

  private struct SentEvent: Encodable {
    let id, user, item, type: String
    let time: Double
    let request: String?
  }

  private struct SentItem: Encodable {
    let id, title: String
    let categories: [String]
    let features: [String: String]
    let hidden: Bool
  }

  private struct Asked: Encodable {
    let user: String
    let k: Int
  }

  /// The list of an answer.
  private struct Found: Sendable {
    let request: String?
    let items: [ItemID]
    let isDegraded: Bool
    let waits: Int
  }

  private static func list(
    for visitor: Visitor, count: Int, from client: ServiceClient
  ) async throws -> Found {
    let path = "/v1/recommend"
    let (answer, waits) = try await ask(
      "POST", path, JSONEncoder().encode(Asked(user: visitor.user, k: count)), client)
    guard let items = answer["items"]?.elements else {
      throw RemoteError.strange(
        request: "POST \(client.address)\(path)", reason: "the answer has no items")
    }
    return Found(
      request: answer["request"]?.text, items: items.compactMap { $0["id"]?.text },
      isDegraded: answer["degraded"]?.text != nil, waits: waits)
  }

  private mutating func ask(_ method: String, _ path: String) async throws -> JSON {
    let (answer, waits) = try await Self.ask(method, path, nil, client)
    self.waits += waits
    return answer
  }

  private mutating func ask(
    _ method: String, _ path: String, _ body: some Encodable
  ) async throws -> JSON {
    let (answer, waits) = try await Self.ask(method, path, JSONEncoder().encode(body), client)
    self.waits += waits
    return answer
  }

  /// Sends a request, and again where the server is busy and says when to come back.
  private static func ask(
    _ method: String, _ path: String, _ body: Data?, _ client: ServiceClient
  ) async throws -> (answer: JSON, waits: Int) {
    let request = "\(method) \(client.address)\(path)"
    var waits = 0
    while true {
      let reply = try await client.ask(method, path, body.map { [UInt8]($0) })
      let json = try? JSONParser.parse(String(decoding: reply.body, as: UTF8.self))
      if (200..<300).contains(reply.status) {
        guard let json else {
          throw RemoteError.strange(request: request, reason: "the answer is no JSON")
        }
        return (json, waits)
      }
      let seconds = reply.headers["retry-after"].flatMap(Double.init)
      guard reply.status == 429 || reply.status == 503, let seconds, waits < patience else {
        let text = String(decoding: reply.body.prefix(300), as: UTF8.self)
        throw RemoteError.refused(
          request: request, status: reply.status,
          text: json?["error"]?["message"]?.text ?? (text.isEmpty ? "no reason is given" : text))
      }
      waits += 1
      try await Task.sleep(for: .seconds(min(10, max(0.05, seconds))))
    }
  }
}
