import Foundation
import Testing

/// A page of the documentation, by its fenced blocks.
struct Page {
  let text: String

  /// The page at a path of the repository.
  init(_ path: String) throws {
    text = try String(contentsOf: packageRoot.appending(path: path), encoding: .utf8)
  }

  init(text: String) { self.text = text }

  /// The lines of fenced `sh` blocks that run `corral`, as they stand; lines that continue are joined.
  var commands: [String] {
    text.matches(of: /(?ms)^```sh\n(.*?)^```/).flatMap { block in
      String(block.1).replacing("\\\n", with: " ").split(separator: "\n").compactMap { line in
        let program = line.split(separator: " ").first ?? ""
        return program.split(separator: "/").last == "corral" ? String(line) : nil
      }
    }
  }

  /// The files that the page shows: fenced `csv` blocks with the name of a file.
  var files: [(name: String, text: String)] {
    text.matches(of: /(?ms)^```csv (\S+)\n(.*?)^```/).map { (String($0.1), String($0.2)) }
  }

  /// The fenced `swift` blocks, without the imports that they begin with.
  var samples: [Sample] {
    text.matches(of: /(?ms)^```swift\n(.*?)^```/).map { Sample(String($0.1)) }
  }

  /// Writes the files of the page into a folder and runs its commands there, in order.
  func run(in folder: URL) throws {
    for file in files {
      try Data(file.text.utf8).write(to: folder.appending(path: file.name))
    }
    for command in commands { try run(command, in: folder) }
  }

  private func run(_ command: String, in folder: URL) throws {
    let outcome = try Shell.run(command, in: folder)
    #expect(outcome.code == 0, "\(command): \(outcome.errors)")
  }
}

/// Lines of Swift, without their indentation.
struct Sample {
  /// The lines after the imports.
  let lines: [String]
  /// The imports before them.
  let imports: [String]

  init(_ text: String) {
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0.trimmingPrefix { $0 == " " }) }
    imports = all.filter { $0.hasPrefix("import ") }
    let body = all.drop { $0.hasPrefix("import ") || $0.isEmpty }
    lines = Array(body.reversed().drop { $0.isEmpty }.reversed())
  }

  /// Whether these lines stand in a file, one after the other, and the file has the imports.
  func stands(in file: Sample) -> Bool {
    guard let first = lines.first, Set(imports).isSubset(of: file.imports) else { return false }
    return file.lines.indices.contains { start in
      file.lines[start] == first && file.lines[start...].starts(with: lines)
    }
  }
}
