import CorralCLI
import CorralEvaluation
import CorralModels
import CorralSettings
import CorralText
import CorralTraining
import Foundation
import Testing

/// A log of a few items trains with the defaults, and says which of them it lowered.
@Suite struct SmallCatalogueTests {
  @Test(arguments: [
    (100, [5, 10, 20, 50], "ndcg@10", false), (30, [5, 10, 20], "ndcg@10", true),
    (7, [5], "ndcg@7", true), (3, [3], "ndcg@3", true),
  ])
  func `default cut-offs fit the catalogue`(
    items: Int, cutoffs: [Int], metric: String, isSaid: Bool
  ) {
    var settings = Settings()
    let said = settings.fitCutoffs(toItems: items)
    #expect(settings.evaluate.cutoffs == cutoffs && settings.train.metric == metric)
    #expect((said != nil) == isSaid)
    if items == 3 {
      #expect(
        said == "the catalogue has only 3 items: this sets evaluate.cutoffs to [3], "
          + "train.metric to ndcg@3")
    }
  }

  @Test func `cut-offs that somebody chose stay`() {
    var settings = Settings()
    settings.evaluate.cutoffs = [2, 40]
    settings.train.metric = "recall@20"
    #expect(settings.fitCutoffs(toItems: 10) == nil)
    #expect(settings.evaluate.cutoffs == [2, 40] && settings.train.metric == "recall@20")
  }

  @Test(arguments: [
    ["retriever.model=popularity"], ["retriever.model=mf"],
    ["retriever.model=mf", "ranker.model=deepfm", "rankerTraining.train.epochs=1"],
  ])
  func `four items are enough for a model that answers`(settings: [String]) throws {
    try withTemporaryFolder { folder in
      var log = "user_id,item_id,timestamp\n"
      for user in 0..<12 {
        for step in 0..<3 { log += "u\(user),i\((user + step) % 4),\(user * 10 + step)\n" }
      }
      let (data, model) = (folder.appending(path: "log.csv"), folder.appending(path: "model").path)
      try Data(log.utf8).write(to: data)
      let trained = try Binary.run(
        ["train", "--data", data.path, "--out", model]
          + (settings + ["train.epochs=1"]).flatMap { ["--set", $0] })
      #expect(trained.code == 0, "\(trained.errors)")
      #expect(trained.errors.contains("the catalogue has only 4 items: this sets evaluate.cutoffs"))
      let asked = try Binary.run("recommend", model, "--user", "u1")
      #expect(asked.code == 0 && asked.output.contains("only 1 of the 4 items are left"))
      #expect(try Binary.run("evaluate", model).code == 0)
      // Training suggests this one, so that it must not ask for more items than there are.
      let checked = try Binary.run("index", "check", model)
      #expect(checked.code == 0 && checked.output.contains("recall@4"), "\(checked.errors)")
      #expect(try Binary.run("index", "check", model, "-k", "5").code == 2)
    }
  }

  @Test func `what is suggested runs in a shell, whatever a folder and a user are called`() throws {
    try withTemporaryFolder { folder in
      var log = "user_id,item_id,timestamp\n"
      for user in 0..<12 {
        for step in 0..<6 { log += "it's $\(user),i\((user + step) % 12),\(user * 10 + step)\n" }
      }
      try Data(log.utf8).write(to: folder.appending(path: "log.csv"))
      let model = "my model's"
      let trained = try Binary.run(
        "train", "--data", "log.csv", "--out", model, "--set", "retriever.model=mf", "--set",
        "train.epochs=1", in: folder)
      try #require(trained.code == 0, "\(trained.errors)")
      let built = try Binary.run("index", "build", model, "--kind", "exact", in: folder)
      let outputs = try [
        trained, built, Binary.run("index", "check", model, in: folder),
        Binary.run("evaluate", model, in: folder),
      ]
      for outcome in outputs {
        #expect(outcome.code == 0, "\(outcome.errors)")
        let commands = outcome.output.split(separator: "\n").compactMap { line in
          line.hasPrefix("  corral ")
            ? line.dropFirst(2).split(separator: "  ").first.map(String.init) : nil
        }
        #expect(!commands.isEmpty, "\(outcome.output)")
        for command in commands {
          let whole = command.replacing("OTHER", with: model.shellQuoted)
          #expect(try Shell.run(whole, in: folder).code == 0, "\(whole)")
        }
      }
    }
  }

  @Test func `rows of an item file that a model leaves out are counted before training`() throws {
    try withTemporaryFolder { folder in
      var log = "user_id,item_id,timestamp\n"
      for user in 0..<12 {
        for step in 0..<5 { log += "u\(user),i\((user + step) % 4),\(user * 10 + step)\n" }
      }
      let items = "item_id,group\ni0,a\ni1,b\ni2,a\ni3,b\nnew,a\n"
      try Data(log.utf8).write(to: folder.appending(path: "log.csv"))
      try Data(items.utf8).write(to: folder.appending(path: "log.items.csv"))
      for (retriever, isLeftOut) in [("popularity", true), ("two-tower", false)] {
        let trained = try Binary.run(
          "train", "--data", "log.csv", "--out", retriever, "--set", "train.epochs=1", "--set",
          "retriever.model=\(retriever)", in: folder)
        try #require(trained.code == 0, "\(trained.errors)")
        #expect(trained.output.contains("left out") == isLeftOut, "\(trained.output)")
        #expect(trained.output.contains("new items") == !isLeftOut)
      }
    }
  }
}
