import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralPipeline
import CorralServing
import CorralSettings
import CorralTesting
import CorralTraining
import Foundation
import Testing

/// Models that were saved before recommenders existed, by the program that the command was then.
private let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "Fixtures/format-2")

@Suite struct SavedModelTests {
  /// What the program that saved the models answered with them.
  struct Answer: Sendable {
    let model: String
    /// To user 3, and to somebody who has met 1, 2 and 3.
    let user: [(id: String, score: Float)]
    let stranger: [(id: String, score: Float)]
    /// The reasons for the first item of the user.
    let because: [String]
    /// What is like item 5.
    let similar: [(id: String, score: Float)]
  }

  static let answers = [
    Answer(
      model: "comirec",
      user: [
        ("18", 0.016513426), ("22", 0.008986767), ("24", 0.006960348), ("29", 0.00673899),
      ],
      stranger: [
        ("15", 0.015991032), ("4", 0.014579904), ("11", 0.014165883), ("22", 0.012598158),
      ], because: ["23", "19", "4"],
      similar: [("11", 0.59059167), ("21", 0.5716379), ("16", 0.39560717)]),
    Answer(
      model: "item2vec",
      user: [
        ("16", -1.4298431), ("29", -1.4539706), ("24", -1.5465678), ("22", -1.5712926),
      ],
      stranger: [
        ("13", -1.3871521), ("16", -1.3936125), ("11", -1.4164132), ("29", -1.419724),
      ], because: ["5", "30", "13"],
      similar: [("21", 0.9976355), ("16", 0.9970266), ("9", 0.996203)]),
    Answer(
      model: "mf-then-deepfm",
      user: [
        ("25", -0.00066103775), ("7", -0.0041320114), ("6", -0.0044030766),
        ("12", -0.0046772533),
      ],
      stranger: [
        ("17", 0.008167772), ("6", 0.0061082626), ("8", 0.0056457147), ("15", 0.005573988),
      ], because: ["2", "13", "15"],
      similar: [("11", 0.5862708), ("21", 0.57664305), ("16", 0.4210821)]),
    Answer(
      model: "neumf",
      user: [("16", 0.06810884), ("8", 0.04809214), ("24", 0.042606298), ("9", 0.014038681)],
      stranger: [
        ("24", 0.04219625), ("19", 0.033497117), ("16", 0.028190427), ("23", 0.027362067),
      ], because: ["27", "13", "17"],
      similar: [("11", 0.5330102), ("9", 0.48314843), ("2", 0.46243757)]),
    Answer(
      model: "sasrec-then-din",
      user: [
        ("9", 0.00556197), ("18", 0.0039592874), ("25", 0.0019619912), ("22", -0.0029349513),
      ],
      stranger: [
        ("5", 0.07117325), ("14", 0.056598242), ("8", 0.042682983), ("20", 0.040086273),
      ], because: ["17", "15", "4"],
      similar: [("20", 0.568916), ("10", 0.48657712), ("23", 0.46346492)]),
  ]

  @Test(arguments: answers.indices)
  func `opens, and answers as it did when it was saved`(_ number: Int) throws {
    let answer = Self.answers[number]
    let recommender = try Recommender.open(fixtures.appending(path: answer.model).path)
    var request = Request(user: "3", count: 4)
    request.isExplained = true
    let user = try recommender.recommend(request)
    expect(user.items, answer.user)
    #expect(user.items.first?.because?.map(\.id) == answer.because)
    expect(
      try recommender.recommend(Request(history: ["1", "2", "3"], count: 4)).items,
      answer.stranger)
    expect(try recommender.similar(to: "5", count: 3), answer.similar)
    #expect(recommender.cost.bytes > 0)
    let scores = try recommender.score(answer.user.map(\.id), for: Request(user: "3"))
    #expect(zip(scores, answer.user).allSatisfy { abs(($0 ?? .nan) - $1.score) < 1e-4 })
  }

