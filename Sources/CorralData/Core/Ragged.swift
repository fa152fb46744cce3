/// Rows of different lengths in one array.
///
/// Invariant: `offsets` starts at 0, never falls, ends at `values.count`, and has one more entry
/// than there are rows.
public struct Ragged<Element: Sendable>: Sendable {
  /// The elements of all rows, one row after the other.
  public private(set) var values: [Element]
  /// Row `i` is `values[offsets[i]..<offsets[i + 1]]`.
  package private(set) var offsets: [Int]

  /// Creates rows over an array that is already laid out.
  package init(values: [Element], offsets: [Int]) {
    precondition(
      offsets.first == 0 && offsets.last == values.count,
      "offsets run from 0 to the number of values, \(values.count)")
    self.values = values
    self.offsets = offsets
  }

  /// Copies rows from a sequence of sequences.
  public init(_ rows: some Sequence<some Sequence<Element>>) {
    var values: [Element] = []
    var offsets = [0]
    for row in rows {
      values.append(contentsOf: row)
      offsets.append(values.count)
    }
    self.values = values
    self.offsets = offsets
  }

  /// Adds a row at the end; amortised, it costs the length of the row.
  package mutating func append(_ row: some Sequence<Element>) {
    values.append(contentsOf: row)
    offsets.append(values.count)
  }

  /// The number of rows.
  public var count: Int { offsets.count - 1 }

  /// Returns one row without a copy; its indices are positions in `values`.
  public subscript(row: Int) -> ArraySlice<Element> {
    values[offsets[row]..<offsets[row + 1]]
  }

  /// Whether the invariant holds.
  package func checkInvariants() -> Bool {
    offsets.first == 0 && offsets.last == values.count
      && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
  }
}

extension Ragged: Equatable where Element: Equatable {}
