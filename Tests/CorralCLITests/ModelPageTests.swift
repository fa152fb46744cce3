import Foundation
import Testing

/// The page about the files of a model, against the files of models.
@Suite struct ModelPageTests {
  /// The names in the first column of the page's table.
  private func listed() throws -> [String] {
    let page = try String(contentsOf: packageRoot.appending(path: "docs/MODEL.md"), encoding: .utf8)
    return page.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap {
      $0.split(separator: "`").dropFirst().first.map(String.init)
    }
  }

  @Test
  func `every file of a two-stage model is on the page, and those that are always there are there`()
    throws
  {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "m")
      let pair = [
        "retriever.model=two-tower", "retriever.dimension=8", "ranker.model=deepfm",
        "ranker.dimension=8", "ranker.hidden=[16]", "rankerTraining.train.epochs=1",
        "rankerTraining.train.batch=64", "rankerTraining.train.threads=1", "evaluate.candidates=20",
        "index.kind=hnsw", "correction.estimate=streaming",
      ]
      let trained = try Binary.run(
        ["train", "--data", data.path, "--out", place.path] + TinyData.quick
          + pair.flatMap { ["--set", $0] })
      try #require(trained.code == 0, "\(trained.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: place.path).map {
        $0.hasPrefix("events.out.tfevents.") ? "events.out.tfevents.*" : $0
      }
      let listed = try listed()
      #expect(Set(names).subtracting(listed).isEmpty)
      // Without contexts in the data, nothing is known of them; there are no clusters and no stream.
      #expect(
        Set(listed).subtracting(names) == [
          "context.safetensors", "clusters.safetensors", "stream.json",
        ])
    }
  }
}
