import Foundation
import Testing

/// The articles of the documentation, and every Swift sample of every page.
@Suite struct ArticleTests {
  /// The catalogue of the articles.
  private static let catalogue = "Sources/Corral/Corral.docc"

  /// The names of the Markdown files of a folder of the repository.
  private func pages(in folder: String) throws -> [String] {
    try FileManager.default
      .contentsOfDirectory(atPath: packageRoot.appending(path: folder).path)
      .filter { $0.hasSuffix(".md") }.sorted().map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
  }

  /// The Swift files below a folder of the repository.
  private func code(in folder: String) -> [Sample] {
    let root = packageRoot.appending(path: folder)
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
      .compactMap { try? Sample(String(contentsOf: $0, encoding: .utf8)) }
  }

  /// Articles go on with the folder `films`, which the first of them makes; here it is smaller.
  @Test(arguments: [
    ("FirstModel", 10, 0), ("YourOwnLog", 6, 1), ("FeaturesAndTitles", 3, 2),
    ("ChooseAModel", 8, 0), ("TwoStages", 5, 0), ("MeasureHonestly", 6, 0), ("AddARetriever", 3, 0),
    ("DiversityWithADial", 9, 0), ("LearnLive", 5, 1), ("SimulatePeople", 4, 0),
  ])
  func `every command of an article runs`(name: String, commands: Int, files: Int) throws {
    let page = try Page("\(Self.catalogue)/\(name).md")
    #expect(page.commands.count == commands && page.files.count == files)
    try withTemporaryFolder { folder in
      if name != "FirstModel" {
        let made = try Binary.run(
          "data", "synthesize", "films", "--users", "200", "--items", "100", "--interactions",
          "4000", in: folder)
        try #require(made.code == 0, "\(made.errors)")
      }
      try page.run(in: folder)
    }
  }

  /// A sample stands in `Examples/App`, or in a model of this package.
  ///
  /// The app is compiled outside this package, so that a sample there names only what is public.
  @Test func `every Swift sample of every page is code that is compiled`() throws {
    let app = code(in: "Examples/App")
    let models = code(in: "Sources/CorralModels")
    let paths = try ["", "docs", Self.catalogue].flatMap(pages)
    var found = 0
    for path in paths {
      let compiled = path.hasSuffix("/AddARetriever.md") ? models : app
      for sample in try Page(path).samples {
        found += 1
        #expect(
          compiled.contains(where: sample.stands),
          "\(path): no compiled file has \(sample.lines.joined(separator: "\n"))")
      }
    }
    #expect(found >= 14)
  }

  @Test func `a changed line, order or import is not the sample that is compiled`() {
    let file = Sample("import A\n\nfunc f() {\n  let a = 1\n  let b = 2\n}\n")
    #expect(Sample("import A\n\nlet a = 1\nlet b = 2\n").stands(in: file))
    #expect(!Sample("let b = 2\nlet a = 1\n").stands(in: file))
    #expect(!Sample("let a = 2\n").stands(in: file))
    #expect(!Sample("import B\nlet a = 1\n").stands(in: file))
    #expect(!Sample("").stands(in: file))
  }

  @Test func `the app is short, and every article is named on the first page`() throws {
    let app = try String(
      contentsOf: packageRoot.appending(path: "Examples/App/Sources/App/main.swift"),
      encoding: .utf8)
    #expect(app.split(separator: "\n").count <= 15)
    let first = try Page("\(Self.catalogue)/Corral.md").text
    for page in try pages(in: Self.catalogue) where !page.hasSuffix("/Corral.md") {
      let name = URL(filePath: page).deletingPathExtension().lastPathComponent
      #expect(first.contains("- <doc:\(name)>"), "\(name)")
    }
  }
}

/// The two walks of `docs/ARCHITECTURE.md`: of a request, and of a setting.
@Suite struct WalkTests {
  @Test(arguments: [("request", 20), ("setting", 15)])
  func `a walk passes through no file twice, and each file has what is said of it`(
    name: String, atLeast: Int
  ) throws {
    let page = try Page("docs/ARCHITECTURE.md").text
    let start = try #require(page.range(of: "## The walk of a \(name)\n")).upperBound
    let walk = page[start...].prefix { $0 != "#" }
    let rows = walk.matches(of: /(?m)^\| `(Sources\/[^`]+)` \| (.+) \|$/)
    let files = rows.map { String($0.1) }
    #expect(files.count >= atLeast && Set(files).count == files.count)
    for row in rows {
      let code = try String(
        contentsOf: packageRoot.appending(path: String(row.1)), encoding: .utf8)
      let called = try #require(row.2.firstMatch(of: /`([^`]+)`/)).1
      #expect(code.contains(called), "\(row.1) has no \(called)")
    }
  }
}
