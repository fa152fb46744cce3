import CorralSampling
import CorralVectors

/// The proposal of a run, and when it was made.
struct ProposalInUse {
  /// What draws.
  let proposal: Proposal
  /// The steps of the run before that.
  let step: Int

  /// A proposal over items as they are at a step of a run, starting from the one before it.
  init(
    _ settings: ProposalSettings, items: Matrix, counts: [Int], seed: UInt64, step: Int,
    after previous: ProposalInUse? = nil
  ) throws {
    proposal = try Proposal(
      settings, items: items, counts: counts, seed: seed, startingFrom: previous?.proposal)
    self.step = step
  }

  /// The proposal that a checkpoint holds, which draws what it would have drawn.
  init(
    _ settings: ProposalSettings, items: Matrix, counts: [Int], restoring saved: Saved
  ) throws {
    proposal = try Proposal(settings, items: items, counts: counts, restoring: saved.file)
    step = saved.step
  }

  /// A proposal in a file, among other tensors.
  struct Saved {
    let step: Int
    let file: SafetensorsFile
  }
}
