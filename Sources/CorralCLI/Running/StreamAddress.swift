import CorralLive
import CorralStore
import CorralStreaming
import Foundation

/// Where a learner gets its events, and what is known of users and items there.
struct StreamAddress {
  /// The events.
  let source: any EventSource
  /// What is known of new users and items.
  let descriptions: Descriptions

  /// The stream at an address: `-`, the folder of a store, or a file that grows.
  init(_ address: String, deadLetter: URL?) throws {
    if address == "-" {
      source = StandardInput(deadLetter: deadLetter)
      descriptions = .none
      return
    }
    let place = URL(filePath: address)
    let database = place.appending(path: Store.databaseName)
    if FileManager.default.fileExists(atPath: database.path) {
      source = try StoreSource(place, deadLetter: deadLetter)
      descriptions = .store(try StoreReader(place))
    } else {
      source = try FileSource(place, deadLetter: deadLetter)
      descriptions = .none
    }
  }
}
