import CorralCLI
import CorralSettings
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct SettingsValidationTests {
  private func complaint(_ sets: String...) -> String {
    do {
      var overlay = Settings.overlay()
      for set in sets { try overlay.set(set) }
      try overlay.decoded().validate()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    "als.alpha=.inf", "rankerTraining.train.rate=.nan", "data.split.validation=.inf",
    "train.clip=.inf",
    "train.weightDecay=1e308", "proposal.temperature=-.inf", "cooperation.weights.ranker=nan",
    "correction.estimator.alpha=1e39", "negatives.exponent=.inf",
    "rankerTraining.loss.temperature=.nan",
  ])
  func `a number that is not finite is refused in every block, by its key`(set: String) {
    let key = String(set.prefix { $0 != "=" })
    let text = complaint("retriever.model=popularity", set)
    #expect(text.hasPrefix("setting '\(key)': needs a finite number"), "\(text)")
  }

  @Test(arguments: [
    ("als.alpha=0", "alpha"), ("rankerTraining.train.rate=0", "rankerTraining.train.rate"),
    ("train.epochs=0", "train.epochs"), ("evaluate.cutoffs=[]", "evaluate.cutoffs"),
    ("evaluate.resamples=1000000000", "evaluate.resamples"), ("index.m=0", "index.m"),
    ("index.clusters=100000", "index.clusters"), ("loss.temperature=0", "loss.temperature"),
    ("rankerTraining.negatives.count=-1", "rankerTraining.negatives.count"),
    ("correction.estimator.buckets=0", "buckets"), ("negatives.count=-5", "negatives.count"),
    ("data.tolerance=-1", "data.tolerance"), ("data.filter.minUser=-5", "data.filter.minUser"),
    ("data.split.test=1e300", "data.split.test"), ("data.split.validation=-1", "split.validation"),
  ])
  func `a block that the run does not read is checked too`(set: String, key: String) {
    let text = complaint("retriever.model=popularity", set)
    #expect(text.contains(key) && text != "no error", "\(text)")
  }

  @Test(arguments: [
    "train.threads=9223372036854775807", "train.threads=100000",
    "rankerTraining.train.threads=100000",
    "train.threads=-1",
  ])
  func `threads have a bound`(set: String) {
    #expect(complaint(set).contains("train.threads'"), "\(complaint(set))")
    #expect(complaint("train.threads=2") == "no error")
  }

  @Test(arguments: [
    (["retriever.dimension=200000000"], "setting 'retriever.dimension': is 200000000"),
    (["retriever.queryTower=[8, 1000000]"], "setting 'retriever.queryTower[1]': is 1000000"),
    (["ranker.model=din", "ranker.history=1000000"], "setting 'ranker.history': is 1000000"),
    (
      ["negatives.kind=uniform", "negatives.sharing=example", "negatives.count=1000000000"],
      "setting 'negatives.count' is 1000000000: the draws of a batch take 32.0 GB"
    ),
    (
      [
        "correction.estimate=streaming", "correction.estimator.buckets=1000000000",
        "correction.estimator.hashes=100000000",
      ],
      "setting 'correction.estimator.buckets' is 1000000000: 100,000,000 arrays of buckets take "
        + "1.2e+09 GB"
    ),
    (
      ["evaluate.cutoffs=[\(Array(repeating: "1", count: 5_000).joined(separator: ","))]"],
      "setting 'evaluate.cutoffs': has 5000 entries"
    ),
  ])
  func `what can only exceed the memory is refused before data are read`(
    sets: [String], text: String
  ) {
    do {
      var overlay = Settings.overlay()
      for set in sets { try overlay.set(set) }
      try overlay.decoded().validate()
      // A machine this large may hold what others cannot.
      #expect(MachineMemory.limit > 30_000_000_000, "\(sets)")
    } catch {
      #expect("\(error)".hasPrefix(text), "\(error)")
    }
  }

  @Test func `no value of any setting ends in a trap`() throws {
    let models = [
      ("two-tower", "none"), ("sasrec", "din"), ("implicit-als", "bst"), ("mmoe", "dcn-v2"),
    ]
    let values = [
      "0", "-1", "1000000000", "-1000000000", "9223372036854775807", "1e38", "-1e38", "1e-38",
      "1e308", ".nan", "[]", "[0]", "[-1, 1000000000]", "{}", "''", "x", "{a: 1}", "[[1]]",
      "[\(Array(repeating: "7", count: 2_000).joined(separator: ","))]",
    ]
    var random = SeededGenerator(seed: 14)
    var refused = 0
    for (retriever, ranker) in models {
      var overlay = Settings.overlay()
      try overlay.set("retriever.model=\(retriever)")
      try overlay.set("ranker.model=\(ranker)")
      let keys = try overlay.decoded().keys().filter { !$0.hasSuffix(".model") }
      #expect(keys.count > 100)
      for _ in 0..<60 {
        let key = keys[Int.random(in: 0..<keys.count, using: &random)]
        let value = values[Int.random(in: 0..<values.count, using: &random)]
        var overlay = overlay
        try overlay.set("\(key)=\(value)")
        do {
          try overlay.decoded().validate()
        } catch {
          refused += 1
          #expect("\(error)".utf8.count < 1_000 && !"\(error)".contains("Error("), "\(error)")
        }
      }
    }
    #expect(refused > 100)
  }
}

