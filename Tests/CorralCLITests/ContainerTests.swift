import Foundation
import Testing

/// The recipe of the container image: it cannot be built in a test, but what it names must exist.
@Suite struct ContainerTests {
  private func text(_ path: String) throws -> String {
    try String(contentsOf: packageRoot.appending(path: path), encoding: .utf8)
  }

  @Test func `the recipe names targets and paths that exist`() throws {
    let recipe = try text("Containerfile")
    let makefile = try text("Makefile")
    let targets = recipe.matches(of: /(?m)^RUN make (\S+)$/).map { String($0.1) }
    #expect(targets == ["configure", "build"])
    for target in targets { #expect(makefile.contains("\n\(target):"), "\(target)") }
    let copied = recipe.matches(of: /(?m)^COPY (?!--from)(\S+) \S+$/).map { String($0.1) }
    #expect(copied.count >= 3)
    for path in copied {
      let file = packageRoot.appending(path: path)
      #expect(FileManager.default.fileExists(atPath: file.path), "\(path)")
    }
    #expect(recipe.contains("cp .build/release/corral /opt/corral/"))
    #expect(makefile.contains("swift build $(SWIFT_FLAGS) --product corral"))
    #expect(makefile.contains("-c release"))
  }

  @Test func `the image runs as a user of its own and takes the compiler that the set-up asks for`()
    throws
  {
    let recipe = try text("Containerfile")
    let version = try #require(recipe.firstMatch(of: /FROM swift:(\d+\.\d+)-/)?.1)
    #expect(try text("Scripts/configure").contains("Swift \(version)"))
    #expect(recipe.contains("\nUSER corral\n") && recipe.contains("\nVOLUME /models\n"))
  }

  @Test func `what is built on the machine stays out of the image`() throws {
    let ignored = try text(".dockerignore").split(separator: "\n").map(String.init)
    for folder in [".build", ".deps", ".git"] { #expect(ignored.contains(folder), "\(folder)") }
  }
}
