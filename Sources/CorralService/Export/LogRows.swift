import CorralData
import CorralStore

/// Writes the rows of an exported log.
struct LogRows {
  private static let columns = [
    (name: "user_id", kind: "token"), (name: "item_id", kind: "token"),
    (name: "event", kind: "token"), (name: "weight", kind: "float"),
    (name: "timestamp", kind: "float"), (name: "value", kind: "float"),
    (name: "request", kind: "token"), (name: "position", kind: "float"),
    (name: "source", kind: "token"), (name: "arm", kind: "token"),
    (name: "model", kind: "token"), (name: "log_probability", kind: "float"),
  ]

  private var writer: TableWriter
  private let hasTimes: Bool

  /// Rows of a file.
  ///
  /// - Throws: `DataError.unwritable`.
  init(_ path: String, format: DataFormat, hasTimes: Bool) throws {
    self.hasTimes = hasTimes
    writer = try TableWriter(
      path, format: format,
      columns: Self.columns.filter { hasTimes || $0.name != "timestamp" })
  }

  /// Writes one row; what is `nil` stays empty.
  ///
  /// - Throws: `ServiceError.badField` for a text that the format cannot hold.
  mutating func write(
    user: String, item: String, type: String, weight: Int, time: Int64?, value: Double?,
    request: String?, in shown: Shown?
  ) throws {
    var row = [try text(user), try text(item), try text(type), .digits("\(weight)")]
    if hasTimes { row.append(time.map { .digits("\($0)") } ?? .none) }
    row += [
      value.map { .digits("\($0)") } ?? .none, try text(request),
      shown?.item.map { .digits("\($0.position)") } ?? .none, try text(shown?.item?.source),
      try text(shown?.arm), try text(shown?.model),
      shown?.item?.logProbability.map { .number($0) } ?? .none,
    ]
    try writer.write(row)
  }

  /// Completes the file.
  func finish() throws { try writer.finish() }

  private func text(_ text: String?) throws -> TableWriter.Value {
    guard let text else { return .none }
    if writer.format == .tsv, text.utf8.contains(where: { [0x09, 0x0A, 0x0D].contains($0) }) {
      throw ServiceError.badField(
        "--out",
        reason: "'\(text)' holds a tab or a line end, which a .tsv cannot hold; write a .csv")
    }
    return .text(text)
  }
}
