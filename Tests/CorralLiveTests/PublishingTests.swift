import CorralArtifacts
import CorralData
import CorralLive
import CorralPipeline
import CorralTesting
import CorralTraining
import CorralVectors
import Foundation
import Testing

@Suite struct `publishing` {
  @Test func `keeps a snapshot back that is worse, says why, and leaves what serves`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest(10..<60))
      var settings = PlantedStream.settings
      settings.predict.cutoff = 3
      settings.publish.fewest = 30
      try stream.catchUp(settings)
      let good = try Data(contentsOf: stream.model.appending(path: Manifest.fileName))
      try damageWeights(of: stream)
      try stream.append(PlantedStream.rest(60..<70))
      let news = try stream.catchUp(settings)
      #expect(news.published.isEmpty && !news.refusals.isEmpty)
      #expect(try #require(news.refusals.first).contains("publish.margin"))
      #expect(try Data(contentsOf: stream.model.appending(path: Manifest.fileName)) == good)
      let log = try String(contentsOf: stream.live.log, encoding: .utf8)
      #expect(log.contains("\"refused\":\"it finds"))
    }
  }

  /// Puts random numbers in the place of what was learned: a state that is whole, and knows nothing.
  private func damageWeights(of stream: PlantedStream) throws {
    let saved = try SavedModel.open(stream.live.checkpoint)
    let weights = try saved.tensors("weights.safetensors")
    var random = SeededGenerator(seed: 5)
    let tensors = weights.entries.sorted { $0.key < $1.key }.map { name, entry in
      SafetensorsTensor(
        name,
        (0..<entry.shape.reduce(1, *)).map { _ in Float(random.uniform()) - 0.5 },
        shape: entry.shape)
    }
    try SavedModel.write(to: stream.live.checkpoint, manifest: saved.manifest) { folder in
      for file in saved.manifest.files.keys where file != "weights.safetensors" {
        try folder.copy(file, of: saved)
      }
      try folder.write(tensors, as: "weights.safetensors")
    }
  }

  @Test func `keeps a snapshot back whose index finds too little`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(
        in: folder,
        ["index.kind=multi-index", "index.clusters=2", "index.collected=1"])
      var settings = PlantedStream.settings
      settings.publish.indexRecall = 0.999
      try stream.append(PlantedStream.rest())
      let news = try stream.catchUp(settings)
      #expect(news.published.isEmpty)
      #expect(try #require(news.refusals.first).contains("publish.indexRecall"))
    }
  }

  @Test func `keeps some snapshots, and goes back to any of them`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest(10..<30))
      let news = try stream.catchUp()
      let numbers = news.published.map(\.publication)
      #expect(numbers == Array(1...numbers.count) && numbers.count > 3)
      #expect(stream.live.numbers == numbers.suffix(3))
      let back = try stream.live.rollBack(to: nil)
      #expect(back == numbers.count - 1)
      let mark = try #require(try OpenedModel(stream.model.path).saved.streamMark)
      let wanted = news.published[back - 1]
      #expect(mark.publication == back && mark.examples == wanted.examples)
      #expect(mark.position == wanted.position && mark.predicted == wanted.predicted)
      // The events after it are learned again, and then all is as it was.
      let (again, before) = (try stream.catchUp().report, try news.report)
      #expect(again.tally.examples == before.tally.examples && again.position == before.position)
      #expect(try #require(try OpenedModel(stream.model.path).saved.streamMark).publication > back)
    }
  }

  @Test func `goes back without the events that were learned since`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest(10..<30))
      let news = try stream.catchUp()
      let back = try stream.live.rollBack(to: news.published.count - 2, skippingEvents: true)
      let learned = news.published[back - 1].examples
      try stream.append(PlantedStream.rest(30..<31))
      let report = try stream.catchUp().report
      #expect(report.tally.examples == learned + 50)
    }
  }

  @Test func `says which snapshots there are when one is asked for that is not`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      #expect(throws: LiveError.noSnapshot(path: stream.live.folder.path, wanted: "7", known: [])) {
        try stream.live.rollBack(to: 7)
      }
    }
  }

  @Test func `predicts with what served, before it learns`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      var settings = PlantedStream.settings
      settings.publish.examples = 0
      // A new item of which there are many events: what serves does not know it until the end.
      try stream.append(
        (0..<100).map { number in
          "u\(number % 30),new,click,,\(number)\n"
        }.joined())
      let report = try stream.catchUp(settings).report
      #expect(report.predicted.predictions == 100)
      #expect(report.predicted.unknown == 1 && report.predicted.recall == 0)
      #expect(stream.live.numbers.isEmpty)
    }
  }
}
