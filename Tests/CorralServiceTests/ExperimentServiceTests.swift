import CorralService
import CorralServing
import CorralStore
import Foundation
import Testing

@Suite struct ExperimentServiceTests {
  @Test func `arms answer their users in their own way and are told apart`() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "corral-\(UUID().uuidString)", directoryHint: .isDirectory)
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = ServiceSettings()
    settings.experiment = Experiment(
      name: "sources",
      arms: [
        Experiment.Arm("model"),
        Experiment.Arm("popular", sources: ["popular": 1]),
        Experiment.Arm("new", model: folder.appending(path: "new").path),
      ])
    let models = ["model": SmallCatalogue(), "new": SmallCatalogue(seed: 9, title: "New")]
    let made = try MadeUpService(models, in: folder, settings: settings)
    var users: [String: [String]] = [:]
    for user in 0..<60 {
      let answer = try await made.service.recommend(ServiceRequest(user: "u\(user)", count: 4))
      let again = try await made.service.recommend(ServiceRequest(user: "u\(user)", count: 4))
      let arm = try #require(answer.arm)
      #expect(again.arm == arm && again.ids == answer.ids)
      users[arm, default: []].append("u\(user)")
      #expect(answer.model.hasPrefix(arm == "new" ? "new-" : "model-"))
      #expect(
        answer.items.allSatisfy { $0.title?.hasPrefix(arm == "new" ? "New" : "Title") ?? false })
      if arm == "popular" { #expect(answer.items.allSatisfy { $0.source == .popular }) }
      // Half of the answers are followed by a click on their first item.
      if user % 2 == 0 {
        _ = try await made.service.accept([
          Event(user: "u\(user)", item: again.ids[0], type: "click", request: again.request)
        ])
      }
    }
    #expect(Set(users.keys) == ["model", "popular", "new"])
    var request = ServiceRequest(user: "u1", count: 4)
    for arm in ["model", "popular", "new"] {
      request.arm = arm
      #expect(try await made.service.recommend(request).arm == arm)
    }
    request.arm = "another"
    await #expect(
      throws: ServiceError.badField("arm", reason: "the experiment has no arm 'another'")
    ) { _ = try await made.service.recommend(request) }
    let report = try await made.service.report(since: nil)
    for (arm, own) in users {
      let row = try #require(report.rows.first { $0.arm == arm && $0.source == nil })
      // Each user was shown 2 lists of 4, and one list of each arm was asked for by name.
      #expect(row.type == "click" && row.rate.shown == own.count * 8 + 4)
      #expect(row.rate.engaged == own.count { (Int($0.dropFirst()) ?? 1) % 2 == 0 })
    }
    #expect(report.comparisons.count == 3)
    // Reloading all folders keeps the arms apart.
    _ = try await made.service.reload()
    request.arm = "new"
    #expect(try await made.service.recommend(request).model.hasPrefix("new-"))
    await made.service.close()
  }

  @Test func `without an experiment no arm can be asked for`() async throws {
    try await withService { made in
      var request = ServiceRequest(user: "u1", count: 4)
      request.arm = "a"
      await #expect(throws: ServiceError.self) { _ = try await made.service.recommend(request) }
    }
  }
}
