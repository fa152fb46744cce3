import CorralIndex
import CorralVectors
import Foundation
import Testing

struct QuotaRuleTests {
  /// A case of sharing out, drawn at random.
  struct Case {
    var rule: QuotaRule
    let count: Int
    var shares: [Float]
    let available: [Int]

    init(using generator: inout SeededGenerator) {
      let clusters = 1 + generator.next(below: 12)
      rule = QuotaRule(
        alpha: [0, 0.25, 0.5, 1, 1.5, 2, 7][generator.next(below: 7)],
        cap: [1, 0.5, 0.3, 0.07][generator.next(below: 4)])
      count = generator.next(below: 60)
      shares = (0..<clusters).map { _ in
        generator.next(below: 8) == 0 ? 0 : Float(generator.uniform())
      }
      let most = [3, 10, 100][generator.next(below: 3)]
      available = (0..<clusters).map { _ in generator.next(below: most) }
    }

    var places: Int { min(count, available.reduce(0, +)) }
    var quotas: [Int] { rule.quotas(count, shares: shares, available: available) }
  }

  /// Quotas by their definition: the level that fills the list is searched for by halving.
  static func twin(_ each: Case) -> [Int] {
    func filled(_ places: Int, _ limits: [Int], _ weights: [Double]) -> [Int] {
      // Clusters of no share come after all others.
      let good = limits.indices.filter { weights[$0] > 0 }.reduce(0) { $0 + limits[$1] }
      if good < places {
        let first = filled(good, limits.indices.map { weights[$0] > 0 ? limits[$0] : 0 }, weights)
        let rest = limits.indices.map { weights[$0] > 0 ? 0 : limits[$0] }
        let second = filled(places - good, rest, weights.map { _ in 1 })
        return zip(first, second).map { $0 + $1 }
      }
      var (low, high) = (0.0, 1e30)
      for _ in 0..<400 {
        let level = (low + high) / 2
        let sum = zip(limits, weights).reduce(0) { $0 + min(Double($1.0), level * $1.1) }
        if sum < Double(places) { low = level } else { high = level }
      }
      let parts = zip(limits, weights).map { min(Double($0), high * $1) }
      var quotas = parts.map { Int($0 + 1e-9) }
      let rising = parts.indices.sorted {
        let (a, b) = (parts[$0] - Double(quotas[$0]), parts[$1] - Double(quotas[$1]))
        return abs(a - b) > 1e-9 ? a > b : $0 < $1
      }
      for cluster in rising.prefix(places - quotas.reduce(0, +)) { quotas[cluster] += 1 }
      return quotas
    }
    let weights = each.shares.map { pow(Double($0), each.rule.alpha) }
    let most = Int(each.rule.cap * Double(each.count) + 1e-9)
    let capped = each.available.map { min($0, most) }
    let first = min(each.places, capped.reduce(0, +))
    let quotas = filled(first, capped, weights)
    let left = zip(each.available, quotas).map { $0 - $1 }
    return zip(quotas, filled(each.places - first, left, weights)).map { $0 + $1 }
  }

