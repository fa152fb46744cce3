import Foundation
import Testing

@Suite struct ReadmeTests {
  @Test func `commands and files are found in fenced blocks only`() {
    let page = Page(
      text: """
        Run `corral doctor`, then:
        ```sh
        make demo
        .build/release/corral train --data 'x y' \\
          --out model   # trains
        ```
        ```csv log.csv
        user,item
        1,2
        ```
        ```csv
        3,4
        ```
        """)
    #expect(
      page.commands == [".build/release/corral train --data 'x y'    --out model   # trains"])
    #expect(page.files.map(\.name) == ["log.csv"])
    #expect(page.files.map(\.text) == ["user,item\n1,2\n"])
  }

  /// In order, in one folder: a command may use what an earlier one made.
  @Test(arguments: [("README.md", 16, 0), ("docs/YOUR-OWN-CSV.md", 10, 4)])
  func `every command of a page runs`(path: String, commands: Int, files: Int) throws {
    let page = try Page(path)
    #expect(page.commands.count >= commands && page.files.count == files)
    try withTemporaryFolder { folder in
      // Files that the repository offers are where a reader of the page finds them.
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "Examples"),
        withDestinationURL: packageRoot.appending(path: "Examples"))
      try page.run(in: folder)
    }
  }

  /// A first-time user copies three commands and needs no setting.
  @Test func `the log of a shop becomes recommendations with titles in three commands`() throws {
    let page = try Page("docs/YOUR-OWN-CSV.md")
    let three = page.commands.prefix(3)
    #expect(!three.contains { $0.contains("--set") || $0.contains("--config") })
    try withTemporaryFolder { folder in
      for file in page.files {
        try Data(file.text.utf8).write(to: folder.appending(path: file.name))
      }
      let described = try Binary.run("data", "describe", "shop.csv", in: folder)
      #expect(described.code == 0, "\(described.errors)")
      for word in ["customer_id", "sku", "order_date", "purchase"] {
        #expect((described.output + described.errors).contains(word), "\(word)")
      }
      let proposed = "corral train --data shop.csv --out model"
      #expect(described.output.contains(proposed), "\(described.output)")
      let trained = try Binary.run("train", "--data", "shop.csv", "--out", "shop-model", in: folder)
      try #require(trained.code == 0, "\(trained.errors)")
      let asked = try Binary.run("recommend", "shop-model", "--user", "ada", in: folder)
      #expect(asked.code == 0 && asked.output.contains("Mint Tea"), "\(asked.output)")
    }
  }

  @Test func `every example can be trained with, and says by which command`() throws {
    let folder = packageRoot.appending(path: "Examples")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(names.count >= 7)
    for name in names {
      let file = folder.appending(path: name)
      let outcome = try Binary.run("config", "--config", file.path)
      #expect(outcome.code == 0, "\(name): \(outcome.errors)")
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.contains("corral train --config Examples/\(name) --data PATH --out "), "\(name)")
    }
  }
}
