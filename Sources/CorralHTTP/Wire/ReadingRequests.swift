import CorralService
import CorralStore
import Foundation

// The JSON of a body has passed its schema here, so that every member has the kind it must have.

extension ServiceRequest {
  /// The request that a body holds.
  init(_ json: JSON) {
    self.init(user: json["user"]?.text, history: json["history"]?.texts)
    count = json["k"]?.integer ?? count
    offset = json["offset"]?.integer ?? offset
    if let conditions = json["filter"] { filter = Filter(conditions) }
    excluded = json["exclude"]?.texts ?? []
    seen = json["seen"]?.text.flatMap(Seen.init) ?? seen
    deadline = json["deadline_ms"]?.number
    isExplained = json["explain"]?.bool ?? false
    arm = json["arm"]?.text
    diversity = json["diversity"]?.number
    alpha = json["alpha"]?.number
    for fact in json["context"]?.members ?? [] { context[fact.name] = fact.value.text }
  }

  /// The request that a query asks for a user.
  init(_ call: Call, user: String) throws {
    self.init(user: user, count: call.integer("k", or: 10))
    offset = call.integer("offset", or: 0)
    seen = call["seen"]?.text.flatMap(Seen.init) ?? seen
    isExplained = call["explain"]?.bool ?? false
    arm = call["arm"]?.text
    diversity = call["diversity"]?.number
    alpha = call["alpha"]?.number
    deadline = call["deadline_ms"]?.number
    filter = Filter(call)
  }
}

extension Filter {
  /// The conditions of an object.
  init(_ json: JSON) {
    self.init()
    for member in json.members ?? [] {
      conditions[member.name] =
        switch member.value {
        case .string(let text): .oneOf([text])
        case .array(let values): .oneOf(values.compactMap(\.text))
        default: .range(min: member.value["min"]?.number, max: member.value["max"]?.number)
        }
    }
  }

  /// The conditions of a query: `filter` as JSON, and `category`, which can be repeated.
  init(_ call: Call) {
    self = call["filter"].map(Filter.init) ?? Filter()
    if let categories = call["category"]?.texts, !categories.isEmpty {
      conditions[Filter.category] = .oneOf(categories)
    }
  }
}

extension Event {
  /// The event that a body holds; it happened now, unless it says when.
  init(_ json: JSON, now: Date) throws {
    self.init(
      id: json["id"]?.text, user: json["user"]?.text ?? "", item: json["item"]?.text ?? "",
      type: json["type"]?.text ?? "", value: json["value"]?.number,
      time: json["time"].flatMap(Date.init) ?? now, request: json["request"]?.text)
  }
}

extension Date {
  /// A time as text, or as seconds since 1970.
  init?(_ json: JSON) {
    switch json {
    case .string(let text):
      guard let date = WireTime.date(text) else { return nil }
      self = date
    case .number(let seconds): self.init(timeIntervalSince1970: seconds)
    default: return nil
    }
  }
}

extension FeatureValue {
  /// The value that a body gives a feature.
  init(_ json: JSON) {
    switch json {
    case .number(let number): self = .number(number)
    case .string(let text): self = .categories([text])
    default: self = .categories(json.texts ?? [])
    }
  }

  /// The values that a body gives features, by their names.
  static func named(_ members: [JSON.Member]) -> [String: FeatureValue] {
    Dictionary(uniqueKeysWithValues: members.map { ($0.name, .init($0.value)) })
  }
}

extension ItemRecord {
  /// Replaces what a body names; `null` takes a value away.
  mutating func change(by json: JSON) {
    if let title = json["title"] { self.title = title.text }
    if let categories = json["categories"]?.texts { self.categories = categories }
    if let features = json["features"]?.members { self.features = FeatureValue.named(features) }
    if let hidden = json["hidden"]?.bool { isHidden = hidden }
    if let time = json["published_at"] { publishedAt = Date(time) }
    if let time = json["expires_at"] { expiresAt = Date(time) }
  }
}

extension UserRecord {
  /// Replaces what a body names.
  mutating func change(by json: JSON) {
    if let features = json["features"]?.members { self.features = FeatureValue.named(features) }
  }
}
