import Foundation
import Testing

/// What is wrong with the input of `train`: said with what, where and what to do, and nothing is
/// left behind.
@Suite struct BadInputTests {
  @Test(arguments: [
    (["--set", "train.rte=1"], "unknown setting 'train.rte'; did you mean 'rate'?"),
    (["--set", "train.rate=fast"], "setting 'train.rate': needs a number, not 'fast'"),
    (
      ["--set", "retriever.model=svd"],
      "'svd' is not one of popularity, implicit-als, item2vec, two-tower, mf"
    ),
    (["--config", "/nowhere.yaml"], "cannot read the settings file /nowhere.yaml"),
    (["--set", "train.batch=0"], "setting 'train.batch' is 0"),
    (["--set", "retriever.model=implicit-als", "--set", "als.alpha=0"], "alpha"),
    (["--set", "correction.estimator.hashes=0"], "hashes"),
    (["--set", "train.metric=fun@3"], "unknown metric 'fun@3'"),
    (["--set", "train.device=gpu"], "unknown device 'gpu'"),
    (["--set", "data.split.rule=ratio", "--set", "data.split.test=2"], "data.split.test"),
    (["--set", "evaluate.cutoffs=[100]"], "the catalogue has only 40 items"),
    (["--set", "data.filter.minUser=99"], "data.filter"),
  ])
  func `a wrong setting is refused before anything happens`(
    options: [String], text: String
  ) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "model").path
      let outcome = try Binary.run(["train", "--data", data.path, "--out", place] + options)
      #expect(outcome.code == 2, "\(outcome.errors)")
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: place))
      #expect(!FileManager.default.fileExists(atPath: place + ".checkpoint"))
    }
  }

  @Test(arguments: [
    (["train.optimiser=sgd", "train.rate=1e30", "retriever.similarity=dot"], "lower train.rate"),
    (
      [
        "ranker.model=deepfm", "rankerTraining.train.optimiser=sgd",
        "rankerTraining.train.rate=1e30",
      ],
      "lower rankerTraining.train.rate"
    ),
  ])
  func `a loss that is not a number stops training, and says what to change`(
    settings: [String], text: String
  ) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "model").path
      let outcome = try Binary.run(
        ["train", "--data", data.path, "--out", place]
          + TinyData.quick + settings.flatMap { ["--set", $0] })
      #expect(outcome.code == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: place))
    }
  }

  @Test func `too few interactions to hold any out is an error, not a model`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "few.csv")
      try Data("user_id,item_id,timestamp\na,x,1\nb,y,2\n".utf8).write(to: file)
      let place = folder.appending(path: "model").path
      let outcome = try Binary.run("train", "--data", file.path, "--out", place)
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("no user has 3 interactions"), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: place))
    }
  }

  @Test func `a folder that is no model is never replaced`() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let outcome = try Binary.run("train", "--data", data.path, "--out", data.path)
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("exists and is not a saved model"))
      #expect(FileManager.default.fileExists(atPath: data.appending(path: "tiny.inter").path))
    }
  }

  /// A limit on the size of files stands in for a full disk, which needs a disk of one's own.
  @Test func `a model that cannot be written is an error, and nothing of it is left`() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "model")
      let command = ["train", "--data", data.path, "--out", place.path] + TinyData.quick
      let outcome = try Binary.run(
        command + ["--set", "retriever.model=popularity"], fileLimitBlocks: 6)
      #expect(outcome.code == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("cannot write"), "\(outcome.errors)")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left == ["tiny"], "\(left)")
    }
  }

  @Test(arguments: ["atomic", "csv", "jsonl"])
  func `a full disk is exit code 1 of convert, and leaves nothing`(format: String) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "copy")
      let outcome = try Binary.run(
        ["data", "convert", data.path, "--to", format, "--out", place.path], fileLimitBlocks: 1)
      #expect(outcome.code == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("the file cannot be written"), "\(outcome.errors)")
      let left = try FileManager.default.contentsOfDirectory(atPath: place.path)
      #expect(left == [], "\(left)")
    }
  }

  @Test func `usage errors end with 64, help with 0`() throws {
    #expect(try Binary.run("train").code == 64)
    #expect(try Binary.run("trian").code == 64)
    #expect(try Binary.run("--help").code == 0)
    let version = try Binary.run("--version")
    #expect(version.code == 0 && version.output.hasPrefix("0."))
  }
}