@Suite struct LimitsOfCommandsTests {
  @Test(arguments: [
    ["--set", "train.threads=100000"], ["--set", "als.alpha=.inf"],
    ["--set", String(repeating: "a.", count: 40_000) + "a=1"],
    ["--set", "retriever.dimension=200000000"], ["--set", ""], ["--set", "=1"],
  ])
  func `config refuses in one line what no run can use`(arguments: [String]) throws {
    let outcome = try Binary.run(["config"] + arguments)
    #expect(outcome.code == 2, "\(outcome.code) \(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1 && outcome.output.isEmpty)
  }

  @Test(arguments: [
    ["--items", "9223372036854775807"], ["--users", "9223372036854775807"],
    ["--interactions", "9223372036854775807"],
    ["--users", "3037000500", "--items", "6074001000", "--interactions", "9223372036854775807"],
  ])
  func `a catalogue beyond all memory is not made`(sizes: [String]) throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "s").path
      let outcome = try Binary.run(["data", "synthesize", place] + sizes)
      #expect(outcome.code == 2, "\(outcome.code) \(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: place))
    }
  }

  @Test(arguments: [
    ["--out", "m", "--set", "retriever.dimension=60000", "--set", "retriever.model=sasrec"],
    ["--out", "m", "--set", "retriever.dimension=60000", "--set", "retriever.model=caser"],
    ["--out", "m", "--set", "retriever.dimension=60000", "--set", "retriever.model=mind"],
  ])
  func `a model that does not fit the memory ends in one line and leaves nothing`(
    arguments: [String]
  ) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let outcome = try Binary.run(
        ["train", "--data", data.path, "-q", "--set", "train.epochs=1"] + arguments, in: folder,
        memoryKilobytes: 1_800_000)
      #expect([1, 2].contains(outcome.code), "\(outcome.code) \(outcome.errors)")
      #expect(outcome.errors.contains("error: "), "\(outcome.errors)")
      #expect(!outcome.errors.contains("Fatal"), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "m").path))
    }
  }

  @Test(arguments: [
    ["train", "--data", "tiny", "--out"], ["data", "synthesize"], ["quickstart", "--out"],
    ["data", "convert", "tiny", "--out"], ["experiment", "run", "frequency-estimator", "--out"],
  ])
  func `a place that nothing can be written to is found before the work`(
    command: [String]
  ) throws {
    try withTemporaryFolder { folder in
      _ = try TinyData.write(into: folder)
      try Data("x".utf8).write(to: folder.appending(path: "file"))
      for (place, text) in [("", "is empty"), ("file/a/b", "is a file, not a folder")] {
        let outcome = try Binary.run(command + [place], in: folder)
        #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome.code) \(outcome.output)")
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
      }
    }
  }

  @Test(arguments: ["m/", "./a/b/c", "b c/m"])
  func `a model is saved under any spelling of a path`(place: String) throws {
    try withTemporaryFolder { folder in
      _ = try TinyData.write(into: folder)
      let train = [
        "train", "--data", "tiny", "--set", "retriever.model=popularity", "--out", place,
      ]
      let trained = try Binary.run(train + TinyData.quick, in: folder)
      #expect(trained.code == 0, "\(trained.errors)")
      #expect(try Binary.run(["recommend", place, "--user", "u1"], in: folder).code == 0)
    }
  }
}
