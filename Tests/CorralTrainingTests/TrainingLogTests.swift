import CorralTraining
import Foundation
import Testing

@Suite struct `the training log` {
  let file = FileManager.default.temporaryDirectory.appending(
    path: "corral-log-\(UUID().uuidString).jsonl")

  func report(_ epoch: Int) -> EpochReport {
    EpochReport(
      epoch: epoch, step: epoch * 10, loss: 1 / Double(epoch), examples: 100, seconds: 0.5,
      validation: ["ndcg@10": 0.1 * Double(epoch)], isBest: true, bestEpoch: epoch,
      bestValue: 0.1 * Double(epoch))
  }

  func lines() throws -> [EpochReport] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(EpochReport.self, from: Data($0.utf8))
    }
  }

  @Test func `has one object a line for each epoch`() throws {
    defer { try? FileManager.default.removeItem(at: file) }
    let log = try TrainingLog(file: file)
    try log.append(report(1))
    try log.append(report(2))
    #expect(try lines() == [report(1), report(2)])
  }

  @Test func `a resumed run drops the epochs that it will repeat`() throws {
    defer { try? FileManager.default.removeItem(at: file) }
    let killed = try TrainingLog(file: file)
    for epoch in 1...3 { try killed.append(report(epoch)) }
    let resumed = try TrainingLog(file: file, history: [report(1)])
    try resumed.append(report(2))
    #expect(try lines() == [report(1), report(2)])
  }
}
