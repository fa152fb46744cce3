import CorralArtifacts
import Foundation
import Testing

/// What `--resume` and a second run find: a finished model, a run at work, or what a kill left.
@Suite struct ResumeTests {
  private func train(_ place: URL, _ more: String..., data: URL? = nil) throws -> Outcome {
    try Binary.run(
      ["train", "--out", place.path] + (data.map { ["--data", $0.path] } ?? []) + more)
  }

  @Test func `a finished model is complete only for its own settings and data`() throws {
    try withTemporaryFolder { folder in
      let (place, trained) = try TinyData.trained("mf", in: folder)
      try #require(trained.code == 0, "\(trained.errors)")
      for same in [
        [], ["--data", folder.appending(path: "tiny").path], ["--set", "train.threads=2"],
      ] {
        let outcome = try Binary.run(["train", "--out", place.path, "--resume"] + same)
        #expect(outcome.code == 0 && outcome.errors.contains("nothing to resume"))
      }
      let answer = try Binary.run("train", "--out", place.path, "--resume", "--json")
        .json([String: JSONValue].self)
      #expect(answer == ["model": .string(place.path), "resumed": .bool(false)])
      for (setting, text) in [
        ("train.epochs=5", "train.epochs = 3, and now train.epochs = 5"),
        ("train.rate=0.5", "and now train.rate = 0.5"),
        ("retriever.dimension=4", "retriever.dimension = 8, and now retriever.dimension = 4"),
        ("retriever.model=popularity", "and now"),
      ] {
        let outcome = try train(place, "--resume", "--set", setting)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("is complete: it was trained with"), "\(outcome.errors)")
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
      }
      let other = folder.appending(path: "other.inter")
      let log = try String(
        contentsOf: folder.appending(path: "tiny/tiny.inter"), encoding: .utf8)
      try Data((log + "u1\ti39\t9999\n").utf8).write(to: other)
      let outcome = try train(place, "--resume", data: other)
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("is not what the model was trained on"))
      try FileManager.default.removeItem(at: folder.appending(path: "tiny"))
      let gone = try train(place, "--resume")
      #expect(gone.code == 0 && gone.errors.contains("the data were not compared"))
    }
  }

  @Test(arguments: ["linear", "constant"])
  func `more epochs are refused where the rate follows from their number, and say so`(
    _ schedule: String
  ) throws {
    try withTemporaryFolder { folder in
      let schedule = ["--set", "train.schedule=\(schedule)", "--set", "train.patience=0"]
      let (place, trained) = try TinyData.trained(
        "mf", in: folder, schedule[0], schedule[1], schedule[2], schedule[3], "--keep-checkpoint")
      try #require(trained.code == 0, "\(trained.errors)")
      let outcome = try train(place, "--resume", "--set", "train.epochs=4")
      if schedule[1].hasSuffix("constant") {
        #expect(outcome.code == 0, "\(outcome.errors)")
      } else {
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("train.epochs = 4 after 3: with a train.schedule that"))
      }
    }
  }

  @Test func `a run at work is named, and its checkpoint left alone`() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "m")
      let checkpoint = folder.appending(path: "m.checkpoint")
      try FileManager.default.createDirectory(at: checkpoint, withIntermediateDirectories: true)
      let lock = try ProcessLock.take(checkpoint.appending(path: "run.lock"))
      try Data("epochs".utf8).write(to: checkpoint.appending(path: "run.safetensors"))
      try Data("train: {epochs: 3}\n".utf8).write(to: checkpoint.appending(path: "settings.yaml"))
      let names = try FileManager.default.contentsOfDirectory(atPath: checkpoint.path).sorted()
      for outcome in [
        try train(place, data: data), try train(place, "--resume", data: data),
        try train(place, "--resume"),
      ] {
        #expect(outcome.code == 2)
        #expect(
          outcome.errors.contains("another run, process \(getpid()), is at work in "),
          "\(outcome.errors)")
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: checkpoint.path).sorted() == names)
      withExtendedLifetime(lock) {}
    }
  }

  @Test(arguments: [
    ["settings.yaml"], ["settings.yaml", "training.jsonl"], [".settings.yaml.partial-12"],
    ["settings.yaml", "run.lock", ".run.safetensors.partial-77", "events.out.tfevents.1.2.corral"],
  ])
  func `what a kill left before anything was saved is in nobody's way`(_ left: [String]) throws {
    try withTemporaryFolder { folder in
      let checkpoint = folder.appending(path: "popularity.checkpoint")
      try FileManager.default.createDirectory(at: checkpoint, withIntermediateDirectories: true)
      for name in left { try Data("12".utf8).write(to: checkpoint.appending(path: name)) }
      let (place, outcome) = try TinyData.trained("popularity", in: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
      #expect(!names.contains { $0.contains("tfevents") || $0 == "training.jsonl" })
      #expect(!FileManager.default.fileExists(atPath: checkpoint.path))
    }
  }

  @Test(arguments: ["evaluate.cutoffs=[41]", "train.rate=0", "data.path=nowhere"])
  func `a training that fails before it saved anything leaves no checkpoint`(
    _ setting: String
  ) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "m")
      let outcome = try Binary.run(
        ["train", "--set", "data.path=\(data.path)", "--out", place.path] + TinyData.quick
          + ["--set", "retriever.model=mf", "--set", setting])
      #expect(outcome.code == 2, "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: place.path + ".checkpoint"))
    }
  }
}
