import CorralModels
import CorralVectors
import Foundation
import Testing
import Torch

/// The losses of cascades that were there before: one for both stages, and lessons of the second
/// for the first.
@Suite struct `losses of cascades` {
  private let first = scores(3, 6, seed: 41)
  private let second = scores(3, 6, seed: 42)
  private let targets = [0, 2, 5]
  /// Column 1 of the first row is no negative.
  private let isMasked = [1]

  private func logits(_ values: Tensor) -> Logits {
    Logits(
      values: values, target: Tensor(targets),
      isMasked: Tensor((0..<18).map { isMasked.contains($0) }, shape: [3, 6]))
  }

  private func negatives(_ row: Int) -> [Int] {
    (0..<6).filter { $0 != targets[row] && !isMasked.contains(row * 6 + $0) }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test func `a soft cascade scores a column by the stage in which it ends`() throws {
    let rows = SoftCascade(passed: 2)(first: logits(first), second: logits(second))
    rows.sum().backward()
    #expect(first.gradient != nil && second.gradient != nil)
    let (m, r) = (first.matrix(), second.matrix())
    for row in 0..<3 {
      let negatives = negatives(row)
      let cut = sigmoid(Double(negatives.map { m[row, $0] }.sorted(by: >)[1]))
      func score(_ column: Int) -> Double {
        let (p, q) = (sigmoid(Double(m[row, column])), sigmoid(Double(r[row, column])))
        let passes = sigmoid((p - cut) / 0.1)
        return (1 - passes) * p + passes * q
      }
      let expected =
        -log(score(targets[row]))
        - negatives.reduce(0) { $0 + log(1 - score($1)) } / Double(negatives.count)
      #expect(abs(Double(rows.floats()[row]) - expected) < 1e-5)
    }
  }

  @Test func `only the negatives that the first stage scores best pass, and the positive`() {
    let passing = logits(second).passing(2, by: logits(first))
    let m = first.matrix()
    let masked = passing.isMasked?.bools() ?? []
    for row in 0..<3 {
      let best = negatives(row).sorted { m[row, $0] > m[row, $1] }.prefix(2)
      for column in 0..<6 {
        #expect(masked[row * 6 + column] == !(column == targets[row] || best.contains(column)))
      }
    }
  }

  @Test(arguments: [Float(0), 0.5, 1])
  func `tutor-learning follows the order and the values of the second stage`(share: Float) throws {
    let teacher = logits(second).passing(3, by: logits(first))
    let rows = TutorLearning(kept: 2, share: share)(logits(first), toward: teacher)
    rows.sum().backward()
    #expect(second.gradient == nil && first.gradient != nil)
    let (m, r) = (first.matrix(), second.matrix())
    let masked = teacher.isMasked?.bools() ?? []
    for row in 0..<3 {
      let there = (0..<6).filter { !masked[row * 6 + $0] }
      let kept = there.sorted { r[row, $0] > r[row, $1] }.prefix(2)
      func mean(_ columns: some Collection<Int>) -> Double {
        columns.reduce(0) { $0 + Double(m[row, $1]) } / Double(columns.count)
      }
      let order = log(1 + exp(mean(there.filter { !kept.contains($0) }) - mean(kept)))
      let gap =
        there.reduce(0) {
          $0 + pow(sigmoid(Double(m[row, $1])) - sigmoid(Double(r[row, $1])), 2)
        } / Double(there.count)
      let expected = Double(share) * order + Double(1 - share) * gap
      #expect(abs(Double(rows.floats()[row]) - expected) < 1e-5)
    }
  }
}
