package import CorralData
import CorralStore
package import Foundation

/// Where events come from, as somebody writes it on a command line.
package enum EventAddress: Sendable, Equatable {
  /// A stream of Redis.
  case redis(RedisAddress)
  /// A topic of Kafka.
  case kafka(KafkaAddress)
  /// Standard input.
  case input
  /// The directory of a server's store.
  case store(URL)
  /// A file that grows.
  case file(URL)

  /// The addresses that there are, for messages.
  package static let forms =
    "redis://host:port/database?stream=KEY, kafka://host:port/TOPIC, the directory of a server's"
    + " store, a file, or - for standard input"

  /// Reads an address; only a directory must be there.
  ///
  /// - Throws: `StreamError.badAddress`.
  package init(_ text: String) throws {
    if text.isEmpty {
      throw StreamError.badAddress(text, reason: "give \(Self.forms)")
    } else if text == "-" {
      self = .input
    } else if let scheme = text.prefixMatch(of: /([A-Za-z][A-Za-z0-9+.\-]*):\/\//)?.1 {
      switch scheme {
      case "redis": self = .redis(try RedisAddress(text))
      case "kafka": self = .kafka(try KafkaAddress(text))
      default:
        throw StreamError.badAddress(
          "\(scheme)://...",
          reason: "'\(scheme)' is unknown; give \(Self.forms)")
      }
    } else {
      let place = URL(fileURLWithPath: text)
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder),
        isFolder.boolValue
      {
        let store = place.appendingPathComponent(Store.databaseName)
        guard FileManager.default.fileExists(atPath: store.path) else {
          throw StreamError.badAddress(
            text,
            reason: "the directory holds no \(Store.databaseName), so it is no server's store; give"
              + " \(Self.forms)")
        }
        self = .store(place)
      } else {
        self = .file(place)
      }
    }
  }

  /// Opens the source at its beginning, or at a position.
  ///
  /// - Parameters:
  ///   - format: how lines of a file or of standard input are written.
  ///   - columns: which fields make up an event; those of a store are known.
  ///   - end: whether more of a file may be written.
  ///   - resumption: what standard input holds when a position is given.
  ///   - deadLetter: where bad records go; `nil` to stop at the first.
  ///   - patience: how long a server may take to answer, in seconds.
  ///   - position: where to begin; `nil` for the beginning.
  /// - Returns: the source, which is for one thread.
  /// - Throws: `StreamError`, `StoreError` or `DataError`.
  package func open(
    format: DataFormat = .automatic, columns: ColumnNames = ColumnNames(),
    end: FileSource.End = .open, resumption: StandardInput.Resumption = .again,
    deadLetter: URL? = nil, patience: Double = 10, at position: StreamPosition? = nil
  ) throws -> any EventSource {
    let source: any EventSource
    switch self {
    case .redis(let address):
      source = try RedisSource(
        address, columns: columns, deadLetter: deadLetter, patience: patience)
    case .kafka(let address):
      source = try KafkaSource(
        address, columns: columns, deadLetter: deadLetter, patience: patience)
    case .input:
      source = StandardInput(
        resumption: resumption, format: format, columns: columns, deadLetter: deadLetter)
    case .store(let directory): source = try StoreSource(directory, deadLetter: deadLetter)
    case .file(let file):
      // The file of a position may have been renamed, and another may not be there yet.
      return try FileSource(
        file, end: end, format: format, columns: columns, deadLetter: deadLetter, at: position)
    }
    if let position { try source.seek(to: position) }
    return source
  }
}
