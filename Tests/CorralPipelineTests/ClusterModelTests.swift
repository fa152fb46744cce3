import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralPipeline
import CorralServing
import CorralSettings
import CorralTesting
import CorralTraining
import CorralVectors
import Foundation
import Testing

/// Small models with clusters, trained, saved and opened again.
private struct Trained {
  static let data = Result {
    try LoadedData(
      synthetic: SyntheticSettings(users: 60, items: 50, interactions: 1500, seed: 3),
      split: .leaveOneOut)
  }

  static func settings(_ retriever: String, _ assignments: [String]) throws -> Settings {
    var overlay = Settings.overlay()
    try overlay.apply(
      file: nil,
      assignments: [
        "retriever.model=\(retriever)", "train.epochs=2", "clusters.kind=item2vec",
        "clusters.count=4",
        "clusters.smallest=3", "clusters.restarts=2", "evaluate.cutoffs=[5,10]",
        "evaluate.candidates=20", "train.metric=ndcg@5", "evaluate.resamples=0",
      ] + assignments)
    let settings = try overlay.decoded()
    try settings.validate()
    return settings
  }

  /// A trained model in a folder, measured on its test part.
  static func model(
    _ retriever: String, _ assignments: [String], in folder: URL
  ) throws -> (opened: OpenedModel, evaluation: Evaluation) {
    let (settings, data) = (try settings(retriever, assignments), try data.get())
    let outcome = try ModelTraining(settings, on: data).trained()
    let ranking = try FullRanking(of: data.split, settings: settings.evaluate)
    let measured = try Measurement(
      outcome.scoring(data.split, part: .test, settings.clusters), then: outcome.ranker,
      by: ranking, on: data.split, part: .test,
      lists: outcome.clusters.map { ListMeasuring($0.items) })
    let place = folder.appending(path: "\(retriever)-model")
    try ModelSaving(settings: settings, data: data, measured: measured, outcome: outcome)
      .write(to: place)
    return (try OpenedModel(place.path), measured.evaluation)
  }
}

private let told = ["clusters.task=hadamard", "negatives.kind=in-cluster", "negatives.count=8"]
private let small = ["retriever.dimension=8"]

@Suite struct ClusterModelTests {
  @Test(
    arguments: [
      ("implicit-als", small), ("item2vec", small), ("popularity", []),
      ("two-tower", small + told), ("mmoe", small + ["clusters.task=mmoe"] + told.dropFirst()),
      ("comirec", small), ("sasrec", small + told + ["retriever.history=10"]),
      ("two-tower", small + told + ["clusters.merge=probability"]),
      (
        "sasrec",
        small + [
          "retriever.history=10", "clusters.intent.kind=history",
          "clusters.intent.neighbours=3",
        ]
      ),
      ("sasrec", small + told + ["index.kind=hnsw", "retriever.history=10"]),
    ] as [(String, [String])])
  func `what is served is what was measured, whatever the retriever`(
    _ retriever: String, _ assignments: [String]
  ) throws {
    try withTemporaryFolder { folder in
      let (opened, evaluation) = try Trained.model(retriever, assignments, in: folder)
      let split = try Trained.data.get().split
      #expect(evaluation.lists?.value(of: ListMetric(.clusters, at: 10)) != nil)
      // The evaluation hides the last item of each user, so that a request is what came before it.
      let recommender = try opened.recommender()
      let histories = split.histories(before: .test)
      let isExact = opened.settings.index.kind == .exact
      var hits = 0.0
      for user in 0..<split.userCount {
        let history = histories[user].map { opened.items[$0.position] }
        let found = try recommender.recommend(
          Request(user: opened.users[user], history: history, count: 10))
        let target = opened.items[split.test[user][split.test[user].startIndex].position]
        if found.items.contains(where: { $0.id == target }) { hits += 1 }
      }
      let recall = try evaluation.value(of: Metric(.recall, at: 10))
      // Implicit ALS is measured with the vectors of training, and serves by folding the history in.
      if retriever != "implicit-als", isExact {
        #expect(abs(hits / Double(split.userCount) - recall) < 1e-9)
      }
    }
  }

