public import CorralSampling

/// What a refresh of the proposal found, on the last training items of up to 256 users.
public struct ProposalReport: Sendable, Codable, Equatable {
  /// Steps of the run before it.
  public var step: Int
  /// How good its draws are.
  public var diagnostics: ProposalDiagnostics

  /// A report of a refresh.
  public init(step: Int, diagnostics: ProposalDiagnostics) {
    self.step = step
    self.diagnostics = diagnostics
  }
}
