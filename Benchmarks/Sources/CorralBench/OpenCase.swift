import ArgumentParser
import CorralArtifacts
import CorralBaselines
import CorralData
import CorralVectors
import Foundation

/// Opens a saved model of many users and items: checked, its ids found by their bytes, its histories
/// and vectors in memory.
struct OpenCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "open")

  enum Kind: String, ExpressibleByArgument {
    case popularity
    case implicitALS = "implicit-als"
  }

  @Argument(help: "The folder of the model.")
  var folder: String
  @Option(help: "The retriever: popularity or implicit-als.")
  var kind: Kind
  @Flag(help: "Make the model instead of opening it.")
  var make = false
  @Option(help: "Users of a model that is made.")
  var users = 2_000_000
  @Option(help: "Items of a model that is made.")
  var items = 1_000_000
  @OptionGroup var threads: Threads

  private static let dimension = 8

  func run() throws {
    threads.apply()
    if make {
      try write()
    } else {
      try Worker.serve { ["seconds": try Worker.seconds(open)] }
    }
  }

  private func open() throws {
    let model = try SavedModel.open(URL(filePath: folder))
    let (users, (items, histories)) = try Parallel.both {
      try model.vocabulary(ModelFile.users)
    } _: {
      let items = try model.vocabulary(ModelFile.items)
      return (items, try model.histories(itemCount: items.count))
    }
    let tensors = try model.tensors(ModelFile.retriever)
    switch kind {
    case .popularity:
      let counts: [Int64] = try tensors.array("counts")
      _ = Popularity(counts: counts.map(Int.init))
    case .implicitALS:
      var settings = ImplicitALSSettings()
      settings.dimension = Self.dimension
      _ = ImplicitALS(
        settings: settings, users: try tensors.matrix("users"), items: try tensors.matrix("items"))
    }
    guard users.position(of: users[users.count - 1]) == users.count - 1,
      histories.count == users.count, items.position(of: "nothing") == nil
    else { throw ValidationError("the model is not the one that was made") }
  }

  private func write() throws {
    var generator = SeededGenerator(seed: 1)
    let manifest = Manifest(
      kinds: ["retriever": kind.rawValue], settings: .object([:]),
      data: .init(path: "made up", sha256: "", users: users, items: items, interactions: 5 * users),
      metrics: .object([:]), created: .init(by: "CorralBench", machine: "", seconds: 0))
    try SavedModel.write(to: URL(filePath: folder), manifest: manifest) { folder in
      try folder.write(
        Texts((0..<users).lazy.map { "customer-\($0)" }), as: ModelFile.users)
      try folder.write(Texts((0..<items).lazy.map { "sku-\($0)" }), as: ModelFile.items)
      try folder.write(
        Ragged(
          values: (0..<5 * users).map { _ in
            ItemIndex(Int.random(in: 0..<items, using: &generator))
          }, offsets: Array(stride(from: 0, through: 5 * users, by: 5))), as: ModelFile.histories)
      func vectors(_ rows: Int) -> Matrix {
        let values = (0..<rows * Self.dimension).map { _ in
          Float.random(in: -1...1, using: &generator)
        }
        return Matrix(rows: rows, columns: Self.dimension, values: values)
      }
      let tensors =
        switch kind {
        case .popularity: [SafetensorsTensor("counts", (0..<items).map(Int64.init))]
        case .implicitALS:
          [SafetensorsTensor("users", vectors(users)), SafetensorsTensor("items", vectors(items))]
        }
      try folder.write(tensors, as: ModelFile.retriever)
    }
  }
}
