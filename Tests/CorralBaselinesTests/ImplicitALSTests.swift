import CorralBaselines
import CorralData
import CorralIndex
import CorralVectors
import Testing

struct `implicit ALS` {
  @Test func `solves a row to a gradient of zero`() throws {
    let (rows, items) = (log(users: 40, items: 30), 30)
    let (unobserved, lambda) = (0.1, 0.02)
    var training = ImplicitALSTraining(
      rows, weights: ones(rows), itemCount: items, settings: settings(regularisation: lambda))
    try training.updateUsers()
    let model = training.model
    for user in 0..<40 {
      let n = Double(rows[user].count) + unobserved * Double(items)
      var gradient = model.users[user].map { lambda * n * Double($0) }
      for item in 0..<items {
        let prediction = inner(model.users[user], model.items[item])
        let observed = rows[user].contains(ItemIndex(item))
        let slope = unobserved * prediction + (observed ? prediction - 1 : 0)
        for (k, value) in model.items[item].enumerated() { gradient[k] += slope * Double(value) }
      }
      #expect(gradient.allSatisfy { abs($0) < 1e-4 })
    }
  }

  @Test(
    arguments: [
      .cholesky, .conjugateGradients(steps: 20), .blocks(size: 16),
    ] as [Solver])
  func `folds a training user in to the trained vector`(
    solver: Solver
  ) throws {
    let rows = log(users: 40, items: 30)
    var training = ImplicitALSTraining(
      rows, weights: ones(rows), itemCount: 30,
      settings: settings(dimension: 24, regularisation: 0.1, solver: solver))
    for _ in 0..<3 { _ = try training.next() }
    for _ in 0..<8 { try training.updateUsers() }
    let model = training.model
    #expect(distance(try model.foldIn(rows), model.users) < 1e-3)
    let unknown = try model.vector(for: Query(history: Array(rows[7])))
    #expect(zip(unknown, model.users[7]).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect(try model.vector(for: Query(user: UserIndex(7))) == Array(model.users[7]))
  }

  @Test func `fits the observed pairs when nothing else pulls, and nothing when all pairs do`()
    throws
  {
    let rows = log(users: 20, items: 15)
    for (unobserved, expected) in [(1e-5, 1.0), (1e4, 0.0)] {
      let weighting = Weighting.frequencyScaled(
        unobserved: unobserved, exponent: 0)
      let training = try trained(
        rows, items: 15, settings(weighting, dimension: 4, regularisation: 0.01, sweeps: 30))
      let model = training.model
      for user in 0..<20 {
        for item in rows[user] {
          let prediction = inner(model.users[user], model.items[item.position])
          #expect(abs(prediction - expected) < 0.02)
        }
      }
    }
  }

  @Test func `permutes its vectors as users and items are permuted`() throws {
    let (users, items) = (30, 25)
    let rows = log(users: users, items: items)
    var rng = SeededGenerator(seed: 3)
    let (userOrder, itemOrder) = (rng.permutation(users), rng.permutation(items))
    var newPlace = [Int](repeating: 0, count: items)
    for (place, item) in itemOrder.enumerated() { newPlace[item] = place }
    let moved = Ragged(
      userOrder.map { user in rows[user].map { ItemIndex(newPlace[$0.position]) } })

    let settings = settings(sweeps: 3)
    var straight = ImplicitALSTraining(
      rows, weights: ones(rows), itemCount: items, settings: settings)
    var permuted = ImplicitALSTraining(
      moved, weights: ones(moved), itemCount: items, settings: settings)
    let start = straight.model
    permuted.resume(
      from: ImplicitALS(
        settings: settings, users: start.users.gathered(userOrder),
        items: start.items.gathered(itemOrder)),
      sweepsDone: 0)
    while try straight.next() != nil {}
    while try permuted.next() != nil {}
    #expect(distance(permuted.model.users, straight.model.users.gathered(userOrder)) < 1e-3)
    #expect(distance(permuted.model.items, straight.model.items.gathered(itemOrder)) < 1e-3)
  }

  @Test func `has the same optimum with and without frequency scaling when degrees are equal`()
    throws
  {
    let (count, degree, unobserved) = (24, 5, 0.2)
    let rows = Ragged(
      (0..<count).map { user in (0..<degree).map { ItemIndex((user + $0 * $0) % count) } })
    let n = Double(degree) + unobserved * Double(count)
    let scaled = try trained(
      rows, items: count,
      settings(.frequencyScaled(unobserved: unobserved, exponent: 1), regularisation: 0.01))
    let plain = try trained(
      rows, items: count,
      settings(.frequencyScaled(unobserved: unobserved, exponent: 0), regularisation: 0.01 * n))
    #expect(distance(scaled.model.users, plain.model.users) < 1e-3)
    #expect(distance(scaled.model.items, plain.model.items) < 1e-3)
    #expect(inner(scaled.model.users[0], scaled.model.users[0]) > 0.01)
  }