  private func expect(
    _ items: [Recommendations.Item], _ expected: [(id: String, score: Float)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(items.map(\.id) == expected.map(\.id), sourceLocation: sourceLocation)
    #expect(
      zip(items, expected).allSatisfy { abs(($0.score ?? .nan) - $1.score) < 1e-4 },
      sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    "comirec", "item2vec", "mf-then-deepfm", "neumf", "popularity", "sasrec-then-din",
  ])
  func `many users at once get what each gets alone`(_ model: String) throws {
    let recommender = try Recommender.open(fixtures.appending(path: model).path)
    let requests = recommender.users.ids.map { Request(user: $0, count: 6) }
    for (request, together) in zip(requests, try recommender.recommend(requests)) {
      let alone = try recommender.recommend(request)
      #expect(together.items.map(\.id) == alone.items.map(\.id), "\(request.user ?? "")")
      #expect(
        zip(together.items, alone.items).allSatisfy {
          abs(($0.score ?? 0) - ($1.score ?? 0)) < 1e-4
        })
    }
  }
}

@Suite struct SavedSettingsTests {
  /// A copy of a model whose manifest was changed as text.
  private func changed(
    _ model: String, in folder: URL, _ body: (inout String) -> Void
  ) throws -> String {
    let place = folder.appending(path: model)
    try FileManager.default.copyItem(at: fixtures.appending(path: model), to: place)
    let manifest = place.appending(path: "manifest.json")
    var text = try String(contentsOf: manifest, encoding: .utf8)
    body(&text)
    try Data(text.utf8).write(to: manifest)
    return place.path
  }

  @Test func `a setting of a later version is reported, and the model opens`() throws {
    try withTemporaryFolder { folder in
      let path = try changed("item2vec", in: folder) {
        $0 = $0.replacing("\"window\" :", with: "\"telepathy\" : {\"depth\": 3},\n\"window\" :")
      }
      let opened = try OpenedModel(path)
      #expect(
        opened.notes.map(\.text) == [
          "\(path)/manifest.json has a setting 'retriever.telepathy', which this version does not "
            + "know: it is ignored"
        ])
      #expect(try opened.recommender().recommend(Request(user: "3", count: 1)).items[0].id == "16")
    }
  }

  @Test func `a setting that an earlier version did not have is the default`() throws {
    try withTemporaryFolder { folder in
      let path = try changed("item2vec", in: folder) { text in
        text = text.replacing(/"hiddenEnds"[^\n]*\n/, with: "")
          .replacing(/\n *"efConstruction" : \d+,/, with: "")
      }
      let opened = try OpenedModel(path)
      #expect(opened.notes.isEmpty && opened.settings.index.efConstruction > 0)
    }
  }

  @Test func `a block that has another name now is read under that`() throws {
    // The fixtures were saved when the block `rankerTraining` was called `ranking`.
    let opened = try OpenedModel(fixtures.appending(path: "mf-then-deepfm").path)
    #expect(opened.notes.isEmpty && opened.settings.rankerTraining.train.epochs == 2)
    var overlay = Settings.overlay()
    try overlay.set("ranking.train.epochs=7")
    #expect(
      overlay.moved == [
        "the settings of 'ranking' are now called 'rankerTraining': read as those"
      ])
    #expect(try overlay.decoded().rankerTraining.train.epochs == 7)
    // A file that has the block under both names says all of both, and the new name wins.
    try overlay.lay(
      """
      rankerTraining: {loss: {kind: softmax}, train: {batch: 64}}
      ranking: {train: {epochs: 3, batch: 32}}
      """, from: "s.yaml")
    let both = try overlay.decoded().rankerTraining
    #expect(both.loss.kind == .softmax && both.train.epochs == 3 && both.train.batch == 64)
  }

  @Test func `a newer format is refused`() throws {
    try withTemporaryFolder { folder in
      let path = try changed("item2vec", in: folder) {
        $0 = $0.replacing("\"format\" : 2", with: "\"format\" : 3")
      }
      #expect(throws: ArtifactError.newerFormat(path: path, format: 3, known: 2)) {
        try Recommender.open(path)
      }
    }
  }
}
