/// A place in a stream: what a checkpoint keeps beside the state of a model.
///
/// A source that seeks it goes on with the first record that the state has not seen.
package enum StreamPosition: Sendable, Hashable {
  /// Behind an event of a store.
  case store(StorePlace)
  /// Behind a line of a file that grows.
  case file(FilePlace)
  /// Behind a line of standard input.
  case input(InputPlace)
  /// Behind an entry of a stream of Redis.
  case redis(RedisPlace)
  /// Behind records of a topic of Kafka.
  case kafka(KafkaPlace)
}

/// A place in a store.
package struct StorePlace: Sendable, Hashable, Codable {
  /// The identity of the store (`StoreReader.identity`).
  package var store: String
  /// The position of the last event that was read; 0 before the first.
  package var after: Int64

  /// A place behind an event.
  package init(store: String, after: Int64) {
    self.store = store
    self.after = after
  }
}

/// A place in a file that grows, which may be renamed meanwhile.
package struct FilePlace: Sendable, Hashable, Codable {
  /// The path that the source followed.
  package var path: String
  /// The number that the system gave the file, which it keeps when it is renamed.
  package var inode: UInt64
  /// How many of the file's first bytes were hashed: those that were read, at most 1,024.
  package var headLength: Int
  /// Their FNV-1a, in hexadecimal.
  package var head: String
  /// The number of bytes before the place; a line end is the last of them.
  package var offset: Int
  /// The number of lines before the place, with the header.
  package var line: Int

  /// A place behind the first `line` lines.
  package init(
    path: String, inode: UInt64, headLength: Int, head: String, offset: Int, line: Int
  ) {
    self.path = path
    self.inode = inode
    self.headLength = headLength
    self.head = head
    self.offset = offset
    self.line = line
  }
}

/// A place in standard input.
package struct InputPlace: Sendable, Hashable, Codable {
  /// The number of lines before the place, without the header.
  package var lines: Int

  /// A place behind lines.
  package init(lines: Int) { self.lines = lines }
}

extension StreamPosition: CustomStringConvertible {
  /// The place in words.
  package var description: String {
    switch self {
    case .store(let place): "\(place)"
    case .file(let place): "\(place)"
    case .input(let place): "\(place)"
    case .redis(let place): "\(place)"
    case .kafka(let place): "\(place)"
    }
  }

  /// What the place is in: `a file`.
  var kind: String {
    switch self {
    case .store: "a store"
    case .file: "a file"
    case .input: "standard input"
    case .redis: "a stream of Redis"
    case .kafka: "a topic of Kafka"
    }
  }

  /// How to go on where the place is no more.
  var remedy: String {
    switch self {
    case .store, .file, .input: "Put the file back, or begin"
    case .redis, .kafka: "Begin"
    }
  }
}

extension StorePlace: CustomStringConvertible {
  /// `event 17 of store 5f…`.
  package var description: String { "event \(after) of store \(store)" }
}

extension FilePlace: CustomStringConvertible {
  /// The path, the line and the byte behind which the place is, and the inode.
  package var description: String {
    "\(path), behind line \(line) (byte \(offset) of inode \(inode))"
  }
}

extension InputPlace: CustomStringConvertible {
  /// `standard input, behind line 17`.
  package var description: String { "standard input, behind line \(lines)" }
}

extension StreamPosition: Codable {
  private enum Key: String, CodingKey { case store, file, input, redis, kafka }

  /// Reads an object with one member, which is named after the kind of the source.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if container.contains(.store) {
      self = .store(try container.decode(StorePlace.self, forKey: .store))
    } else if container.contains(.file) {
      self = .file(try container.decode(FilePlace.self, forKey: .file))
    } else if container.contains(.redis) {
      self = .redis(try container.decode(RedisPlace.self, forKey: .redis))
    } else if container.contains(.kafka) {
      self = .kafka(try container.decode(KafkaPlace.self, forKey: .kafka))
    } else {
      self = .input(try container.decode(InputPlace.self, forKey: .input))
    }
  }

  /// Writes an object with one member, which is named after the kind of the source.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .store(let place): try container.encode(place, forKey: .store)
    case .file(let place): try container.encode(place, forKey: .file)
    case .input(let place): try container.encode(place, forKey: .input)
    case .redis(let place): try container.encode(place, forKey: .redis)
    case .kafka(let place): try container.encode(place, forKey: .kafka)
    }
  }
}
