/// Which of the two held-out parts a model is measured on.
public enum HeldOut: String, Sendable, Codable, CaseIterable {
  /// The part that settings are chosen on.
  case validation
  /// The part that is reported, and never chosen on.
  case test
}

/// A data set cut into what is learned from and what is held out, user by user.
///
/// Rows are users, in vocabulary order; within a row interactions are in time order, or in file
/// order where the log has no time.
public struct Split: Sendable {
  /// The number of items in the catalogue, whether or not training saw them.
  public let itemCount: Int
  /// How many of them have an interaction in any part; new items stand behind them.
  ///
  /// Negatives are drawn from these, and held-out targets are ranked among these: a new item is
  /// never a target.
  package let interactedItemCount: Int
  /// What training may see.
  public let training: Ragged<ItemIndex>
  /// The reward r_i of each training interaction, aligned with `training.values`.
  package let weights: [Float]
  /// The targets of the validation part.
  public let validation: Ragged<ItemIndex>
  /// The targets of the test part.
  public let test: Ragged<ItemIndex>
  /// How the cut was made, in words for reports: `leave-one-out, in time`.
  public let rule: String
  /// Whether the order of a row means something: if not, histories are drawn from the row.
  package let isOrdered: Bool
  /// How many interactions have the time of another one of the same user.
  ///
  /// The order of these is that of the file. 0 where times put nothing in order.
  package let tiedInteractions: Int
  /// Context and labels of the training interactions, aligned with `training.values`.
  package let trainingColumns: InteractionColumns
  /// Context and labels of the validation targets, aligned with `validation.values`.
  package let validationColumns: InteractionColumns
  /// Context and labels of the test targets, aligned with `test.values`.
  package let testColumns: InteractionColumns
  /// What was shown to users and not taken, as far as training may know: for rankers.
  package let impressions: TrainingImpressions

  /// A split over parts that are already cut: as many rows in each as there are users.
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
      "every part of a split has one row a user and every training interaction a weight")
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

  /// The line on interactions of a user at the same time, or `nil` where there are none.
  package var tiesLine: String? {
    if tiedInteractions == 0 { return nil }
    let all = training.values.count + validation.values.count + test.values.count
    return
      "\(tiedInteractions) of \(all) interactions share their time with another of the same user;"
      + " these are in the order of the file"
  }

  /// The number of users.
  public var userCount: Int { training.count }

  /// The targets of a held-out part, one row a user; users without any have an empty row.
  package func targets(_ part: HeldOut) -> Ragged<ItemIndex> {
    switch part {
    case .validation: validation
    case .test: test
    }
  }

  /// Context and labels of the targets of a held-out part, aligned with their values.
  package func columns(_ part: HeldOut) -> InteractionColumns {
    switch part {
    case .validation: validationColumns
    case .test: testColumns
    }
  }

  /// The context of the request that each user's targets of a held-out part answer, one row a user.
  ///
  /// It is that of the first of the targets: a request is made once, before any of them. Nothing is
  /// known for users without targets.
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

  /// What is known of each user when a held-out part is predicted: the training interactions, and
  /// for the test part the validation targets after them.
  package func histories(before part: HeldOut) -> Ragged<ItemIndex> {
    switch part {
    case .validation: training
    case .test:
      Ragged((0..<userCount).lazy.map { [training, validation] in training[$0] + validation[$0] })
    }
  }

  /// How often each item occurs in training, `[items]`.
  package func itemCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: itemCount)
    for item in training.values { counts[item.position] += 1 }
    return counts
  }

  /// How often each item with an interaction occurs in training, `[interactedItemCount]`: what
  /// negatives are drawn from.
  package func interactedItemCounts() -> [Int] { Array(itemCounts()[..<interactedItemCount]) }
}
