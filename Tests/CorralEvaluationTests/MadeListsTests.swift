import CorralData
import CorralEvaluation
import CorralVectors
import Testing

@Suite struct `lists that a model makes itself` {
  @Test(arguments: 1...4, [true, false])
  func `are measured as they are`(seed: Int, isMasking: Bool) throws {
    let world = RandomWorld(seed: UInt64(seed), users: 1500)
    var settings = settings([1, 5, 30])
    settings.seen = isMasking ? .masked : .ranked
    let ranking = try FullRanking(of: world.split, settings: settings)
    let expected = try ranking.evaluate(world.vectors)
    let histories = world.split.histories(before: .test)
    let measured = Set(expected.users.map(\.position))
    let found = try ranking.evaluate(
      .lists { users, count, masked in
        #expect(count == 30 && masked.count == users.count)
        return users.enumerated().map { row, user in
          guard measured.contains(user) else {
            #expect(masked[row].isEmpty)
            return []
          }
          #expect(Set(masked[row]) == (isMasking ? Set(histories[user]) : []))
          return world.ranking(for: user, part: .test, masking: isMasking).map(ItemIndex.init)
        }
      })
    #expect(found == expected)
  }

  @Test(arguments: 1...4)
  func `end with the items that the model cannot place`(seed: Int) throws {
    let world = RandomWorld(seed: UInt64(seed))
    var generator = SeededGenerator(seed: UInt64(seed), stream: 9)
    let flags = (0..<30).map { _ in generator.uniform() < 0.6 }
    let ranking = try FullRanking(of: world.split, settings: settings([20, 30]))
    let placed = PlacedItems(flags)
    let expected = try ranking.evaluate(
      .vectors(
        queries: { world.queries.gathered($0) }, items: world.items, placed: placed))
    // Whether or not the model adds them by itself.
    for isComplete in [true, false] {
      let found = try ranking.evaluate(
        .lists(placed: placed) { users, count, _ in
          users.map { user in
            let all = world.ranking(for: user, part: .test, masking: true)
            let list = all.filter { flags[$0] } + all.filter { !flags[$0] && isComplete }.sorted()
            return list.prefix(count).map(ItemIndex.init)
          }
        })
      #expect(found == expected)
    }
  }

  @Test func `trap if they hold an item twice, a masked one or a new one`() async {
    await #expect(processExitsWith: .failure) {
      let world = RankedWorld(users: 3, items: 20)
      _ = try FullRanking(of: world.split, settings: settings([5])).evaluate(
        .lists { users, _, _ in users.map { _ in [ItemIndex(9), ItemIndex(9)] } })
    }
    await #expect(processExitsWith: .failure) {
      let world = RankedWorld(users: 3, items: 20)
      _ = try FullRanking(of: world.split, settings: settings([5])).evaluate(
        .lists { users, _, _ in users.map { [ItemIndex($0)] } })
    }
    await #expect(processExitsWith: .failure) {
      let world = RankedWorld(users: 3, items: 20)
      _ = try FullRanking(of: world.split, settings: settings([5])).evaluate(
        .lists { users, _, _ in users.map { _ in [ItemIndex(20)] } })
    }
  }
}
