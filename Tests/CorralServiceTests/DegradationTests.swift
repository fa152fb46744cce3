import CorralData
import CorralIndex
import CorralService
import CorralServing
import CorralTesting
import Foundation
import Synchronization
import Testing

/// Orders candidates by their positions once a test lets it.
private final class HeldRanker: CandidateRanker, Sendable {
  private let isHeld = Atomic<Bool>(true)

  func release() { isHeld.store(false, ordering: .releasing) }

  func scores(
    _ candidates: Ragged<ItemIndex>, retrieved: [Float], for queries: QueryBatch
  ) -> [Float] {
    while isHeld.load(ordering: .acquiring) { Thread.sleep(forTimeInterval: 0.001) }
    return candidates.values.map { Float($0.position) }
  }
}

@Suite struct DegradationTests {
  @Test func `an answer comes without the ranker that is late`() async throws {
    let ranker = HeldRanker()
    let sums = Sums()
    try await withService(["model": SmallCatalogue(ranker: ranker)], metrics: sums) { made in
      defer { ranker.release() }
      var request = ServiceRequest(user: "u1", count: 6)
      // A machine may be too busy for a search within any given time; the ranker never answers.
      request.deadline = 50
      var answer = try await made.service.recommend(request)
      while answer.degraded == .retrieval {
        request.deadline = request.deadline.map { 2 * $0 }
        answer = try await made.service.recommend(request)
      }
      #expect(answer.degraded == .ranking)
      let own = try SmallCatalogue().recommender().recommend(Request(user: "u1", count: 6))
      #expect(answer.ids == own.ids)
      #expect(answer.items.allSatisfy { $0.stage == .retriever })
      // The one worker still waits for the ranker: the next request does not get as far.
      request.deadline = 1
      let second = try await made.service.recommend(request)
      #expect(second.degraded == .retrieval && second.items.count == 6)
      #expect(second.items.allSatisfy { $0.stage == .fallback })
      #expect(sums["corral_degraded_total{stage=ranking}"] == 1)
      #expect((sums["corral_degraded_total{stage=retrieval}"] ?? 0) >= 1)
      ranker.release()
      request.deadline = 3_600_000
      let third = try await made.service.recommend(request)
      #expect(third.degraded == nil && third.items.allSatisfy { $0.stage == .ranker })
    }
  }
}
