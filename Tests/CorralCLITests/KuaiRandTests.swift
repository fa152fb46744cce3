import CorralTesting
import Foundation
import Testing

/// The settings of KuaiRand over a small log of its format.
@Suite struct KuaiRandTests {
  @Test func `the settings train over clusters of a log of its format`() throws {
    try withTemporaryFolder { folder in
      let head =
        "user_id,video_id,date,hourmin,time_ms,is_click,is_like,play_time_ms,duration_ms,tab\n"
      // Clicks of tab 1 count; what was only shown, and another tab, does not.
      for part in 1...2 {
        var log = head
        for user in 0..<40 {
          for step in 0..<8 {
            let video = user % 2 * 20 + (user / 2 + step + 8 * (part - 1)) % 20
            let time = part * 1_000_000 + user * 1000 + step
            log += "\(user),\(video),2022040\(part),1200,\(time),1,0,500,1000,1\n"
            log += "\(user),\(100 + step),2022040\(part),1200,\(time),0,0,0,1000,1\n"
            log += "\(user),\(200 + step),2022040\(part),1200,\(time),1,0,500,1000,0\n"
          }
        }
        try Data(log.utf8).write(to: folder.appending(path: "log_standard_\(part).csv"))
      }
      let model = folder.appending(path: "model").path
      let small = [
        "data.filter.minItem=5", "clusters.count=2", "clusters.smallest=2", "retriever.dimension=8",
        "train.epochs=1", "train.metric=recall@5", "evaluate.cutoffs=[5,20]",
      ].flatMap { ["--set", $0] }
      let trained = try Binary.run(
        [
          "train", "--config", packageRoot.appending(path: "Examples/kuairand.yaml").path, "--data",
          folder.path, "--out", model,
        ] + small)
      try #require(trained.code == 0, "\(trained.errors)")
      #expect(trained.output.contains("40 users") && trained.output.contains("40 items"))
      let asked = try Binary.run("recommend", model, "--user", "3", "--explain")
      #expect(asked.code == 0 && asked.output.contains("cluster"), "\(asked.output)")
      #expect(try Binary.run("evaluate", model, "--within-clusters").code == 0)
    }
  }
}
