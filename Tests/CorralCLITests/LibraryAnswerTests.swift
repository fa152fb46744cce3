import Corral
import Foundation
import Testing

/// The library answers as the command does, or refuses.
@Suite struct `answers through the library` {
  struct Answer: Decodable {
    struct Item: Decodable { let id: String }
    let items: [Item]
  }

  /// Trains a model with the binary, and gives it with a request of user `u3` and the command's answer.
  private func asked(
    _ model: String,
    _ body: (SavedModel, Query, (ItemIndex) -> Bool, _ ids: ([Candidate]) throws -> [String]) throws
      -> [String]
  ) throws {
    try withTemporaryFolder { folder in
      let (place, trained) = try TinyData.trained(model, in: folder)
      #expect(trained.code == 0, "\(trained.errors)")
      let command = try Binary.run("recommend", place.path, "--user", "u3", "-k", "6", "--json")
        .json(Answer.self).items.map(\.id)
      let saved = try SavedModel.open(place)
      let (users, items) = (
        try saved.vocabulary(ModelFile.users), try saved.vocabulary(ModelFile.items)
      )
      let user = try #require(users.position(of: "u3"))
      let history = Array(try saved.histories(itemCount: items.count)[user])
      let found = try body(
        saved, Query(user: UserIndex(user), history: history), { !history.contains($0) },
        { $0.map { items[$0.item.position] } })
      #expect(found == command, "\(model)")
    }
  }

  @Test(arguments: ["neumf", "mf", "comirec"])
  func `networks give the same list, by every item's score or through an index`(
    model: String
  ) throws {
    try asked(model) { saved, query, isAllowed, ids in
      let network = try FrozenRetriever(saved)
      let found = try ids(network.candidates(for: query, count: 6, where: isAllowed))
      let index = ExactIndex(network.itemVectors())
      if network.isInnerProduct {
        let searched = try index.search(for: query, by: network, count: 6, where: isAllowed)
        #expect(try ids(searched) == found)
      } else {
        #expect(throws: ModelsError.self) {
          try index.search(for: query, by: network, count: 6, where: isAllowed)
        }
        #expect(throws: ModelsError.self) { try network.vector(for: query) }
      }
      return found
    }
  }

  @Test func `popularity, implicit ALS and item2vec give the same list`() throws {
    try asked("popularity") { saved, query, isAllowed, ids in
      let model = try Popularity(saved.tensors(ModelFile.retriever))
      return try ids(
        ExactIndex(model.itemVectors).search(for: query, by: model, count: 6, where: isAllowed))
    }
    try asked("implicit-als") { saved, query, isAllowed, ids in
      var settings = ImplicitALSSettings()
      settings.dimension = 8
      let model = try ImplicitALS(saved.tensors(ModelFile.retriever), settings: settings)
      return try ids(
        ExactIndex(model.items).search(for: query, by: model, count: 6, where: isAllowed))
    }
    try asked("item2vec") { saved, query, isAllowed, ids in
      var settings = Item2VecSettings()
      settings.dimension = 8
      let model = try Item2Vec(saved.tensors(ModelFile.retriever), settings: settings)
      #expect(throws: BaselineError.self) { try model.vector(for: Query(user: query.user)) }
      return try ids(
        ExactIndex(model.outputs).search(for: query, by: model, count: 6, where: isAllowed))
    }
  }

  @Test(arguments: ["popularity", "implicit-als", "item2vec"])
  func `a model that is no network is named as what it is`(model: String) throws {
    try withTemporaryFolder { folder in
      let (place, _) = try TinyData.trained(model, in: folder)
      let saved = try SavedModel.open(place)
      do {
        _ = try FrozenRetriever(saved)
        Issue.record("\(model) was opened as a network")
      } catch {
        #expect("\(error)".contains("is \(model), which is not a network"), "\(error)")
        #expect(!"\(error)".contains("train the model again"), "\(error)")
      }
    }
  }
}
