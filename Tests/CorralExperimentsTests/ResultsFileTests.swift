import CorralExperiments
import CorralTesting
import Foundation
import Testing

@Suite struct ResultsFileTests {
  @Test func `a section of a results file is replaced by a later run of the same`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "RESULTS.md")
      let file = ResultsFile(url)
      try file.write("one\n\n| a |", under: "first")
      try file.write("two", under: "second")
      try file.write("three", under: "first")
      #expect(
        try String(contentsOf: url, encoding: .utf8)
          == "# Results\n\n## first\n\nthree\n\n## second\n\ntwo\n")
    }
  }
}
