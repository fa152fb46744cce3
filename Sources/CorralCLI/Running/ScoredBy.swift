import CorralData
import CorralModels

/// Which parts of a request decide the scores of a retriever.
enum ScoredBy {
  /// None: everybody has the same scores.
  case nothing
  /// The vector of a user that training met; for others, the history.
  case userFirst
  /// The history; without one, the vector of a user that training met.
  case historyFirst
  /// The history alone.
  case history
  /// What is known of the user, and the history.
  case both
}

extension OpenedModel {
  /// Which parts of a request decide the retriever's scores.
  var scoredBy: ScoredBy {
    switch model {
    case .popularity: .nothing
    case .implicitALS: .historyFirst
    case .item2vec: .history
    case .network(let network):
      switch network.settings {
      case .twoTower(let settings):
        settings.knowsUsers(network.catalogue) == false
          ? .history : settings.history.length == 0 ? .userFirst : .both
      case .caser: .both
      case .matrixFactorisation, .bprMF, .logisticMF, .neuMF, .dssm: .userFirst
      case .mind, .comiRec, .mmoe, .sasRec, .bert4Rec, .gru4Rec: .history
      }
    }
  }
}

extension TwoTowerSettings {
  /// Whether the query tower sees anything of a user but the history.
  fileprivate func knowsUsers(_ catalogue: Catalogue) -> Bool {
    userEmbedding == .on || (features == .on && !catalogue.users.columns.isEmpty)
  }
}

extension ScoredBy {
  /// What a history says that is given for a known user in place of the saved one.
  func meaningOfHistory(retriever: String) -> String {
    switch self {
    case .nothing:
      "\(retriever) scores items alike for everybody: the history only says what to leave out"
    case .userFirst:
      "\(retriever) scores by the user's own vector: the history only says what to leave out"
    case .historyFirst, .history: "\(retriever) scores by the history alone"
    case .both: "\(retriever) scores by what it knows of the user and by the history"
    }
  }
}
