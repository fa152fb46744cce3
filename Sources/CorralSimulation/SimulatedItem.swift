import CorralVectors
import Foundation

/// The id of an item as a service knows it.
package typealias ItemID = String

/// What a service is told of an item that is born.
package struct NewItem: Sendable, Equatable {
  /// The id.
  package let id: ItemID
  /// A title that people can read: `Topic 3, item 17`.
  package let title: String
  /// The main topic: `Topic 3`.
  package let topic: String
}

/// An item of the world: everything follows from the seed and the item's number.
package struct SimulatedItem: Sendable, Equatable {
  /// The number: items that are born later have larger numbers.
  package let number: Int
  /// The main topic, from 0.
  package let topic: Int
  /// The day of birth; negative for an item that is older than the world.
  package let born: Int
  /// The shares of topics, of length 1, and the coordinates that no topic tells.
  let vector: [Float]
  /// What makes everybody like it.
  let quality: Float

  /// The item of a number.
  init(_ number: Int, _ settings: WorldSettings) {
    var random = SeededGenerator(settings.seed, .item, number)
    self.number = number
    // Topics follow a power law, so that some are crowded and some are niches.
    let share = Double(settings.topics).squareRoot() * random.uniform()
    topic = min(settings.topics - 1, Int(share * share))
    var vector = [Float](repeating: 0, count: settings.topics + settings.hidden)
    vector[topic] = 1
    let other = random.next(below: settings.topics)
    if other != topic { vector[other] = Float(0.5 * random.uniform()) }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for place in 0..<settings.topics { vector[place] /= length }
    for place in 0..<settings.hidden {
      vector[settings.topics + place] = Float(Self.hiddenSpread * random.normal())
    }
    self.vector = vector
    quality = Float(settings.quality * random.normal())
    born = Self.born(number, settings)
  }

  /// The deviation of the part of affinity that no topic tells.
  private static let hiddenSpread = 0.25

  /// The day on which an item is born.
  static func born(_ number: Int, _ settings: WorldSettings) -> Int {
    let births = settings.birthsPerDay
    if number >= settings.items { return 1 + (number - settings.items) / max(1, births) }
    guard births > 0, births < settings.items else { return births == 0 ? -1 : 0 }
    // What fades at random lives for a geometric time, so the first catalogue has such ages.
    var random = SeededGenerator(settings.seed, .age, number)
    let stays = 1 - Double(births) / Double(settings.items)
    return -Int(log(1 - random.uniform()) / log(stays))
  }

  /// The id: `i17`.
  package var id: ItemID { "i\(number)" }
  /// The name of the main topic: `Topic 3`.
  package var topicName: String { Self.topicName(topic) }
  /// The title: `Topic 3, item 17`.
  package var title: String { "\(topicName), item \(number)" }
  /// What a service is told of it.
  package var asNew: NewItem { NewItem(id: id, title: title, topic: topicName) }

  /// The name of a topic.
  static func topicName(_ topic: Int) -> String { "Topic \(topic + 1)" }

  /// The number of an id; `nil` for an id that no item has.
  static func number(of id: ItemID) -> Int? {
    guard id.hasPrefix("i"), let number = Int(id.dropFirst()), number >= 0, id == "i\(number)"
    else { return nil }
    return number
  }
}
