import Foundation
import Testing

/// The modules each target may see: `Package.swift`'s table, read from its text.
private struct House {
  let root = packageRoot
  let modules: Set<String>
  let allowed: [String: Set<String>]

  init() throws {
    let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
    let library = /library\(\s*"(\w+)",\s*\[([^\]]*)\]/
    var allowed: [String: Set<String>] = [:]
    for match in manifest.matches(of: library) {
      allowed[String(match.1)] = Set(match.2.matches(of: /\w+/).map { String($0.0) })
    }
    self.allowed = allowed
    modules = Set(allowed.keys)
      .union([
        "Corral", "CorralCLI", "CTorch", "CHNSW", "CKernels", "CDashboard", "LibTorch", "LibHNSW",
        "LibZ", "LibCrypto", "LibRedis", "LibKafka",
      ])
  }

  /// The modules of this package that a target's files import.
  func imports(of target: String) throws -> [(file: String, module: String)] {
    let folder = root.appending(path: "Sources/\(target)")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return try (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
      .flatMap { file in
        try String(contentsOf: file, encoding: .utf8)
          .matches(
            of:
              /(?m)^\s*(?:@\w+ )*(?:public |package |internal |private )?import (?:struct |enum |func |class )?(\w+)/
          )
          .map { (file.lastPathComponent, String($0.1)) }
      }.filter { modules.contains($0.module) }
  }
}

@Suite struct HouseTests {
  @Test func `every library of the manifest is found in its text`() throws {
    let house = try House()
    #expect(house.allowed.count == 21)
    #expect(house.allowed["CorralVectors"] == ["CKernels"])
  }

  @Test func `no target imports against the arrows of Package.swift`() throws {
    let house = try House()
    for (target, allowed) in house.allowed {
      for (file, module) in try house.imports(of: target) where module != target {
        #expect(allowed.contains(module), "\(target)/\(file) imports \(module)")
      }
    }
  }

  @Test func `the arrows have no cycle`() throws {
    let allowed = try House().allowed
    var settled: Set<String> = []
    while settled.count < allowed.count {
      let next = allowed.keys.filter { name in
        !settled.contains(name)
          && (allowed[name] ?? []).allSatisfy { allowed[$0] == nil || settled.contains($0) }
      }
      try #require(!next.isEmpty, "a cycle among \(Set(allowed.keys).subtracting(settled))")
      settled.formUnion(next)
    }
  }

  @Test func `only the targets above Torch see Torch`() throws {
    let house = try House()
    let above: Set<String> = [
      "CorralModels", "CorralTraining", "CorralSettings", "CorralPipeline",
    ]
    for target in house.allowed.keys where target != "Torch" && !above.contains(target) {
      for (file, module) in try house.imports(of: target) {
        #expect(module != "Torch" && module != "CTorch", "\(target)/\(file) imports \(module)")
      }
    }
    for target in above {
      for (file, module) in try house.imports(of: target) {
        #expect(module != "CTorch", "\(target)/\(file) imports CTorch")
      }
    }
  }
}
