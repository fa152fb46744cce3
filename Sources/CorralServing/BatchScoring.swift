import CorralArtifacts
import CorralData
import CorralIndex
import CorralVectors
package import Foundation

/// Writes the recommendations of many users into one file: a row for each user and item.
///
/// Users are scored block by block, so that memory does not grow with their number. The file is
/// written beside its place and renamed into it, so that an interrupted run leaves none.
package struct BatchScoring: Sendable {
  /// The form of the file.
  package enum Format: String, CaseIterable, Sendable {
    case csv
    case tsv
    /// A JSON object on each line.
    case jsonLines = "jsonl"

    /// The form that the name of a file asks for; `nil` for another ending.
    package init?(fileName: String) {
      switch URL(filePath: fileName).pathExtension.lowercased() {
      case "csv": self = .csv
      case "tsv": self = .tsv
      case "jsonl", "ndjson": self = .jsonLines
      default: return nil
      }
    }
  }

  /// What was written.
  package struct Report: Sendable, Equatable {
    /// The users that were scored.
    package var users = 0
    /// The rows of the file without its header.
    package var rows = 0
    /// The users that got what is popular, since the model's scores say nothing about them.
    package var popular = 0
    /// The users that the model does not have.
    package var unknown = 0
    /// The users that have met so much that fewer items are left than were asked for.
    package var short = 0
    /// The entries of a list of users that name a user again; they add no rows.
    package var repeats = 0
  }

  /// What ends a run before its time: nothing was written.
  package struct Interrupted: Error {
    package init() {}
  }

  private let recommender: Recommender
  private let count: Int
  private let includesMet: Bool
  private let format: Format
  /// The id of each item as the file spells it.
  private let itemCells: Texts
  /// The ranks from 1 as the file spells them.
  private let rankCells: Texts

  /// A scoring that writes up to `count` items a user.
  ///
  /// - Throws: `ServingError.badCount` for a count that the catalogue cannot fill.
  package init(
    _ recommender: Recommender, count: Int, includesMet: Bool = false, format: Format
  ) throws {
    guard (1...max(1, recommender.items.count)).contains(count) else {
      throw ServingError.badCount(count, items: recommender.items.count)
    }
    self.recommender = recommender
    self.count = count
    self.includesMet = includesMet
    self.format = format
    var cells = Texts()
    var cell: [UInt8] = []
    for item in 0..<recommender.items.count {
      cell.removeAll(keepingCapacity: true)
      format.append(recommender.items.texts, at: item, to: &cell)
      cell.withUnsafeBufferPointer { cells.append($0) }
    }
    itemCells = cells
    rankCells = Texts((1...count).map { "\($0)" })
  }

  /// Users that are scored at a time.
  private static let block = 512
  /// Users whose rows one thread makes at a time.
  private static let grain = 64

  /// Writes the rows of all users that the model knows, in the order of its vocabulary.
  ///
  /// - Parameters:
  ///   - file: the file to create or replace.
  ///   - progress: called with the number of users after each block; throws to stop.
  /// - Returns: what was written.
  /// - Throws: `ArtifactError`, or what `progress` throws; the file is then as it was.
  package func writeAll(to file: URL, progress: (Int) throws -> Void) throws -> Report {
    let users = recommender.users
    return try write(to: file) { report, output in
      for start in stride(from: 0, to: users.count, by: Self.block) {
        let block = start..<min(start + Self.block, users.count)
        try write(
          block.map { ($0, nil) }, requests: block.map(request(of:)), report: &report, to: output)
        try progress(report.users)
      }
    }
  }

  /// Writes the rows of some users by their ids, in their order; unknown ones get what is popular.
  ///
  /// A user that is named more than once is scored once, at its first place. `progress` is called
  /// with the number of ids that are done, the repeated ones among them.
  package func write(
    users ids: [String], to file: URL, progress: (Int) throws -> Void
  ) throws -> Report {
    let users = distinct(ids)
    return try write(to: file) { report, output in
      report.repeats = ids.count - users.count
      for start in stride(from: 0, to: users.count, by: Self.block) {
        let block = users[start..<min(start + Self.block, users.count)]
        report.unknown += block.count { $0.position == nil }
        try write(
          block.map { ($0.position, $0.id) },
          requests: block.map { position, id in
            position.map(request(of:))
              ?? ResolvedRequest(fallback: .unknownUser(id, nearest: nil))
          }, report: &report, to: output)
        try progress(report.users + report.repeats)
      }
    }
  }

  /// Each user of a list once, at its first place.
  ///
  /// Known users are compared by their positions and unknown ones byte by byte, since Swift holds two
  /// spellings of an accent for equal.
  private func distinct(_ ids: [String]) -> [(position: Int?, id: String)] {
    var known: Set<Int> = []
    var unknown: Set<[UInt8]> = []
    return ids.compactMap { id in
      let position = recommender.users.position(of: id)
      let isNew =
        position.map { known.insert($0).inserted } ?? unknown.insert(Array(id.utf8)).inserted
      return isNew ? (position, id) : nil
    }
  }

  private func write(
    to file: URL, _ body: (inout Report, borrowing OutputFile) throws -> Void
  ) throws -> Report {
    var report = Report()
    try AtomicFile.write(to: file) { place in
      let output = try OutputFile(path: place.path)
      try output.write(Data(format.header.utf8))
      try body(&report, output)
    }
    return report
  }

  private func request(of position: Int) -> ResolvedRequest {
    let history = Array(recommender.histories[position])
    var request = ResolvedRequest(query: Query(user: UserIndex(position), history: history))
    if history.isEmpty, recommender.retriever.scoredBy == .history {
      request.fallback = .emptyHistory
    }
    return request
  }

  /// Answers a block of users, each by its position or its id, and writes their rows.
  private func write(
    _ users: [(position: Int?, id: String?)], requests: [ResolvedRequest],
    report: inout Report, to output: borrowing OutputFile
  ) throws {
    let exclusions = Parallel.map(requests.count, grain: Self.grain) { range in
      requests[range].map { Exclusion(met: includesMet ? [] : $0.query.history) }
    }
    let answers = try recommender.answers(
      to: requests, counts: requests.map { _ in count }, leavingOut: exclusions.flatMap(\.self))
    let lists = answers.lists
    let parts = Parallel.map(users.count, grain: Self.grain) { range in
      rows(of: users[range], lists[range])
    }
    for part in parts { try part.withUnsafeBytes { try output.write($0) } }
    report.users += users.count
    report.rows += lists.reduce(0) { $0 + $1.count }
    report.popular += answers.isPopular.count(where: \.self)
    report.short += lists.count { $0.count < count }
  }

  /// The rows of some users as bytes.
  private func rows(
    of users: ArraySlice<(position: Int?, id: String?)>, _ lists: ArraySlice<[Candidate]>
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(users.count * count * 32)
    var user: [UInt8] = []
    for ((position, id), list) in zip(users, lists) {
      user.removeAll(keepingCapacity: true)
      if let position {
        format.append(recommender.users.texts, at: position, to: &user)
      } else {
        format.append(Texts([id ?? ""]), at: 0, to: &user)
      }
      for (rank, candidate) in list.enumerated() {
        format.append(
          user: user, itemCells, at: candidate.item.position, rankCells, at: rank,
          candidate.score, to: &bytes)
      }
    }
    return bytes
  }
}

