import CorralArtifacts
import CorralVectors
import Foundation
import Testing

/// Models whose files are whole, each by itself, and do not fit each other.
@Suite struct PartsTests {
  /// A change of one file of a model.
  struct Change: Sendable, CustomTestStringConvertible {
    let model: String
    let file: String
    let what: String
    /// What the refusal says; `nil` where the model may still open.
    var refusal: String?
    var testDescription: String { "\(model), \(file): \(what)" }
  }

  static let changes = [
    Change(
      model: "implicit-als", file: "titles.txt", what: "half", refusal: "6 titles for 12 items"),
    Change(model: "implicit-als", file: "items.txt", what: "more", refusal: "titles"),
    Change(model: "implicit-als", file: "users.txt", what: "more", refusal: "rows for 21 users"),
    Change(model: "implicit-als", file: "users.txt", what: "empty", refusal: "it has no line"),
    Change(model: "implicit-als", file: "items.txt", what: "twice", refusal: "repeats"),
    Change(
      model: "implicit-als", file: "retriever.safetensors", what: "users", refusal: "rows of users"),
    Change(
      model: "implicit-als", file: "retriever.safetensors", what: "items", refusal: "rows of items"),
    Change(
      model: "implicit-als", file: "histories.safetensors", what: "offsets", refusal: "not in order"
    ),
    Change(model: "implicit-als", file: "index.safetensors", what: "nodes", refusal: "nodes"),
    Change(model: "implicit-als", file: "evaluation.safetensors", what: "users", refusal: nil),
    Change(model: "two-tower", file: "titles.txt", what: "more", refusal: "titles for 12 items"),
    Change(model: "two-tower", file: "users.txt", what: "half", refusal: "rows for 8 users"),
    Change(
      model: "two-tower", file: "user-features.safetensors", what: "age", refusal: "needed"),
    Change(
      model: "two-tower", file: "item-features.safetensors", what: "genre.offsets", refusal: "genre"
    ),
    Change(
      model: "two-tower", file: "retriever.safetensors", what: "items.weight",
      refusal: "items.weight"),
    Change(
      model: "two-tower", file: "ranker.safetensors", what: "items.weight", refusal: "items.weight"),
    Change(model: "two-tower", file: "context.safetensors", what: "tab.vocabulary", refusal: nil),
    Change(
      model: "two-tower", file: "retriever-evaluation.safetensors", what: "ranks", refusal: nil),
  ]

  @Test(arguments: changes)
  func `parts that do not fit are refused, and no command traps`(_ change: Change) throws {
    try withTemporaryFolder { folder in
      let place = try fixture(change.model, in: folder)
      let other = folder.appending(path: "other")
      try FileManager.default.copyItem(at: place, to: other)
      try apply(change, to: place)
      try rehash(place)
      var commands = [
        ["recommend", place.path, "--user", "u1", "-k", "3"],
        ["compare", place.path, other.path],
        ["index", "check", place.path, "-k", "3"],
      ]
      if change.refusal == nil {
        commands += [
          ["similar", place.path, "--item", "i1", "-k", "3"], ["evaluate", place.path],
          ["export", place.path, "--format", "npy"],
        ]
      }
      for command in commands {
        let outcome = try Binary.run(command)
        #expect((0...2).contains(outcome.code), "\(command): \(outcome.errors)")
        if let refusal = change.refusal,
          change.file != "index.safetensors" || command[0] != "compare"
        {
          #expect(outcome.code == 2)
          #expect(
            outcome.errors.contains(" is damaged")
              || outcome.errors.contains(change.file))
          #expect(outcome.errors.contains(refusal), "\(outcome.errors)")
        }
      }
    }
  }

  @Test(arguments: [
    ("retriever", "dimension", "-1"), ("retriever", "dimension", "0"), ("als", "sweeps", "-3"),
    ("evaluate", "cutoffs", "5"), ("als", "alpha", "\"much\""),
    ("retriever", "model", "\"nothing\""),
  ])
  func `settings in a manifest are checked as before a training`(
    _ block: String, _ key: String, _ value: String
  ) throws {
    try withTemporaryFolder { folder in
      let place = try fixture("implicit-als", in: folder)
      let url = place.appending(path: "manifest.json")
      var manifest = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
      var settings = try #require(manifest["settings"] as? [String: Any])
      var values = try #require(settings[block] as? [String: Any])
      values[key] = try JSONSerialization.jsonObject(
        with: Data(value.utf8), options: .fragmentsAllowed)
      settings[block] = values
      manifest["settings"] = settings
      try JSONSerialization.data(withJSONObject: manifest).write(to: url)
      for command in [
        ["recommend", place.path, "--user", "u1"], ["export", place.path, "--format", "npy"],
      ] {
        let outcome = try Binary.run(command)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("manifest.json is damaged"), "\(outcome.errors)")
        #expect(outcome.errors.contains(key), "\(outcome.errors)")
      }
    }
  }

  private func fixture(_ model: String, in folder: URL) throws -> URL {
    let place = folder.appending(path: "model")
    try FileManager.default.copyItem(
      at: packageRoot.appending(path: "Tests/CorralCLITests/Fixtures/format-1/\(model)"), to: place)
    return place
  }

  private func apply(_ change: Change, to model: URL) throws {
    let url = model.appending(path: change.file)
    guard change.file.hasSuffix(".txt") else {
      try shorten(change.what, in: url)
      return
    }
    var lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    switch change.what {
    case "half": lines = Array(lines.prefix(lines.count / 2))
    case "more": lines += (0..<5).map { "new\($0)" }
    case "twice": lines[lines.count - 1] = lines[0]
    default: lines = []
    }
    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: url)
  }

  /// Takes the last row from one tensor of a file.
  private func shorten(_ tensor: String, in url: URL) throws {
    let file = try SafetensorsFile(Data(contentsOf: url), at: url)
    let tensors = try file.names.map { name in
      let entry = try #require(file.entries[name])
      var shape = entry.shape
      if name == tensor { shape[0] -= 1 }
      let bytes = try file.withBytes(name, type: entry.type) { Array($0) }
      let kept = shape.reduce(entry.type.size, *)
      return SafetensorsTensor(name, type: entry.type, shape: shape) { sink in
        try bytes[..<kept].withUnsafeBytes(sink)
      }
    }
    try SafetensorsFile.write(tensors, metadata: file.metadata, to: url)
  }

  /// Makes the lengths and checksums of the manifest right again.
  private func rehash(_ model: URL) throws {
    let url = model.appending(path: "manifest.json")
    var manifest = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    var files = try #require(manifest["files"] as? [String: Any])
    for name in files.keys {
      let file = model.appending(path: name)
      files[name] = [
        "bytes": try Data(contentsOf: file).count, "sha256": try FileHash.sha256(of: file),
      ]
    }
    manifest["files"] = files
    try JSONSerialization.data(withJSONObject: manifest).write(to: url)
  }
}
