/// A held-out part.
public enum HeldOut: String, Sendable, Codable, CaseIterable {
  /// The part on which settings are chosen.
  case validation
  /// The part that is reported and never chosen on.
  case test
}

/// A data set split into a training part and two held-out parts.
///
/// Rows are users in vocabulary order. The interactions of a row are in time order, or in file
/// order if the log has no times.
public struct Split: Sendable {
  /// The number of items in the catalogue, including those without training interactions.
  public let itemCount: Int
  /// The number of items with an interaction in any part; new items come after them.
  ///
  /// Negatives are drawn from these items and held-out targets are ranked among them. A new item is
  /// never a target.
  package let interactedItemCount: Int
  /// The training interactions.
  public let training: Ragged<ItemIndex>
  /// The reward r_i of each training interaction, aligned with `training.values`.
  package let weights: [Float]
  /// The targets of the validation part.
  public let validation: Ragged<ItemIndex>
  /// The targets of the test part.
  public let test: Ragged<ItemIndex>
  /// The name of the split in reports: `leave-one-out, in time`.
  package let rule: String
  /// Whether the order of a row is meaningful.
  ///
  /// If not, histories are drawn from the row.
  package let isOrdered: Bool
  /// The number of interactions with the same time as another one of their user.
  ///
  /// Ties are in file order. 0 if times do not order the interactions.
  package let tiedInteractions: Int
  /// Context and labels of the training interactions, aligned with `training.values`.
  package let trainingColumns: InteractionColumns
  /// Context and labels of the validation targets, aligned with `validation.values`.
  package let validationColumns: InteractionColumns
  /// Context and labels of the test targets, aligned with `test.values`.
  package let testColumns: InteractionColumns
  /// The impressions that training may use, for rankers.
  package let impressions: TrainingImpressions

  /// Creates a split from its parts; each has one row per user.
  package init(
    itemCount: Int, interactedItemCount: Int? = nil, training: Ragged<ItemIndex>,
    weights: [Float],
    validation: Ragged<ItemIndex>, test: Ragged<ItemIndex>, rule: String, isOrdered: Bool = true,
    tiedInteractions: Int = 0,
    trainingColumns: InteractionColumns = InteractionColumns(),
    validationColumns: InteractionColumns = InteractionColumns(),
    testColumns: InteractionColumns = InteractionColumns(),
    impressions: TrainingImpressions = TrainingImpressions()
  ) {
    precondition(
      training.count == validation.count && training.count == test.count
        && weights.count == training.values.count,
      "every part of a split has one row per user, and every training interaction has a weight")
    precondition(
      trainingColumns.fit(training.values.count) && validationColumns.fit(validation.values.count)
        && testColumns.fit(test.values.count),
      "context and labels of a split have one row for each interaction of their part")
    self.itemCount = itemCount
    self.interactedItemCount = interactedItemCount ?? itemCount
    self.training = training
    self.weights = weights
    self.validation = validation
    self.test = test
    self.rule = rule
    self.isOrdered = isOrdered
    self.tiedInteractions = tiedInteractions
    self.trainingColumns = trainingColumns
    self.validationColumns = validationColumns
    self.testColumns = testColumns
    self.impressions = impressions
  }

  /// A note on interactions of a user at the same time, or `nil` if there are none.
  package var tiesLine: String? {
    if tiedInteractions == 0 { return nil }
    let all = training.values.count + validation.values.count + test.values.count
    return
      "\(tiedInteractions) of \(all) interactions share their time with another of the same user;"
      + " these are in the order of the file"
  }

  /// The number of users.
  public var userCount: Int { training.count }

  /// Returns the targets of a held-out part, one row per user; users without any have an empty row.
  package func targets(_ part: HeldOut) -> Ragged<ItemIndex> {
    switch part {
    case .validation: validation
    case .test: test
    }
  }

  /// Returns context and labels of the targets of a held-out part, aligned with their values.
  package func columns(_ part: HeldOut) -> InteractionColumns {
    switch part {
    case .validation: validationColumns
    case .test: testColumns
    }
  }

  /// Returns the context in which each user's targets of a held-out part are predicted, one row per
  /// user.
  ///
  /// It is the context of the first target, because a request is made once, before all of them. It
  /// is unknown for users without targets.
  package func context(of part: HeldOut, users: [UserIndex]) -> ContextTable {
    let context = columns(part).context
    if context.isEmpty { return ContextTable(count: users.count) }
    let targets = targets(part)
    return context.gathered(
      users.map { user in
        let first = targets.offsets[user.position]
        return first < targets.offsets[user.position + 1] ? first : nil
      })
  }

  /// Returns the history of each user when a held-out part is predicted: the training interactions,
  /// followed for the test part by the validation targets.
  package func histories(before part: HeldOut) -> Ragged<ItemIndex> {
    switch part {
    case .validation: training
    case .test:
      Ragged((0..<userCount).lazy.map { [training, validation] in training[$0] + validation[$0] })
    }
  }

  /// Counts how often each item occurs in training, `[items]`.
  package func itemCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: itemCount)
    for item in training.values { counts[item.position] += 1 }
    return counts
  }

  /// Counts how often each item with an interaction occurs in training, `[interactedItemCount]`;
  /// negatives are drawn from these.
  package func interactedItemCounts() -> [Int] { Array(itemCounts()[..<interactedItemCount]) }
}