  @Test func `alpha turns the list from all clusters to the best one, and reasons say so`() throws {
    try withTemporaryFolder { folder in
      let (opened, _) = try Trained.model("item2vec", small, in: folder)
      let recommender = try opened.recommender()
      var request = Request(user: opened.users[0], count: 8)
      (request.isExplained, request.includesMet) = (true, true)
      func clusters(_ alpha: Double?) throws -> [Int] {
        request.alpha = alpha
        let found = try recommender.recommend(request)
        #expect(found.notices.isEmpty)
        let reasons = try found.items.map { try #require($0.cluster) }
        for reason in reasons {
          #expect(reason.quota == reasons.count { $0.cluster == reason.cluster })
        }
        return reasons.map(\.cluster)
      }
      let count = try #require(opened.clusters).items.count
      #expect(Set(try clusters(0)).count == count)
      #expect(Set(try clusters(50)).count == 1)
      #expect(try clusters(nil) == clusters(1))
      request.alpha = -1
      #expect(throws: ServingError.badAlpha(-1)) { try recommender.recommend(request) }
    }
  }

  @Test func `scores are divided by what foretells choices best, and that is saved`() throws {
    try withTemporaryFolder { folder in
      let (opened, _) = try Trained.model("two-tower", small + told, in: folder)
      let (clusters, divided) = (try #require(opened.clusters), try #require(opened.divided))
      let data = try Trained.data.get()
      let (items, partition) = (opened.model.itemVectors(), clusters.items.partition)
      /// The mean cross-entropy of the held-out items among those of their clusters.
      func loss(_ temperature: Float) throws -> Float {
        var sum: Float = 0
        for user in 0..<data.split.userCount {
          let target = try #require(data.split.validation[user].first)
          let cluster = Int(partition.clusters[target.position])
          let (vectors, _) = try divided.encoded(
            QueryBatch(users: [UserIndex(user)], histories: Ragged([data.split.training[user]])))
          func logit(_ item: ItemIndex) -> Float {
            zip(vectors[cluster], items[item.position]).reduce(0) { $0 + $1.0 * $1.1 } / temperature
          }
          let sums = partition.members[cluster].reduce(0) { $0 + exp(logit($1)) }
          sum += log(sums) - logit(target)
        }
        return sum
      }
      let best = try loss(clusters.temperature)
      #expect(try best < loss(clusters.temperature * 1.3))
      #expect(try best < loss(clusters.temperature / 1.3))
      let again = try ModelClusters(
        clusters.items, of: opened.model, opened.settings.clusters.intent, on: data.split,
        seed: opened.settings.train.seed)
      #expect(abs(again.temperature - clusters.temperature) < 1e-4)
    }
  }

  @Test func `clusters are built over a saved model, and taken away again`() throws {
    try withTemporaryFolder { folder in
      let data = try Trained.data.get()
      let (first, _) = try Trained.model("item2vec", small + ["clusters.kind=off"], in: folder)
      #expect(first.clusters == nil)
      var ignored = Request(user: first.users[0], count: 3)
      ignored.alpha = 2
      let plain = try first.recommender().recommend(ignored)
      #expect(plain.notices == [.ignoredAlpha])
      var settings = ClusterSettings()
      (settings.kind, settings.count, settings.smallest) = (.item2vec, 3, 3)
      let clusters = try #require(try first.newClusters(settings, from: data))
      _ = try first.replacingClusters(clusters, settings, on: data)
      let divided = try OpenedModel(first.path)
      #expect(divided.clusters?.items == clusters.items)
      #expect(divided.clusters?.intent == clusters.intent)
      #expect(divided.clusters?.report == clusters.report)
      #expect(try divided.savedEvaluation()?.lists?.basis.clusters == clusters.items.count)
      settings.kind = .off
      _ = try divided.replacingClusters(nil, settings, on: data)
      let again = try OpenedModel(first.path)
      #expect(again.clusters == nil)
      #expect(try again.recommender().recommend(ignored).items == plain.items)
    }
  }

  @Test func `a model without the clusters that its settings name is refused`() throws {
    try withTemporaryFolder { folder in
      let (opened, _) = try Trained.model("item2vec", small, in: folder)
      let place = URL(filePath: opened.path)
      func rewritten(_ kind: ClusterSettings.Kind, without file: String?) throws -> String {
        var (settings, manifest) = (opened.settings, opened.saved.manifest)
        settings.clusters.kind = kind
        manifest.settings = try JSONValue(encoding: settings)
        let other = place.deletingLastPathComponent().appending(path: "other")
        _ = try SavedModel.write(to: other, manifest: manifest) { target in
          for name in opened.saved.manifest.files.keys.sorted() where name != file {
            try target.copy(name, of: opened.saved)
          }
        }
        return other.path
      }
      for (kind, file, reason) in [
        (.item2vec, ModelFile.clusters, "there is no clusters.safetensors"),
        (.off, nil, "its settings name no clusters"),
      ] as [(ClusterSettings.Kind, String?, String)] {
        let other = try rewritten(kind, without: file)
        let error = #expect(throws: ArtifactError.self) { try OpenedModel(other) }
        #expect("\(String(describing: error))".contains(reason), "\(String(describing: error))")
      }
      #expect(try OpenedModel(rewritten(.off, without: ModelFile.clusters)).clusters == nil)
    }
  }

  @Test(arguments: ["exact", "hnsw"])
  func `a search of the whole catalogue goes through no clusters`(index: String) throws {
    try withTemporaryFolder { folder in
      let (opened, _) = try Trained.model(
        "item2vec", small + ["clusters.merge=score", "index.kind=\(index)"], in: folder)
      var request = Request(user: opened.users[1], count: 10)
      request.alpha = 2
      let answer = try opened.recommender().recommend(request)
      #expect(answer.notices == [.ignoredAlpha])
      let vectors = opened.model.itemVectors()
      if case .partitioned = try opened.index(over: vectors) { Issue.record("it is partitioned") }
      #expect(
        try opened.indexScoring(Trained.data.get().split, part: .test) == nil || index == "hnsw")
    }
  }

  @Test func `a retriever that was told its clusters takes no others, and is not exported`() throws
  {
    try withTemporaryFolder { folder in
      let (opened, _) = try Trained.model("two-tower", small + told, in: folder)
      var settings = opened.settings.clusters
      settings.count = 2
      let error = #expect(throws: PipelineError.self) {
        _ = try opened.newClusters(settings, from: Trained.data.get())
      }
      #expect("\(try #require(error))".contains("was trained to search its"))
      #expect(throws: PipelineError.self) { _ = try VectorExport(opened, as: .npy) }
    }
  }