  @Test func `reaches the same loss with every block size`() throws {
    let rows = log(users: 80, items: 60)
    let losses = try [16, 32, 64].map { size in
      try trained(
        rows, items: 60,
        settings(dimension: 64, regularisation: 0.05, sweeps: 60, solver: .blocks(size: size))
      ).loss.total
    }
    let exact = try trained(
      rows, items: 60, settings(dimension: 64, regularisation: 0.05, sweeps: 60)
    ).loss.total
    for loss in losses { #expect(abs(loss - exact) < 1e-3 * exact) }
  }

  @Test func `counts a pair that occurs twice as one with both weights`() throws {
    let twice = Ragged([[0, 1, 1, 2], [3, 0], [2, 2, 3]].map { $0.map { ItemIndex($0) } })
    let once = Ragged([[0, 1, 2], [0, 3], [2, 3]].map { $0.map { ItemIndex($0) } })
    var left = ImplicitALSTraining(
      twice, weights: [1, 1, 0.5, 1, 1, 1, 2, 1, 1], itemCount: 4,
      settings: settings(.confidence(alpha: 3)))
    var right = ImplicitALSTraining(
      once, weights: [1, 1.5, 1, 1, 1, 3, 1], itemCount: 4,
      settings: settings(.confidence(alpha: 3)))
    while try left.next() != nil {}
    while try right.next() != nil {}
    #expect(left.model.users == right.model.users)
    #expect(left.model.items == right.model.items)
  }

  @Test func `is the same, bit for bit, again, with any number of threads, and when resumed`()
    throws
  {
    let rows = log(users: 200, items: 90)
    let settings = settings(
      .confidence(alpha: 4), dimension: 20, solver: .conjugateGradients(steps: 3))
    let whole = try trained(rows, items: 90, settings).model
    for threads in [1, 3, 0] {
      Parallel.threads = threads
      #expect(try trained(rows, items: 90, settings).model.users == whole.users)
    }

    var first = ImplicitALSTraining(rows, weights: ones(rows), itemCount: 90, settings: settings)
    for _ in 0..<2 { _ = try first.next() }
    var second = ImplicitALSTraining(rows, weights: ones(rows), itemCount: 90, settings: settings)
    second.resume(from: first.model, sweepsDone: first.sweepsDone)
    while try second.next() != nil {}
    #expect(second.model.users == whole.users)
    #expect(second.model.items == whole.items)
  }

  @Test func `finds the planted taste`() throws {
    // Even users like even items; a user misses a tenth of them, and those must come first.
    let (users, items) = (60, 40)
    let rows = Ragged(
      (0..<users).map { user in
        (0..<items).filter { $0 % 2 == user % 2 && ($0 / 2 + user / 2) % 10 != 0 }
          .map { ItemIndex($0) }
      })
    let model = try trained(rows, items: items, settings(.confidence(alpha: 10))).model
    for user in 0..<users {
      let scores = (0..<items).map { inner(model.users[user], model.items[$0]) }
      let unseen = (0..<items).filter { !rows[user].contains(ItemIndex($0)) }
      let best = unseen.sorted { scores[$0] > scores[$1] }.prefix(2)
      #expect(best.allSatisfy { $0 % 2 == user % 2 })
    }
  }

  @Test func `says what it does not know`() throws {
    let rows = log(users: 5, items: 5)
    let model = try trained(rows, items: 5, settings()).model
    let error = #expect(throws: BaselineError.self) {
      try model.vector(for: Query(user: UserIndex(9), history: [ItemIndex(77)]))
    }
    #expect(
      error?.description == """
        user 9 is unknown and none of the 1 items of the history is in the catalogue: \
        give a known user or a known item
        """)
  }

  @Test func `names the row that has no solution`() throws {
    let rows = Ragged([[ItemIndex(0)], [ItemIndex(1)]])
    var training = ImplicitALSTraining(
      rows, weights: [1, .nan], itemCount: 2, settings: settings())
    let error = #expect(throws: BaselineError.self) { try training.next() }
    #expect(
      error?.description == """
        the least squares problem of user 1 has no finite solution with regularisation 0.02: \
        raise it, or look for weights that are negative or not numbers
        """)
  }

  @Test func `refuses settings that make no sense, in words`() {
    var wrong = ImplicitALSSettings()
    wrong.solver = .blocks
    wrong.blockSize = 24
    #expect(
      #expect(throws: SettingError.self) { try wrong.validate() }?.description
        == "setting 'blockSize' is 24: give a multiple of 16")
    wrong.alpha = 0
    #expect(
      #expect(throws: SettingError.self) { try wrong.validate() }?.description
        == "setting 'alpha' is 0.0: give a number above 0")
  }
}
