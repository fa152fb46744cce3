import LibRedis

/// An answer of Redis.
enum RedisReply: Equatable {
  case text([UInt8])
  case number(Int)
  case list([RedisReply])
  case error(String)
  case nothing

  /// A copy of an answer of hiredis; `nil` if it is of a kind that this client does not ask for.
  init?(_ reply: UnsafePointer<redisReply>) {
    let held = reply.pointee
    switch held.type {
    case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .text(Self.bytes(held))
    case REDIS_REPLY_ERROR: self = .error(String(decoding: Self.bytes(held), as: UTF8.self))
    case REDIS_REPLY_INTEGER: self = .number(Int(held.integer))
    case REDIS_REPLY_NIL: self = .nothing
    case REDIS_REPLY_ARRAY:
      var list: [RedisReply] = []
      list.reserveCapacity(held.elements)
      for index in 0..<held.elements {
        guard let element = held.element?[index], let reply = RedisReply(element) else {
          return nil
        }
        list.append(reply)
      }
      self = .list(list)
    default: return nil
    }
  }

  /// The elements of a list; `nil` for other answers.
  var elements: [RedisReply]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  /// The bytes of a text; `nil` for other answers.
  var bytes: [UInt8]? {
    if case .text(let bytes) = self { bytes } else { nil }
  }

  /// A text as a string; `nil` for other answers.
  var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  private static func bytes(_ reply: redisReply) -> [UInt8] {
    guard let text = reply.str else { return [] }
    return Array(UnsafeRawBufferPointer(start: text, count: Int(reply.len)))
  }
}
