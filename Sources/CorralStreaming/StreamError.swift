/// What keeps a stream from being read.
package enum StreamError: Error, Equatable, CustomStringConvertible {
  /// A record that is no event, with its source and its place in it.
  case badRecord(source: String, place: String, reason: String)
  /// The place of a checkpoint is no more, so that events may be lost.
  case gone(position: StreamPosition, reason: String)
  /// The place of a checkpoint is in another stream, or in another kind of stream.
  case foreign(position: StreamPosition, source: String)
  /// A place before the one where a source is that cannot go back.
  case cannotGoBack(position: StreamPosition)
  /// A file that cannot be read.
  case unreadable(path: String, reason: String)
  /// A server that gives no answer for now; the call can be repeated.
  case unreachable(source: String, reason: String)
  /// A server that refuses what it is asked.
  case refused(source: String, reason: String)
  /// An address that names no source.
  case badAddress(String, reason: String)
  /// Bad records cannot be put aside, so the stream does not pass them.
  case unwritable(path: String, reason: String)

  /// What is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .badRecord(let source, let place, let reason):
      "\(source), \(place): \(reason); correct it, or name a file for bad records, the dead letter"
    case .gone(let position, let reason):
      "the stream cannot go on from its checkpoint, \(position): \(reason). \(position.remedy)"
        + " from another position and accept that events between are not learned"
    case .foreign(let position, let source):
      "the checkpoint is at \(position), and the source is \(source); give the source that the"
        + " checkpoint was made with"
    case .cannotGoBack(let position):
      "standard input is past \(position) and cannot go back; start the command that writes it again"
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .unreachable(let source, let reason):
      "\(source): the server cannot be reached: \(reason); nothing is lost, and reading goes on"
        + " when it answers again"
    case .refused(let source, let reason): "\(source): the server refuses: \(reason)"
    case .badAddress(let address, let reason):
      "'\(address)' is no address of a stream of events: \(reason)"
    case .unwritable(let path, let reason):
      "\(path): bad records cannot be written there: \(reason)"
    }
  }
}
