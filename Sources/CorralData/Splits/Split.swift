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
  /// What training may see.
  public let training: Ragged<ItemIndex>
  /// The reward r_i of each training interaction, aligned with `training.values`.
  public let weights: [Float]
  /// The targets of the validation part.
  public let validation: Ragged<ItemIndex>
  /// The targets of the test part.
  public let test: Ragged<ItemIndex>
  /// How the cut was made, in words for reports: `leave-one-out, in time`.
  public let rule: String
  /// Whether the order of a row means something: if not, histories are drawn from the row.
  public let isOrdered: Bool

  /// A split over parts that are already cut: as many rows in each as there are users.
  public init(
    itemCount: Int, training: Ragged<ItemIndex>, weights: [Float],
    validation: Ragged<ItemIndex>, test: Ragged<ItemIndex>, rule: String, isOrdered: Bool = true
  ) {
    precondition(
      training.count == validation.count && training.count == test.count
        && weights.count == training.values.count,
      "every part of a split has one row a user and every training interaction a weight")
    self.itemCount = itemCount
    self.training = training
    self.weights = weights
    self.validation = validation
    self.test = test
    self.rule = rule
    self.isOrdered = isOrdered
  }

  /// The number of users.
  public var userCount: Int { training.count }

  /// The targets of a held-out part, one row a user; users without any have an empty row.
  public func targets(_ part: HeldOut) -> Ragged<ItemIndex> {
    switch part {
    case .validation: validation
    case .test: test
    }
  }

  /// What is known of each user when a held-out part is predicted: the training interactions, and
  /// for the test part the validation targets after them.
  public func histories(before part: HeldOut) -> Ragged<ItemIndex> {
    switch part {
    case .validation: training
    case .test:
      Ragged((0..<userCount).lazy.map { [training, validation] in training[$0] + validation[$0] })
    }
  }

  /// How often each item occurs in training, `[items]`.
  public func itemCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: itemCount)
    for item in training.values { counts[item.position] += 1 }
    return counts
  }
}