extension BatchScoring.Format {
  /// The first line; empty for JSON, whose lines name their values.
  fileprivate var header: String {
    switch self {
    case .csv: "user,item,rank,score\n"
    case .tsv: "user\titem\trank\tscore\n"
    case .jsonLines: ""
    }
  }

  /// Adds an id as a cell of this form: quoted in CSV where it must be, escaped in TSV, a JSON string.
  fileprivate func append(_ texts: Texts, at position: Int, to cell: inout [UInt8]) {
    switch self {
    case .tsv: texts.withBytes(at: position) { Lines.append($0, to: &cell) }
    case .csv:
      texts.withBytes(at: position) { text in
        let quote = UInt8(ascii: "\"")
        let isPlain = !text.contains {
          $0 == quote || [UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0)
        }
        if isPlain {
          cell.append(contentsOf: text)
        } else {
          cell.append(quote)
          for byte in text {
            if byte == quote { cell.append(quote) }
            cell.append(byte)
          }
          cell.append(quote)
        }
      }
    case .jsonLines:
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      cell.append(contentsOf: (try? encoder.encode(texts[position])) ?? Data())
    }
  }

  /// Adds the row of one recommendation.
  fileprivate func append(
    user: [UInt8], _ items: Texts, at item: Int, _ ranks: Texts, at rank: Int, _ score: Float,
    to bytes: inout [UInt8]
  ) {
    func append(_ text: StaticString) {
      text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
    func append(_ texts: Texts, _ position: Int) {
      texts.withBytes(at: position) { bytes.append(contentsOf: $0) }
    }
    let score = score.isFinite ? score.description : nil
    switch self {
    case .csv, .tsv:
      let separator = self == .csv ? UInt8(ascii: ",") : UInt8(ascii: "\t")
      bytes.append(contentsOf: user)
      bytes.append(separator)
      append(items, item)
      bytes.append(separator)
      append(ranks, rank)
      bytes.append(separator)
      bytes.append(contentsOf: (score ?? "").utf8)
    case .jsonLines:
      append("{\"user\":")
      bytes.append(contentsOf: user)
      append(",\"item\":")
      append(items, item)
      append(",\"rank\":")
      append(ranks, rank)
      append(",\"score\":")
      bytes.append(contentsOf: (score ?? "null").utf8)
      append("}")
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}
