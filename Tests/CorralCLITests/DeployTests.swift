import Foundation
import Testing
import Yams

/// What `deploy` holds: it cannot be run in a test, but what it names must exist.
@Suite struct DeployTests {
  private func text(_ path: String) throws -> String {
    try String(contentsOf: packageRoot.appending(path: path), encoding: .utf8)
  }

  @Test func `the recipe names targets and paths that exist`() throws {
    let recipe = try text("deploy/Dockerfile")
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
    let recipe = try text("deploy/Dockerfile")
    let version = try #require(recipe.firstMatch(of: /FROM swift:(\d+\.\d+)-/)?.1)
    #expect(try text("Scripts/configure").contains("Swift \(version)"))
    #expect(recipe.contains("\nUSER corral\n") && recipe.contains("\nVOLUME /models\n"))
  }

  @Test func `what is built on the machine stays out of the image`() throws {
    let ignored = try text(".dockerignore").split(separator: "\n").map(String.init)
    for folder in [".build", ".deps", ".git"] { #expect(ignored.contains(folder), "\(folder)") }
  }

  /// Expects that the server takes these words, and then finds that what they name is not here.
  private func expectServes(_ words: [String]) throws {
    let outcome = try Binary.run(["serve"] + words)
    #expect(outcome.code == 2, "\(outcome.errors)")
  }

  @Test func `the unit of systemd starts the server with options that it has`() throws {
    let unit = try text("deploy/corral.service")
    let start = try #require(unit.firstMatch(of: /(?m)^ExecStart=\S+ serve (.+)$/)?.1)
    try expectServes(start.split(separator: " ").map(String.init))
    for line in unit.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("[") {
      #expect(line.contains("="), "\(line)")
    }
  }

  @Test func `the manifest of Kubernetes starts the server, probes it, and runs as nobody special`()
    throws
  {
    let documents = try Yams.compose_all(yaml: text("deploy/kubernetes/corral.yaml"))
    let nodes = Array(documents)
    #expect(nodes.map { $0["kind"]?.string } == ["Service", "StatefulSet"])
    let pod = try #require(nodes.last?["spec"]?["template"]?["spec"])
    let container = try #require(pod["containers"]?[0])
    let words = try #require(container["args"]?.array().map { $0.string ?? "" })
    #expect(words.first == "serve")
    try expectServes(Array(words.dropFirst()))
    #expect(pod["securityContext"]?["runAsNonRoot"]?.bool == true)
    let user = try #require(pod["securityContext"]?["runAsUser"]?.string)
    #expect(try text("deploy/Dockerfile").contains("useradd --uid \(user) "))
    let probes = ["startupProbe", "readinessProbe", "livenessProbe"].map {
      container[$0]?["httpGet"]?["path"]?.string
    }
    #expect(probes == ["/health/ready", "/health/ready", "/health/live"])
  }
}