  @Test func `quotas are those of the definition`() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<3000 {
      let each = Case(using: &generator)
      #expect(each.quotas == Self.twin(each), "\(each)")
    }
  }

  @Test func `with a block, a short list is the beginning of a longer one`() {
    var generator = SeededGenerator(seed: 9)
    var differ = 0
    for _ in 0..<1000 {
      var each = Case(using: &generator)
      each.rule.block = 1 + generator.next(below: 20)
      let blocks = each.rule.blocks(each.count, shares: each.shares, available: each.available)
      let sums = each.available.indices.map { cluster in blocks.reduce(0) { $0 + $1[cluster] } }
      #expect(sums.reduce(0, +) == each.places)
      #expect(zip(sums, each.available).allSatisfy { $0 <= $1 })
      for count in stride(from: 0, through: each.count, by: each.rule.block ?? 1) {
        let shorter = each.rule.blocks(count, shares: each.shares, available: each.available)
        #expect(count == 0 || Array(blocks.prefix(shorter.count)) == shorter)
      }
      if sums != each.quotas { differ += 1 }
      each.rule.block = nil
      #expect(
        each.rule.blocks(each.count, shares: each.shares, available: each.available)
          == [each.quotas])
    }
    // Quotas of parts are rounded part by part, so that a block is no idle setting.
    #expect(differ > 100)
  }

  @Test func `quotas fill the list, or use up what there is`() {
    var generator = SeededGenerator(seed: 2)
    var short = 0
    for _ in 0..<3000 {
      let each = Case(using: &generator)
      #expect(each.quotas.reduce(0, +) == each.places)
      #expect(zip(each.quotas, each.available).allSatisfy { 0 <= $0 && $0 <= $1 })
      if each.places < each.count {
        #expect(each.quotas == each.available)
        short += 1
      }
    }
    #expect(short > 100)
  }

  @Test func `a cap holds until the other clusters are used up`() {
    var generator = SeededGenerator(seed: 3)
    var (held, gave) = (0, 0)
    for _ in 0..<3000 {
      let each = Case(using: &generator)
      let most = Int(each.rule.cap * Double(each.count) + 1e-9)
      let room = each.available.reduce(0) { $0 + min($1, most) }
      if room >= each.places {
        #expect(each.quotas.allSatisfy { $0 <= most })
        held += 1
      } else {
        #expect(zip(each.quotas, each.available).allSatisfy { $0 >= min($1, most) })
        gave += 1
      }
    }
    #expect(held > 100 && gave > 100)
  }

  @Test func `a larger share never gets fewer places`() {
    var generator = SeededGenerator(seed: 4)
    var more = 0
    for _ in 0..<3000 {
      var each = Case(using: &generator)
      let cluster = generator.next(below: each.shares.count)
      let before = each.quotas[cluster]
      each.shares[cluster] += Float(generator.uniform())
      #expect(each.quotas[cluster] >= before, "\(each)")
      if each.quotas[cluster] > before { more += 1 }
    }
    #expect(more > 300)
  }

  @Test func `an alpha of 0 gives all clusters alike, the first ones one more`() {
    let rule = QuotaRule(alpha: 0)
    let rich = [Int](repeating: 100, count: 7)
    for count in 0...40 {
      let quotas = rule.quotas(count, shares: [0.9, 0.05, 0.05, 0, 0, 0, 0], available: rich)
      #expect(quotas == (0..<7).map { count / 7 + ($0 < count % 7 ? 1 : 0) })
    }
  }

  @Test(arguments: [400.0, 1e9, .infinity])
  func `a large alpha gives all to the best cluster, then to the next`(alpha: Double) {
    let rule = QuotaRule(alpha: alpha)
    let shares: [Float] = [0.2, 0.1, 0.4, 0.3]
    #expect(rule.quotas(20, shares: shares, available: [9, 9, 50, 9]) == [0, 0, 20, 0])
    #expect(rule.quotas(20, shares: shares, available: [9, 9, 7, 9]) == [4, 0, 7, 9])
  }

  @Test func `equal remainders give the place to the lower cluster`() {
    let rule = QuotaRule()
    #expect(
      rule.quotas(2, shares: [0.25, 0.25, 0.25, 0.25], available: [5, 5, 5, 5]) == [1, 1, 0, 0])
    #expect(rule.quotas(5, shares: [0.5, 0.25, 0.25], available: [9, 9, 9]) == [3, 1, 1])
    // 3.5, 2.1, 1.4: the half goes first.
    #expect(rule.quotas(7, shares: [0.5, 0.3, 0.2], available: [9, 9, 9]) == [4, 2, 1])
  }

  @Test func `what a cluster cannot take goes to the others in proportion`() {
    let rule = QuotaRule()
    // 12 places by 6 : 4 : 2 would be 6, 4, 2; the first takes 3, and 9 are left for 4 : 2.
    #expect(rule.quotas(12, shares: [0.6, 0.4, 0.2], available: [3, 99, 99]) == [3, 6, 3])
    #expect(
      QuotaRule(cap: 0.5).quotas(12, shares: [0.9, 0.05, 0.05], available: [99, 99, 99]) == [
        6, 3, 3,
      ])
    // The others are used up: the cap gives way.
    #expect(
      QuotaRule(cap: 0.5).quotas(12, shares: [0.9, 0.05, 0.05], available: [99, 1, 2]) == [9, 1, 2])
  }

  @Test func `shares that say nothing are all alike, and so are those below 0 and nan`() {
    let rule = QuotaRule(alpha: 2)
    #expect(rule.quotas(4, shares: [0, 0], available: [9, 9]) == [2, 2])
    #expect(rule.quotas(4, shares: [.nan, 1, -1], available: [9, 9, 9]) == [0, 4, 0])
    #expect(rule.quotas(4, shares: [.nan, 1, -1], available: [9, 2, 9]) == [1, 2, 1])
    #expect(rule.quotas(0, shares: [1], available: [3]) == [0])
    #expect(rule.quotas(-1, shares: [1], available: [3]) == [0])
    #expect(rule.quotas(5, shares: [], available: []) == [])
  }

  @Test func `shares of other clusters and impossible rules trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = QuotaRule().quotas(3, shares: [1], available: [1, 2])
    }
    await #expect(processExitsWith: .failure) { _ = QuotaRule(alpha: -1) }
    await #expect(processExitsWith: .failure) { _ = QuotaRule(cap: 1.5) }
    await #expect(processExitsWith: .failure) { _ = QuotaRule(block: 0) }
  }
}
