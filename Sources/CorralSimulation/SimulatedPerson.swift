import CorralVectors
import Foundation

/// A person of the world: who it is, how often it comes, and how wide its interests are.
struct SimulatedPerson: Sendable, Equatable {
  /// The number: people who come later have larger numbers.
  let number: Int
  /// How often the person comes, compared with others.
  let activity: Double
  /// How sharply the person prefers its first interest: the smaller, the more interests.
  let focus: Double

  /// The person of a number.
  init(_ number: Int, _ settings: WorldSettings) {
    var random = SeededGenerator(settings.seed, .person, number)
    self.number = number
    activity = exp(0.8 * random.normal())
    focus = random.uniform() < settings.several ? Self.several : Self.single
  }

  private static let single = 3.0
  private static let several = 1.2

  /// The id: `u17`.
  var id: String { "u\(number)" }

  /// The mood of a person when it comes: independent normal numbers.
  static func mood(_ number: Int, _ settings: WorldSettings) -> [Float] {
    var random = SeededGenerator(settings.seed, .taste, number)
    return (0..<settings.topics + settings.hidden).map { _ in Float(random.normal()) }
  }

  /// Lets a mood drift for a day, as a stationary walk of Ornstein and Uhlenbeck (1930) does:
  /// `z <- (1 - r) z + sqrt(1 - (1 - r)^2) e` with the rate `r` and normal numbers `e`.
  static func drift(
    _ mood: UnsafeMutableBufferPointer<Float>, of number: Int, day: Int, _ settings: WorldSettings
  ) {
    let keeps = 1 - settings.drift
    let moves = (1 - keeps * keeps).squareRoot()
    var random = SeededGenerator(settings.seed, .taste, number, day)
    for place in mood.indices {
      mood[place] = Float(keeps) * mood[place] + Float(moves * random.normal())
    }
  }

  /// Writes the taste of a mood: a softmax over topics, scaled to length 1, and the hidden
  /// coordinates, scaled so that affinity has the same spread whatever their number.
  func taste(
    of mood: ArraySlice<Float>, topics: Int, to taste: UnsafeMutableBufferPointer<Float>
  ) {
    let first = mood.startIndex
    let best = mood[first..<first + topics].max() ?? 0
    var square = 0.0
    for topic in 0..<topics {
      let share = exp(focus * Double(mood[first + topic] - best))
      taste[topic] = Float(share)
      square += share * share
    }
    for topic in 0..<topics { taste[topic] /= Float(square.squareRoot()) }
    let hidden = mood.count - topics
    let scale = 1 / Float(max(1, hidden)).squareRoot()
    for place in topics..<mood.count { taste[place] = scale * mood[first + place] }
  }
}
