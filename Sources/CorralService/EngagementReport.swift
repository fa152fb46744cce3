/// How what was shown did: a row for each source, arm and type of event.
package struct EngagementReport: Sendable, Equatable {
  /// A rate with its interval of 95% (Wilson, 1927).
  package struct Rate: Sendable, Equatable {
    package var shown: Int
    package var engaged: Int
    package var rate: Double
    package var low: Double
    package var high: Double
  }

  /// How often items of one source and arm were followed by an event of one type.
  package struct Row: Sendable, Equatable {
    /// The source that found the items; `nil` for all together.
    package var source: Source?
    /// The arm; `nil` outside of an experiment.
    package var arm: String?
    /// The type of event.
    package var type: String
    package var rate: Rate
  }

  /// Two arms compared by a test that may be read at any time (Johari and others, 2017).
  package struct Comparison: Sendable, Equatable {
    package var arm: String
    package var other: String
    package var type: String
    /// The difference of the rates, with an interval that holds at every reading.
    package var difference: Double
    package var low: Double
    package var high: Double
    /// The always-valid p-value.
    package var p: Double
  }

  package var rows: [Row] = []
  package var comparisons: [Comparison] = []
}
