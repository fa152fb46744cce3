import CorralExperiments
import CorralModels
import CorralSampling
import CorralSettings
import CorralTesting
import CorralTraining
import Foundation
import Testing

@Suite struct ArmOptionsTests {
  @Test func `what is no option of the experiment is a setting of every arm`() throws {
    let options = try ArmTable.Options(
      study("corr-samplers"), file: nil,
      assignments: ["pair=sasrec+din", "train.epochs=3", "only=[uniform]", "seeds=[7]"])
    #expect(options.pair == "sasrec+din" && options.only == ["uniform"] && options.seeds == [7])
    #expect(options.set == ["train.epochs=3"])
    #expect(options.settingsOfAll == "; every arm with `train.epochs=3`")
    let settings = try options.settings(of: options.arms[0], seed: 5)
    #expect(settings.train.epochs == 3 && settings.train.seed == 5)
    #expect(settings.retriever.name == "sasrec" && settings.ranker.name == "din")
  }

  @Test func `an arm skips the blocks that its training does not read`() throws {
    var options = try ArmTable.Options(
      study("corr-main"), file: nil,
      assignments: [
        "ranker.history=9", "rankerTraining.train.epochs=7", "proposal.count=70", "train.epochs=2",
      ])
    options.data = "data"
    func unread(_ name: String) throws -> [String] {
      try options.unreadBlocks(of: #require(options.arms.first { $0.name == name }))
    }
    #expect(
      try unread("mf alone, sampled softmax") == [
        "proposal", "cooperation", "ranker", "rankerTraining",
      ])
    #expect(try unread("independent") == ["proposal", "cooperation"])
    #expect(try unread("corr") == ["rankerTraining"])
    let settings = try options.arms.map { try options.settings(of: $0, seed: 1) }
    for (arm, settings) in zip(options.arms, settings) {
      try settings.validate()
      #expect(settings.train.epochs == 2, "\(arm.name)")
      #expect((settings.proposal.count == 70) == (settings.method != .independent), "\(arm.name)")
    }
  }

  @Test func `the arms of a settings file are the same as those of its study`() throws {
    for name in Study.names {
      let study = try study(name)
      for pair in study.pairs {
        let options = try ArmTable.Options(study, pair: pair.name)
        let saved = try saved(options)
        #expect(saved.pair == pair.name && saved.arms.map(\.name) == options.arms.map(\.name))
        #expect(saved.arms.map(\.published) == options.arms.map(\.published))
        for (mine, theirs) in zip(options.arms, saved.arms) {
          #expect(
            try options.settings(of: mine, seed: 1) == saved.settings(of: theirs, seed: 1),
            "\(name), \(pair.name): \(mine.name)")
        }
      }
    }
  }

  @Test func `arms that an earlier version saved as assignments are read`() throws {
    let arm = """
      {"name": "mine", "published": [], "set": ["retriever.model=mf", "retriever.dimension=8"]}
      """
    let options = try laid("{\"experiment\": \"retrievers\", \"arms\": [\(arm)]}")
    #expect(options.arms.map(\.name) == ["mine"])
    #expect(
      try options.arms[0].settings
        == SettingsTree(yaml: "{retriever: {model: mf, dimension: 8}}", from: ""))
  }

  @Test(arguments: [
    ("only=[popularty]", "no arm is called 'popularty'; there are popularity, implicit-als"),
    ("only=[\"\"]", "no arm is called ''"), ("against=none", "no arm is called 'none'"),
    ("repeated=[none]", "no arm is called 'none'"), ("arms=[]", "arms is empty"),
    ("seeds=[]", "seeds is empty"), ("repeatWithin=-1", "repeatWithin is -1.0; give seconds"),
  ])
  func `options that fit no arm are errors before anything is trained`(
    assignment: String, fault: String
  ) throws {
    var options = try ArmTable.Options(
      study("retrievers"), file: nil, assignments: [assignment])
    options.data = "data"
    let table = ArmTable(options: options, folder: URL(filePath: "/nowhere")) { _ in }
    let error = try #require(throws: ExperimentError.self) { try table.run() }
    #expect(error.description.hasPrefix(fault))
  }

  @Test func `an experiment without data says so`() throws {
    let options = try ArmTable.Options(study("retrievers"))
    #expect(throws: ExperimentError.self) { try options.validate() }
  }

  private func study(_ name: String) throws -> Study {
    try #require(try Study(named: name))
  }

  /// The options as a later run reads them from the settings that an experiment writes.
  private func saved(_ options: ArmTable.Options) throws -> ArmTable.Options {
    try laid(String(decoding: JSONEncoder().encode(options), as: UTF8.self))
  }

  private func laid(_ json: String) throws -> ArmTable.Options {
    try withTemporaryFolder { folder in
      let file = try folder.write(json, as: "settings.json")
      let name = try #require(ExperimentFolder.experiment(inSettings: file))
      return try ArmTable.Options(study(name), file: file, assignments: [])
    }
  }
}