  @Test
  func `the best scores of all clusters are an ordinary search, unless the retriever is told`()
    throws
  {
    try withTemporaryFolder { folder in
      let (opened, _) = try Trained.model("item2vec", small + ["clusters.merge=score"], in: folder)
      let (plain, _) = try Trained.model("item2vec", small + ["clusters.kind=off"], in: folder)
      for user in 0..<10 {
        let request = Request(user: opened.users[user], count: 7)
        #expect(
          try opened.recommender().recommend(request).items
            == plain.recommender().recommend(request).items)
      }
    }
  }

  @Test func `a ranker orders what clusters give it`() throws {
    try withTemporaryFolder { folder in
      let (opened, evaluation) = try Trained.model(
        "two-tower",
        small + told + [
          "ranker.model=deepfm", "ranker.dimension=8", "rankerTraining.train.epochs=1",
        ],
        in: folder)
      let retriever = try #require(try opened.savedEvaluation(ModelFile.retrieverEvaluation))
      #expect(retriever.lists != nil && evaluation.lists != nil)
      let found = try opened.recommender().recommend(Request(user: opened.users[1], count: 5))
      #expect(found.items.count == 5 && found.items.allSatisfy { $0.stage == .ranker })
    }
  }

  @Test(
    arguments: [
      (["negatives.kind=in-cluster", "negatives.count=4", "clusters.kind=off"], "negatives.kind"),
      (["clusters.kind=off", "clusters.task=hadamard"], "clusters.task"),
      (["clusters.task=hadamard"], "negatives.kind"),
      (["retriever.model=implicit-als", "clusters.task=hadamard"], "clusters.task"),
      (["retriever.model=neumf"], "clusters.kind"),
      (["retriever.model=comirec"] + ["clusters.task=prepend"], "clusters.task"),
      (told + ["ranker.model=deepfm", "method=corr"], "method"),
      (
        told + ["ranker.model=deepfm", "rankerTraining.negatives.kind=softmax"],
        "rankerTraining.negatives.kind"
      ),
    ] as [([String], String)])
  func `clusters that do not fit are refused before training`(
    _ assignments: [String], _ key: String
  ) throws {
    let error = #expect(throws: SettingError.self) {
      _ = try Trained.settings("sasrec", assignments)
    }
    #expect("\(try #require(error))".contains(key))
  }
}
