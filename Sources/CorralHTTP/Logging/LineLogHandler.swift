import Foundation
package import Logging
import NIOCore

/// Writes each message as one line of `key=value` pairs, or as one JSON object.
package struct LineLogHandler: LogHandler {
  /// How a line looks.
  package enum Format: String, Sendable, CaseIterable { case text, json }

  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]
  private let label: String
  private let format: Format
  private let write: @Sendable (String) -> Void

  /// A handler that hands whole lines to a closure.
  package init(
    label: String, level: Logger.Level = .info, format: Format = .text,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.label = label
    logLevel = level
    self.format = format
    self.write = write
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var fields: [(String, String)] = [
      ("time", WireTime.text(Date())), ("level", event.level.rawValue),
      ("message", event.message.description),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { fields.append((key, "\(value)")) }
    fields.append(("from", label))
    switch format {
    case .text:
      write(fields.map { "\($0)=\(Self.quoted($1))" }.joined(separator: " ") + "\n")
    case .json:
      var writer = JSONWriter(capacity: 256)
      writer.object { writer in for (key, value) in fields { writer.field(key, value) } }
      write(String(buffer: writer.buffer) + "\n")
    }
  }

  /// A value that stays one word of one line, whatever it holds.
  private static func quoted(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy {
      $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
    }
    guard value.isEmpty || !isPlain else { return value }
    var writer = JSONWriter(capacity: value.utf8.count + 8)
    writer.string(value)
    return String(buffer: writer.buffer)
  }
}
