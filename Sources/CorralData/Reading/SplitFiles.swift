import Foundation

/// The files of one split: `ml.train.inter` with `ml.valid.inter` and `ml.test.inter`, `train.csv`
/// with `test.csv`, or `u1.base` with `u1.test`.
struct SplitFiles: Equatable {
  /// The part of a split that a file holds, in reading order.
  enum Part: Int, Comparable {
    case training
    case validation
    case test

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// One of the files.
  struct File: Equatable {
    var name: String
    var part: Part
  }

  /// The common start of the names: `ml`, or nothing.
  let stem: String
  /// One file per part, in the order of the parts: training and at least one other.
  let files: [File]

  /// Finds the splits among the files of a folder, in order of name.
  static func groups(of names: [String]) -> [SplitFiles] {
    var groups: [[ExactText]: [File]] = [:]
    for name in names {
      guard let (part, key) = part(of: name) else { continue }
      groups[key.map { ExactText($0) }, default: []].append(File(name: name, part: part))
    }
    return groups.compactMap { key, files in
      let parts = files.map(\.part)
      guard parts.contains(.training), parts.count > 1, Set(parts).count == parts.count else {
        return nil
      }
      return SplitFiles(stem: key[0].text, files: files.sorted { $0.part < $1.part })
    }.sorted { $0.files[0].name < $1.files[0].name }
  }

  /// Returns the part that a file name stands for, with the stem and the ending that the names of
  /// the other parts share.
  private static func part(of name: String) -> (part: Part, key: [String])? {
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    let ending = (plain as NSString).pathExtension
    let base = (plain as NSString).deletingPathExtension
    // MovieLens has u1.base and u1.test.
    if ending == "base" { return (.training, [base, "base"]) }
    if ending == "test" { return (.test, [base, "base"]) }
    guard ["inter", "csv", "tsv", "jsonl", "txt", "data", "dat"].contains(ending) else {
      return nil
    }
    let words = base.split(omittingEmptySubsequences: false) { ".-_".contains($0) }
    guard let at = words.lastIndex(where: { part(of: $0) != nil }), let part = part(of: words[at])
    else { return nil }
    let others = words[..<at] + words[(at + 1)...]
    return (part, [others.joined(separator: "."), ending])
  }

  private static func part(of word: Substring) -> Part? {
    switch word.lowercased() {
    case "train", "training": .training
    case "valid", "validation", "val", "dev": .validation
    case "test", "testing": .test
    default: nil
    }
  }
}

/// Where the held-out parts begin in a log that was read from files for training, validation and
/// test.
package struct FileParts: Sendable, Equatable {
  /// The first row of the validation part.
  package var validationStart: Int
  /// The first row of the test part.
  package var testStart: Int

  /// Creates the parts from their first rows.
  package init(validationStart: Int, testStart: Int) {
    self.validationStart = validationStart
    self.testStart = testStart
  }

  /// Returns the parts after only these rows, in rising order, are kept.
  func keeping(_ rows: [Int32]) -> FileParts {
    FileParts(
      validationStart: rows.count { Int($0) < validationStart },
      testStart: rows.count { Int($0) < testStart })
  }
}
