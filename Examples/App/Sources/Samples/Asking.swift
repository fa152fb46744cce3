import Corral

/// Opens a model, and asks for a known user.
func openAModel() throws -> Recommender {
  let recommender = try Recommender.open("films-model")
  let found = try recommender.recommend(Request(user: "1", count: 10))
  for item in found.items { print(item.title ?? item.id) }
  return recommender
}

/// The other questions.
func ask(_ recommender: Recommender) throws {
  // Somebody anonymous, by what they just met; with the reasons of each recommendation.
  var request = Request(history: ["1", "2", "3"], count: 5)
  request.isExplained = true
  for item in try recommender.recommend(request).items {
    print(item.id, item.because?.first?.id ?? "-")
  }

  // Many users at once share the work; ask for some hundred at a time.
  let requests = ["1", "2", "3"].map { Request(user: $0, count: 5) }
  for found in try recommender.recommend(requests) { print(found.items.map(\.id)) }

  // What is like an item, and how good given items are for somebody.
  print(try recommender.similar(to: "1", count: 5).map(\.id))
  print(try recommender.score(["1", "2"], for: Request(user: "3")))
}

/// Only some items.
func filter(_ recommender: Recommender) throws {
  // Make a set once, and use it in many requests.
  let offered = try recommender.items(["1", "2", "3", "4", "5", "6", "7", "8"])
  var request = Request(user: "1", count: 3)
  request.allowed = offered
  request.excluded = try recommender.items(["4"])
  let found = try recommender.recommend(request)
  if let shortage = found.shortage { print("only \(shortage.found) are left") }
  if found.fallback != nil { print("the model knows nothing of this user: what is popular") }
}

/// One recommender, many threads.
func answerFromManyThreads(_ recommender: Recommender) async {
  await withTaskGroup(of: Void.self) { group in
    for user in ["1", "2", "3", "4"] {
      group.addTask {
        let found = try? recommender.recommend(Request(user: user, count: 10))
        print(user, found?.items.first?.id ?? "-")
      }
    }
  }
}

/// Only items with some features.
func filterByFeatures(_ recommender: Recommender) throws {
  let dramas = try recommender.items("genres", are: "Drama")
  let recent = try recommender.items("year", in: 2000...2030)
  var request = Request(user: "1", count: 5)
  request.allowed = dramas.intersection(recent)
  for item in try recommender.recommend(request).items { print(item.title ?? item.id) }
}
