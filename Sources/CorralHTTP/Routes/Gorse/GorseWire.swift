import CorralService
import CorralStore
import Foundation

/// A time in one of the forms that gorse's clients write; `nil` for none of them.
func gorseTime(_ text: String) -> Date? {
  if let date = WireTime.date(text) { return date }
  if text.utf8.count == 10 { return WireTime.date(text + "T00:00:00Z") }
  // A date and a time without a zone are in UTC.
  return WireTime.date(text + "Z")
}

extension Event {
  /// The event of a feedback; `field` is where it stands in the body.
  ///
  /// With an id of its type, user and item, it is stored once, as gorse stores it.
  init(gorse json: JSON, isUnique: Bool, now: Date, field: String) throws {
    let (type, user, item) = (
      json["FeedbackType"]?.text ?? "", json["UserId"]?.text ?? "", json["ItemId"]?.text ?? ""
    )
    var time = now
    if let text = json["Timestamp"]?.text, !text.isEmpty {
      guard let date = gorseTime(text) else {
        throw Problem.unusable("\(field).Timestamp", "must be a time such as 2026-03-14T15:09:26Z")
      }
      time = date
    }
    self.init(
      id: isUnique ? "gorse:\(type.utf8.count):\(user.utf8.count):\(type)\(user)\(item)" : nil,
      user: user, item: item, type: type, value: json["Value"]?.number, time: time)
  }
}

extension ItemRecord: GorseRecord {
  static let gorse = GorseShapes(
    id: "ItemId", many: "Items", sent: GorseSchema.item, patch: GorseSchema.itemPatch,
    stored: GorseSchema.storedItem, page: GorseSchema.itemPage)

  mutating func change(gorse json: JSON, field: String) throws {
    if let hidden = json["IsHidden"]?.bool { isHidden = hidden }
    if let categories = json["Categories"]?.texts { self.categories = categories }
    if let text = json["Timestamp"]?.text, !text.isEmpty {
      guard let date = gorseTime(text) else {
        throw Problem.unusable("\(field)Timestamp", "must be a time such as 2026-03-14T15:09:26Z")
      }
      publishedAt = date
    }
    if let comment = json["Comment"]?.text { title = comment.isEmpty ? nil : comment }
    if let labels = json["Labels"] { features = try gorseFeatures(labels, field: field) }
  }

  func writeGorse(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("ItemId", id)
      writer.field("IsHidden", isHidden)
      writer.field("Categories", categories)
      writer.field("Timestamp", publishedAt.map(WireTime.text) ?? "0001-01-01T00:00:00Z")
      writer.gorseLabels(features)
      writer.field("Comment", title ?? "")
    }
  }
}

extension UserRecord: GorseRecord {
  static let gorse = GorseShapes(
    id: "UserId", many: "Users", sent: GorseSchema.user, patch: GorseSchema.userPatch,
    stored: GorseSchema.storedUser, page: GorseSchema.userPage)

  mutating func change(gorse json: JSON, field: String) throws {
    if let labels = json["Labels"] { features = try gorseFeatures(labels, field: field) }
  }

  func writeGorse(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("UserId", id)
      writer.gorseLabels(features)
      writer.field("Comment", "")
    }
  }
}

/// The features that labels are: numbers and texts of an object by name, whose deeper names are joined
/// by dots, or a list of texts.
private func gorseFeatures(_ labels: JSON, field: String) throws -> [String: FeatureValue] {
  var features: [String: FeatureValue] = [:]
  func add(_ value: JSON, _ name: String) throws {
    switch value {
    case .null: return
    case .bool(let flag): features[name] = .number(flag ? 1 : 0)
    case .number(let number): features[name] = .number(number)
    case .string(let text): features[name] = .categories([text])
    case .array(let values):
      let texts = values.compactMap(\.text)
      features[name] = .categories(Array(texts.prefix(Limits.categories.upperBound)))
    case .object(let members):
      for member in members { try add(member.value, "\(name).\(member.name)") }
    }
    guard features.count <= Limits.features.upperBound,
      Limits.name.contains(name.unicodeScalars.count)
    else {
      throw Problem.unusable(
        "\(field)Labels",
        "holds more than \(Limits.features.upperBound) labels, or a name that is empty or too long")
    }
  }
  if let members = labels.members {
    for member in members { try add(member.value, member.name) }
  } else {
    try add(labels, "labels")
  }
  return features
}

extension JSONWriter {
  /// Writes how many rows changed.
  mutating func gorseSuccess(_ rows: Int) { object { $0.field("RowAffected", rows) } }

  /// Writes ids with scores.
  mutating func gorseScores(_ items: [Answer.Item]) {
    array { writer in
      for item in items {
        writer.object { writer in
          writer.field("Id", item.id)
          let score = item.score ?? 0
          writer.field("Score", score.isFinite ? score : 0)
        }
      }
    }
  }

  /// Writes an event as feedback.
  mutating func gorseFeedback(_ event: Event) {
    object { writer in
      writer.field("FeedbackType", event.type)
      writer.field("UserId", event.user)
      writer.field("ItemId", event.item)
      let value = event.value ?? 0
      writer.field("Value", value.isFinite ? value : 0)
      writer.field("Timestamp", event.time.map(WireTime.text) ?? "0001-01-01T00:00:00Z")
      writer.field("Comment", "")
    }
  }

  /// Writes features as labels, in the order of their names.
  fileprivate mutating func gorseLabels(_ features: [String: FeatureValue]) {
    name("Labels")
    object { writer in
      for (name, value) in features.sorted(by: { $0.key < $1.key }) {
        switch value {
        case .number(let number): writer.field(name, number)
        case .categories(let texts): writer.field(name, texts)
        }
      }
    }
  }
}
