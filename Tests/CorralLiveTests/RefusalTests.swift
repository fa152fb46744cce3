import CorralArtifacts
import CorralData
import CorralLive
import CorralPipeline
import CorralStreaming
import CorralTesting
import CorralTraining
import CorralVectors
import Foundation
import Testing

@Suite struct `a learner refuses` {
  @Test func `a bad record, names its place, and passes it only when told`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(Array(PlantedStream.rest().prefix(40)))
      try stream.append("u1,,click,,7\n")
      try stream.append(Array(PlantedStream.rest().dropFirst(40)))
      let error = try #require(throws: StreamError.self) { try stream.catchUp() }
      #expect("\(error)".contains("line 42"), "\(error)")
      // What was learned before it is safe.
      let report = try stream.catchUp(skippingBad: true).report
      #expect(report.tally.events == 700 && report.deadLetters == 1)
      let letters = try DeadLetter.contents(of: stream.live.deadLetter).letters
      #expect(letters.map(\.text) == ["u1,,click,,7"])
    }
  }

  @Test func `other settings than those of its checkpoint`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest())
      try stream.catchUp()
      var settings = PlantedStream.settings
      settings.learn.batch = 16
      let error = try #require(throws: LiveError.self) { try stream.catchUp(settings) }
      #expect("\(error)".contains("learn.batch = 32, and now learn.batch = 16"), "\(error)")
      // What decides nothing that is learned is free.
      settings = PlantedStream.settings
      settings.publish.examples = 100
      try stream.catchUp(settings)
    }
  }

  @Test func `the checkpoint of another model`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest())
      try stream.catchUp()
      let users = try SavedModel.open(stream.model)
      var text = String(decoding: try users.data(ModelFile.users), as: UTF8.self)
      text = text.replacing("u0\n", with: "somebody\n")
      try SavedModel.write(to: stream.model, manifest: users.manifest) { folder in
        for file in users.manifest.files.keys where file != ModelFile.users {
          try folder.copy(file, of: users)
        }
        try folder.write(Data(text.utf8), as: ModelFile.users)
      }
      let error = try #require(throws: LiveError.self) { try stream.catchUp() }
      #expect("\(error)".contains("trained anew"), "\(error)")
      try stream.live.forgetCheckpoint()
      try stream.catchUp()
    }
  }

  @Test func `a damaged checkpoint`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest())
      try stream.catchUp()
      let weights = stream.live.checkpoint.appending(path: "weights.safetensors")
      var bytes = try Data(contentsOf: weights)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: weights)
      let error = try #require(throws: LiveError.self) { try stream.catchUp() }
      #expect("\(error)".contains("--fresh"), "\(error)")
    }
  }

  @Test(arguments: [
    (["retriever.model=popularity"], "is no network"),
    (["retriever.model=sasrec", "train.epochs=1"], "sasrec"),
    (["ranker.model=deepfm", "rankerTraining.train.epochs=1"], "its ranker deepfm"),
    (["clusters.kind=item2vec", "clusters.count=2"], "its clusters"),
  ])
  func `a model that does not follow a stream`(assignments: [String], words: String) throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder, assignments)
      let error = try #require(throws: (any Error).self) { try stream.catchUp() }
      #expect("\(error)".contains(words), "\(error)")
    }
  }

  @Test func `a loss that is no number, and leaves the last checkpoint`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      var settings = PlantedStream.settings
      settings.events.weights = EventRules([.init("click", .value)])
      try stream.append(PlantedStream.rest(10..<14))
      try stream.catchUp(settings)
      let learned = try stream.learned()
      try stream.append("u1,b5,click,1e300,5\nu1,b6,click,1,6\n")
      let error = try #require(throws: TrainingError.self) { try stream.catchUp(settings) }
      #expect("\(error)".contains("of the stream"), "\(error)")
      #expect(try stream.learned() == learned)
    }
  }

  @Test func `a second process at the same model`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      let lock = try stream.live.claim()
      try withExtendedLifetime(lock) {
        #expect(throws: ArtifactError.self) { try stream.live.claim() }
      }
    }
  }
}
