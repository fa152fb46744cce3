package import CorralData
package import Torch

/// The items that training never met: of them a network knows their features, or nothing.
///
/// A table of ids starts from random numbers, and negatives push every item that is never a target
/// away from everybody. So the id of an item without a training interaction says nothing about it.
/// It is set to zero when a model is frozen, which adds nothing to the sum of an item's parts, like
/// an unknown feature. So is the embedding of a category that no trained item has.
package struct UntrainedItems {
  /// Whether each item has a training interaction.
  private let isTrained: [Bool]
  private let features: FeatureTable
  /// For each column of categories by name, whether an item with an interaction has the category.
  private let knownCategories: [String: [Bool]]

  /// The items of a catalogue without a training interaction; items beyond the counts have none.
  package init(counts: [Int], features: FeatureTable) {
    let isTrained = (0..<features.count).map { $0 < counts.count && counts[$0] > 0 }
    self.isTrained = isTrained
    self.features = features
    var known: [String: [Bool]] = [:]
    if isTrained.contains(false) {
      for column in features.columns {
        guard case .categories(let rows, let vocabulary) = column.values else { continue }
        var isKnown = [Bool](repeating: false, count: vocabulary.count)
        for item in 0..<rows.count where isTrained[item] {
          for category in rows[item] { isKnown[Int(category)] = true }
        }
        known[column.name] = isKnown
      }
    }
    knownCategories = known
  }

  /// Whether every item has a training interaction.
  package var areNone: Bool { !isTrained.contains(false) }

  /// The items that a retriever can place: those of training, and, if it sees features, those with
  /// a known feature.
  package func placed(by settings: RetrieverSettings) -> PlacedItems {
    if areNone { return .all }
    guard settings.model.placesItemsByFeatures else { return PlacedItems(isTrained) }
    return PlacedItems(isTrained.indices.map { isTrained[$0] || hasKnownFeature($0) })
  }

  /// Whether training could learn one of the features of an item.
  private func hasKnownFeature(_ item: Int) -> Bool {
    features.columns.contains { column in
      switch column.values {
      case .categories(let rows, _):
        rows[item].contains { knownCategories[column.name]?[Int($0)] ?? false }
      case .numbers(let numbers): numbers[item].isFinite
      }
    }
  }

  /// Stored parameters of a network with zeros in the rows that it could not learn: those of these
  /// items, and those of categories that no trained item has.
  ///
  /// - Parameters:
  ///   - stored: the values by name.
  ///   - parameters: those that the network claimed, which say what their rows stand for.
  ///   - path: what comes before a name of `stored` among the claimed names, as `retriever.`.
  /// - Returns: the values by the same names.
  package func forgotten(
    _ stored: [String: StoredTensor], of parameters: Parameters, under path: String = ""
  ) -> [String: StoredTensor] {
    if areNone { return stored }
    var result = stored
    for (name, tensor) in stored {
      if let isKept = rowsKept(of: parameters.rows(of: path + name)) {
        result[name] = tensor.clearing(rowsWithout: isKept, in: name)
      }
    }
    return result
  }

  /// Sets the rows of these items to zero before training, so that what is known of them is their
  /// features, and not the random numbers that the others start from.
  package func forget(in parameters: Parameters) {
    guard !areNone else { return }
    for parameter in parameters.all where parameter.rows == .items {
      let cleared = StoredTensor(parameter.tensor)
        .clearing(rowsWithout: isTrained, in: parameter.name)
      parameter.tensor.write(cleared.values)
    }
  }

  /// Which rows of a parameter training could learn; `nil` if it could learn all of them.
  private func rowsKept(of rows: ParameterRows) -> [Bool]? {
    switch rows {
    case .items: isTrained
    case .itemCategories(let column): knownCategories[column]
    case .users, .userCategories, .other: nil
    }
  }
}

extension StoredTensor {
  /// The tensor with zeros in some of its rows; traps unless it has as many rows as flags.
  fileprivate func clearing(rowsWithout isKept: [Bool], in name: String) -> StoredTensor {
    guard shape.first == isKept.count else {
      fatalError(
        "parameter '\(name)' has shape \(shape), and was claimed with \(isKept.count) rows of items "
          + "or categories")
    }
    let width = shape.dropFirst().reduce(1, *)
    var values = values
    for (row, isKept) in isKept.enumerated() where !isKept {
      for position in row * width..<(row + 1) * width { values[position] = 0 }
    }
    return StoredTensor(shape: shape, values: values)
  }
}
