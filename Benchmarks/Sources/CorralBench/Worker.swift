import CorralTraining
import Foundation

/// Corral's end of `Benchmarks/bench/side.py`: set up, say so, then one round for every line read.
enum Worker {
  /// Prints the facts of the set-up, then the figures of a round for each line of standard input.
  static func serve(
    _ facts: [String: Double] = [:], round: () throws -> [String: Double]
  ) throws {
    try answer(facts)
    while readLine() != nil { try answer(round()) }
  }

  /// The seconds that a piece of work takes.
  static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let elapsed = try clock.measure(work)
    return elapsed / .seconds(1)
  }

  /// The median seconds of some steps of a training, after one that is not counted.
  static func medianStep(
    of count: Int,
    _ next: (_ progress: (StepProgress) -> Void, _ shouldStop: () -> Bool) throws -> Void
  ) rethrows -> Double {
    let clock = ContinuousClock()
    var last = clock.now
    var seconds: [Double] = []
    try next(
      { _ in
        let now = clock.now
        seconds.append((now - last) / .seconds(1))
        last = now
      }, { seconds.count > count })
    return seconds.dropFirst().sorted()[(seconds.count - 1) / 2]
  }

  private static func answer(_ figures: [String: Double]) throws {
    var line = try JSONEncoder().encode(figures)
    line.append(UInt8(ascii: "\n"))
    try FileHandle.standardOutput.write(contentsOf: line)
  }
}
