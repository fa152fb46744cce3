import CorralVectors

/// An experiment on live traffic: arms that differ, and who gets which.
package struct Experiment: Sendable, Equatable, Codable {
  /// One way to answer.
  package struct Arm: Sendable, Equatable, Codable {
    package var name: String
    /// Its part of the traffic, relative to the sum of all arms' shares; 0 for nobody.
    package var share: Double
    /// The folder of its model; `nil` for the one that the service was started with.
    package var model: String?
    /// The share of a list that each source of candidates gives, by its name; `nil` for the
    /// service's setting.
    package var sources: [String: Double]?
    /// The dial of diversification; `nil` for the service's setting.
    package var diversity: Double?
    /// The dial of a model that searches clusters; `nil` for the model's setting.
    package var alpha: Double?

    /// An arm with a share of the traffic.
    package init(
      _ name: String, share: Double = 1, model: String? = nil, sources: [String: Double]? = nil,
      diversity: Double? = nil, alpha: Double? = nil
    ) {
      self.name = name
      self.share = share
      self.model = model
      self.sources = sources
      self.diversity = diversity
      self.alpha = alpha
    }

    private enum CodingKeys: CodingKey { case name, share, model, sources, diversity, alpha }

    /// Reads an arm, of which only the name is needed.
    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      share = try container.decodeIfPresent(Double.self, forKey: .share) ?? 1
      model = try container.decodeIfPresent(String.self, forKey: .model)
      sources = try container.decodeIfPresent([String: Double].self, forKey: .sources)
      diversity = try container.decodeIfPresent(Double.self, forKey: .diversity)
      alpha = try container.decodeIfPresent(Double.self, forKey: .alpha)
    }
  }

  package var name: String
  /// What makes this experiment divide the users independently of every other one.
  package var salt: String
  package var arms: [Arm]

  /// An experiment; without a salt, its name is the salt.
  package init(name: String, salt: String? = nil, arms: [Arm]) {
    self.name = name
    self.salt = salt ?? name
    self.arms = arms
  }

  private enum CodingKeys: CodingKey { case name, salt, arms }

  /// Reads an experiment; the salt may be left out.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .name)
    self.init(
      name: name, salt: try container.decodeIfPresent(String.self, forKey: .salt),
      arms: try container.decode([Arm].self, forKey: .arms))
  }

  /// Throws `ServiceError.badField` for arms that cannot divide traffic.
  package func validate() throws {
    func refuse(_ field: String, _ reason: String) throws -> Never {
      throw ServiceError.badField("experiment.\(field)", reason: reason)
    }
    if name.isEmpty { try refuse("name", "an experiment needs a name") }
    if arms.isEmpty { try refuse("arms", "the experiment '\(name)' has none") }
    var names: Set<String> = []
    for arm in arms {
      if arm.name.isEmpty { try refuse("arms", "every arm needs a name") }
      if !names.insert(arm.name).inserted {
        try refuse("arms", "two arms are called '\(arm.name)'")
      }
      if !(arm.share >= 0 && arm.share.isFinite) {
        try refuse("arms", "the share of '\(arm.name)' is \(arm.share); 0 or more is needed")
      }
      for (source, share) in (arm.sources ?? [:]).sorted(by: { $0.key < $1.key }) {
        if Source(rawValue: source) == nil {
          let known = Source.allCases.map(\.rawValue).joined(separator: ", ")
          try refuse(
            "arms", "'\(arm.name)' names the unknown source '\(source)'; there are \(known)")
        }
        if !(share >= 0 && share.isFinite) {
          try refuse("arms", "'\(arm.name)' gives '\(source)' a share of \(share)")
        }
      }
      if let diversity = arm.diversity, !(0...1).contains(diversity) {
        try refuse("arms", "the diversity of '\(arm.name)' is \(diversity); it goes from 0 to 1")
      }
      if let alpha = arm.alpha, !(alpha >= 0 && alpha.isFinite) {
        try refuse("arms", "the alpha of '\(arm.name)' is \(alpha); 0 or more is needed")
      }
    }
    if arms.allSatisfy({ $0.share == 0 }) {
      try refuse("arms", "the shares of all arms are 0")
    }
  }
}
