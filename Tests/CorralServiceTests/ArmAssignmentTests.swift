import CorralService
import Foundation
import Testing

struct `the assignment of users to arms` {
  private static func experiment(_ shares: [Double], salt: String = "s") -> Experiment {
    Experiment(
      name: "e", salt: salt, arms: shares.enumerated().map { .init("arm \($0)", share: $1) })
  }

  private static func arms(_ experiment: Experiment, users: Int = 100_000) throws -> [String] {
    let assignment = try ArmAssignment(experiment)
    return (0..<users).map { assignment.arm(for: .user("user \($0)")).name }
  }

  @Test func `is the same on every machine`() throws {
    // What a twin in Python gives: users of a running experiment must not move between versions.
    let arms = try Self.arms(Self.experiment([0.5, 0.3, 0.2]), users: 24)
    #expect(arms.map { $0.suffix(1) }.joined() == "020000220212120112021000")
  }

  @Test(arguments: [[1, 1], [0.9, 0.1], [5, 3, 2], [0.01, 0.19, 0.3, 0.5]])
  func `follows the shares`(shares: [Double]) throws {
    let users = 100_000
    let arms = try Self.arms(Self.experiment(shares), users: users)
    let sum = shares.reduce(0, +)
    var chiSquare = 0.0
    for (place, share) in shares.enumerated() {
      let expected = Double(users) * share / sum
      let found = Double(arms.count { $0 == "arm \(place)" })
      chiSquare += (found - expected) * (found - expected) / expected
    }
    // The 0.999 quantile of chi-square with 1, 2 and 3 degrees of freedom.
    #expect(chiSquare < [10.83, 13.82, 16.27][shares.count - 2])
  }

  @Test func `divides users independently of an experiment with another salt`() throws {
    let first = try Self.arms(Self.experiment([1, 1]))
    let second = try Self.arms(Self.experiment([1, 1], salt: "t"))
    let both = Double(zip(first, second).count { $0 == "arm 0" && $1 == "arm 0" })
    // A quarter of 100,000, with a standard deviation of 137.
    #expect(abs(both - 25_000) < 4 * 137)
  }

  @Test func `moves users only to an arm that grows, and only from an arm that shrinks`() throws {
    let before = try Self.arms(Self.experiment([1, 2, 3]))
    let grown = try Self.arms(Self.experiment([2, 2, 3]))
    let shrunk = try Self.arms(Self.experiment([1, 2, 1]))
    for (old, new) in zip(before, grown) where old != new { #expect(new == "arm 0") }
    for (old, new) in zip(before, shrunk) where old != new { #expect(old == "arm 2") }
    // As few as the shares ask for: 2/7 - 1/6 and 3/6 - 1/4 of the users.
    let moved = zip(before, grown).count { $0 != $1 }
    #expect(abs(Double(moved) - 100_000 * (2.0 / 7 - 1.0 / 6)) < 4 * 330)
    let left = zip(before, shrunk).count { $0 != $1 }
    #expect(abs(Double(left) - 100_000 * 0.25) < 4 * 440)
  }

  @Test func `lets only the users of an arm that goes away move`() throws {
    let before = try Self.arms(Self.experiment([1, 1, 1]))
    let after = try Self.arms(Self.experiment([1, 0, 1]))
    for (old, new) in zip(before, after) { #expect(old == "arm 1" || old == new) }
    #expect(!after.contains("arm 1"))
  }

  @Test func `knows anonymous people by their history, and strangers by their request`() throws {
    #expect(ArmAssignment.Subject(user: "1", history: ["a"], request: "r") == .user("1"))
    #expect(ArmAssignment.Subject(user: nil, history: ["a"], request: "r") == .history(["a"]))
    #expect(ArmAssignment.Subject(user: nil, history: [], request: "r") == .request("r"))
    let assignment = try ArmAssignment(Self.experiment([1, 1]))
    // Ids that run together make other subjects.
    let differing = (0..<1000).count {
      assignment.arm(for: .history(["a\($0)", "b"])).name
        != assignment.arm(for: .history(["a\($0)b"])).name
    }
    #expect((400...600).contains(differing))
    let kinds = (0..<1000).count {
      assignment.arm(for: .user("\($0)")).name != assignment.arm(for: .request("\($0)")).name
    }
    #expect((400...600).contains(kinds))
  }

  @Test func `has the logarithm of the library`() {
    for u in [0x1p-53, 1e-9, 0.1, 0.25, 0.5, 0.70710678, 0.7072, 0.999, 1 - 0x1p-53] {
      let exact = -log(u)
      #expect(abs(ArmAssignment.negativeLog(u) - exact) <= 1e-14 * max(exact, 1e-14))
    }
  }

  @Test func `refuses arms that cannot divide traffic`() {
    func text(_ arms: [Experiment.Arm]) -> String? {
      var text: String?
      do { try Experiment(name: "e", arms: arms).validate() } catch { text = "\(error)" }
      return text
    }
    #expect(text([]) == "experiment.arms: the experiment 'e' has none")
    #expect(text([.init("a"), .init("a")]) == "experiment.arms: two arms are called 'a'")
    #expect(text([.init("a", share: 0)]) == "experiment.arms: the shares of all arms are 0")
    #expect(
      text([.init("a", share: -1)])
        == "experiment.arms: the share of 'a' is -1.0; 0 or more is needed")
    #expect(
      text([.init("a", sources: ["populr": 1])])
        == "experiment.arms: 'a' names the unknown source 'populr'; there are retriever, similar, "
        + "popular, trending, latest")
    #expect(
      text([.init("a", diversity: 2)])
        == "experiment.arms: the diversity of 'a' is 2.0; it goes from 0 to 1")
    #expect(text([.init("a"), .init("b", share: 0, diversity: 0.5)]) == nil)
  }

  @Test func `is read from settings that say only what differs`() throws {
    let text = #"{"name":"e","arms":[{"name":"a"},{"name":"b","share":3,"sources":{"popular":1}}]}"#
    let experiment = try JSONDecoder().decode(Experiment.self, from: Data(text.utf8))
    #expect(
      experiment
        == Experiment(
          name: "e", salt: "e", arms: [.init("a"), .init("b", share: 3, sources: ["popular": 1])]))
  }
}
