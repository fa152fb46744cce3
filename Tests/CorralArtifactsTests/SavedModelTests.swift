import CorralArtifacts
import CorralData
import CorralVectors
import Foundation
import Testing

@Suite struct SavedModelTests {
  @Test func `a model comes back as it was written`() throws {
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("runs/first")
      let histories = Ragged<ItemIndex>([[ItemIndex(2), ItemIndex(0)], [], [ItemIndex(1)]])
      let features = FeatureTable(
        count: 3,
        columns: [
          FeatureColumn(name: "year", values: .numbers([1995, -0.5, 0])),
          FeatureColumn(
            name: "genres.all",
            values: .categories(
              Ragged([[0, 1], [], [1]]), vocabulary: Vocabulary(["Sci-Fi", "a\\b\nc\r"]))),
        ])
      let users = Vocabulary(["", "u\\n", "line\nfeed", "Ω\r"])
      let weights = Matrix(rows: 2, columns: 2, values: [1, 2, 3, .nan])
      let written = try SavedModel.write(to: place, manifest: exampleManifest()) {
        try $0.write(users, as: ModelFile.users)
        try $0.write(histories, as: ModelFile.histories)
        try $0.write(features, as: ModelFile.itemFeatures)
        try $0.write(Texts(["Toy Story (1995)", ""]), as: ModelFile.titles)
        try $0.write([SafetensorsTensor("items.weight", weights)], as: ModelFile.retriever)
        try FileManager.default.createDirectory(
          at: $0.url(of: "index"), withIntermediateDirectories: true)
        try $0.write(Data([1, 2, 3]), as: "index/graph.bin")
      }
      let model = try SavedModel.open(place)
      #expect(model.manifest == written.manifest)
      #expect(model.manifest.format == Manifest.currentFormat)
      #expect(model.manifest.settings["retriever"]?["dimension"] == .integer(64))
      #expect(model.manifest.created.at == "1970-01-01T00:00:00Z")
      #expect(
        model.manifest.files.keys.sorted() == [
          "histories.safetensors", "index/graph.bin", "item-features.safetensors",
          "retriever.safetensors", "titles.txt", "users.txt",
        ])
      #expect(try model.vocabulary(ModelFile.users) == users)
      #expect(try model.histories(itemCount: 3) == histories)
      #expect(try model.features(ModelFile.itemFeatures) == features)
      #expect(try Array(model.texts(ModelFile.titles)) == ["Toy Story (1995)", ""])
      let stored = try model.tensors(ModelFile.retriever).matrix("items.weight")
      #expect(stored.values.map(\.bitPattern) == weights.values.map(\.bitPattern))
      #expect(try model.data("index/graph.bin") == Data([1, 2, 3]))
      #expect(try names(in: place.deletingLastPathComponent()) == ["first"])
    }
  }

  @Test func `ids come back byte by byte, whatever they are`() throws {
    try withTemporaryFolder { folder in
      var generator = SeededGenerator(seed: 9)
      var ids = Set<[UInt8]>([
        [], [0x09], [0x0D, 0x0A], [0x5C], [0xE9], [0xC3, 0xA9], [0x65, 0xCC, 0x81],
      ])
      while ids.count < 500 {
        ids.insert(
          (0..<Int.random(in: 1...9, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
          })
      }
      var texts = Texts()
      for id in ids.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        id.withUnsafeBufferPointer { texts.append($0) }
      }
      let users = try Vocabulary(texts)
      let model = try SavedModel.write(
        to: folder.appendingPathComponent("model"), manifest: exampleManifest()
      ) { try $0.write(users, as: ModelFile.users) }
      #expect(try model.vocabulary(ModelFile.users) == users)
      let file = try Data(contentsOf: model.url.appendingPathComponent("users.txt"))
      #expect(file.filter { $0 == 0x0A }.count == 500 && !file.contains(0x09))
    }
  }

  @Test func `how numbers are standardised comes back bit for bit, where it is said`() throws {
    try withTemporaryFolder { folder in
      let features = FeatureTable(
        count: 1,
        columns: [
          FeatureColumn(
            name: "price", values: .numbers([3]),
            standardisation: Standardisation(mean: 1.0 / 3, deviation: .ulpOfOne)),
          FeatureColumn(name: "year", values: .numbers([1990])),
        ])
      let place = folder.appendingPathComponent("model")
      let model = try SavedModel.write(to: place, manifest: exampleManifest()) {
        try $0.write(features, as: ModelFile.itemFeatures)
      }
      #expect(try model.features(ModelFile.itemFeatures) == features)
      #expect(try model.tensors(ModelFile.itemFeatures).entries["1.standard"] == nil)
      let damaged = try SavedModel.write(to: place, manifest: exampleManifest()) {
        try $0.write(
          [
            SafetensorsTensor("0.values", [1] as [Float]),
            SafetensorsTensor("0.standard", [0, 0] as [Double]),
          ], metadata: ["columns": "price\n", "count": "1", "tensors": "by position"],
          as: ModelFile.itemFeatures)
      }
      let error = #expect(throws: ArtifactError.self) {
        try damaged.features(ModelFile.itemFeatures)
      }
      #expect(error?.description.contains("no mean and deviation") == true)
    }
  }

  /// Columns whose names would meet if tensors were named by them.
  static let meetingNames = [
    ["genres", "genres.values"], ["v", "v.0"], ["0", "0.values"], ["é", "e\u{301}"],
    ["a.offsets", "a"], ["__metadata__", "dtype"],
  ]

  @Test(arguments: meetingNames)
  func `columns of features keep apart, whatever they are called`(_ names: [String]) throws {
    try withTemporaryFolder { folder in
      let features = FeatureTable(
        count: 2,
        columns: [
          FeatureColumn(
            name: names[0],
            values: .categories(Ragged([[0], [0, 1]]), vocabulary: Vocabulary(["x", "yyy"]))),
          FeatureColumn(name: names[1], values: .numbers([1, 2])),
        ])
      let model = try SavedModel.write(
        to: folder.appendingPathComponent("model"), manifest: exampleManifest()
      ) { try $0.write(features, as: ModelFile.itemFeatures) }
      let read = try model.features(ModelFile.itemFeatures)
      #expect(read == features)
      #expect(read.columns.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
    }
  }

  @Test func `the same content gives the same bytes`() throws {
    try withTemporaryFolder { folder in
      let places = ["a", "b"].map { folder.appendingPathComponent($0) }
      for place in places { try writeModel("same", to: place) }
      let manifests = try places.map {
        try Data(contentsOf: $0.appendingPathComponent("manifest.json"))
      }
      #expect(manifests[0] == manifests[1])
    }
  }

  @Test(arguments: [FolderSwap.exchange, .putAside])
  func `a new model replaces the old one and leaves nothing beside it`(_ swap: FolderSwap) throws {
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("model")
      try writeModel("old", to: place)
      let old = try SavedModel.open(place)
      try SavedModel.write(to: place, manifest: exampleManifest(), swap: swap, at: { _ in }) {
        try fill($0, "new")
      }
      #expect(try words(at: place) == "new")
      #expect(try names(in: folder) == ["model"])
      #expect(throws: ArtifactError.replacedWhileReading(path: place.path)) {
        try old.data("words.txt")
      }
    }
  }

  @Test func `a place can be a link to a directory, or an empty one`() throws {
    try withTemporaryFolder { folder in
      let real = folder.appendingPathComponent("real")
      let link = folder.appendingPathComponent("latest")
      try FileManager.default.createDirectory(at: real, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
      try writeModel("linked", to: link)
      #expect(try words(at: real) == "linked")
      #expect(try names(in: folder) == ["latest", "real"])
    }
  }

  @Test func `anything that is not a model is not replaced`() throws {
    try withTemporaryFolder { folder in
      try Data("precious".utf8).write(to: folder.appendingPathComponent("thesis.txt"))
      #expect(throws: ArtifactError.notReplaceable(path: folder.path)) {
        try writeModel("new", to: folder)
      }
      let file = folder.appendingPathComponent("thesis.txt")
      #expect(throws: ArtifactError.notReplaceable(path: file.path)) {
        try writeModel("new", to: file)
      }
      #expect(try names(in: folder) == ["thesis.txt"])
      #expect(
        "\(ArtifactError.notReplaceable(path: "/home"))"
          == "/home exists and is not a saved model, so it is not replaced; "
          + "give another --out, or remove it first")
    }
  }

  @Test func `a failure while filling leaves the old model and nothing else`() throws {
    struct Failure: Error {}
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("model")
      try writeModel("old", to: place)
      #expect(throws: Failure.self) {
        try SavedModel.write(to: place, manifest: exampleManifest()) {
          try fill($0, "half")
          throw Failure()
        }
      }
      #expect(try words(at: place) == "old")
      #expect(try names(in: folder) == ["model"])
    }
  }
}
