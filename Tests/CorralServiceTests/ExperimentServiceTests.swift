import CorralService
import CorralServing
import CorralStore
import CorralTesting
import Foundation
import Testing

@Suite struct ExperimentServiceTests {
  @Test func `arms answer their users in their own way and are told apart`() async throws {
    try await withTemporaryFolder { folder in try await answerInArms(folder) }
  }

  private func answerInArms(_ folder: URL) async throws {
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

  @Test func `all models are reloaded or none, and each can be for itself`() async throws {
    try await withTemporaryFolder { folder in
      var settings = ServiceSettings()
      settings.experiment = Experiment(
        name: "models",
        arms: [
          Experiment.Arm("old"), Experiment.Arm("new", model: folder.appending(path: "new").path),
        ])
      let models = ["model": SmallCatalogue(), "new": SmallCatalogue(items: 70, title: "New")]
      let sums = Sums()
      let made = try MadeUpService(models, in: folder, settings: settings, metrics: sums)
      let service = made.service
      #expect(service.places == [.everybody, .arm("new")])
      #expect(sums["corral_index_items"] == 60, "of the model that answers everybody")
      func versions() -> [String] { service.places.map { service.serving(at: $0).version } }
      func replace(_ name: String) throws {
        try made.folder.appending(path: name).write(
          "{\"of\": \(Int.random(in: 0 ... .max))}", as: "manifest.json")
      }
      let first = versions()
      try replace("model")
      try replace("new")
      #expect(try await service.reload(at: .arm("new")) == versions()[1])
      let second = versions()
      #expect(second[0] == first[0] && second[1] != first[1])
      #expect(sums["corral_model_info{version=\(first[1])}"] == 0)
      #expect(sums["corral_model_info{version=\(second[1])}"] == 1)
      #expect(sums["corral_index_items"] == 60)
      // One that is missing keeps the other one from being swapped.
      try FileManager.default.removeItem(at: folder.appending(path: "new"))
      let refusal = await #expect(throws: ServiceError.self) { _ = try await service.reload() }
      #expect(refusal.map { "\($0)".contains("/new is not served") } == true)
      #expect(versions() == second)
      try FileManager.default.createDirectory(
        at: folder.appending(path: "new"), withIntermediateDirectories: true)
      try replace("new")
      _ = try await service.reload()
      let third = versions()
      #expect(third[0] != second[0] && third[1] != second[1])
      for (place, folder) in zip(service.places, ["model", "new"]) {
        #expect(service.serving(at: place).folder.lastPathComponent == folder)
      }
      await service.close()
    }
  }

  @Test func `without an experiment no arm can be asked for`() async throws {
    try await withService { made in
      var request = ServiceRequest(user: "u1", count: 4)
      request.arm = "a"
      await #expect(throws: ServiceError.self) { _ = try await made.service.recommend(request) }
    }
  }
}
