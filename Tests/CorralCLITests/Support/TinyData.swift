import Foundation

/// A log that trains in a moment: two camps of users, each of which meets its own half of the items
/// in order, as `tiny.inter` and `tiny.item`.
enum TinyData {
  static let users = 60
  static let items = 40

  /// Writes the files into a new folder `tiny`, and returns it.
  static func write(into folder: URL) throws -> URL {
    let place = folder.appending(path: "tiny")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    var log = "user_id:token\titem_id:token\ttimestamp:float\n"
    for user in 0..<users {
      let camp = user % 2 * items / 2
      for step in 0..<10 {
        log += "u\(user)\ti\(camp + (user / 2 + step) % (items / 2))\t\(user * 100 + step)\n"
      }
    }
    var catalogue = "item_id:token\ttitle:token_seq\tgenre:token_seq\n"
    for item in 0..<items {
      catalogue += "i\(item)\tThe Item \(item)\t\(item < items / 2 ? "Left" : "Right")\n"
    }
    try Data(log.utf8).write(to: place.appending(path: "tiny.inter"))
    try Data(catalogue.utf8).write(to: place.appending(path: "tiny.item"))
    return place
  }

  /// Settings under which every model trains in about a second.
  static let quick = [
    "train.epochs=3", "train.batch=64", "train.rate=0.02",
    "evaluate.cutoffs=[5,10]", "evaluate.resamples=50", "als.sweeps=3", "train.threads=1",
  ].flatMap { ["--set", $0] }

  /// Trains a model on the tiny data with the binary, and returns its directory.
  static func trained(
    _ model: String, in folder: URL, _ more: String...
  ) throws -> (model: URL, outcome: Outcome) {
    try trained(model, in: folder, more)
  }

  /// Trains a model on the tiny data with the binary, and returns its directory.
  static func trained(
    _ model: String, in folder: URL, _ more: [String]
  ) throws -> (model: URL, outcome: Outcome) {
    let place = folder.appending(path: model)
    let data = folder.appending(path: "tiny")
    if !FileManager.default.fileExists(atPath: data.path) { _ = try write(into: folder) }
    let outcome = try Binary.run(
      ["train", "--data", data.path, "--out", place.path, "--set", "retriever.model=\(model)"]
        + (model == "popularity" ? [] : ["--set", "retriever.dimension=8"]) + quick + more)
    return (place, outcome)
  }
}
