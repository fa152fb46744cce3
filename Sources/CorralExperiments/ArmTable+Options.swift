import CorralData
package import CorralSettings
import Foundation

extension ArmTable {
  /// What each held-out target is ranked among.
  package enum RankedAmong: String, Codable, Sendable, CaseIterable {
    /// All items, as a model serves them.
    case catalogue
    /// The items of its own cluster, by the retriever alone.
    case cluster
  }

  /// One way of training: a row of the table.
  package struct Arm: Codable, Equatable {
    package var name: String
    /// Settings over the defaults of the models, with the keys of a settings file.
    package var settings: SettingsTree
    /// The recall@10, ndcg@10 and mrr@10 that a paper published; empty if it published none.
    package var published: [Double]

    /// An arm with its settings.
    package init(name: String, settings: SettingsTree, published: [Double] = []) {
      (self.name, self.settings, self.published) = (name, settings, published)
    }

    /// Reads an arm that an experiment has saved.
    ///
    /// Earlier versions saved the settings as a list of `key.path=value`.
    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      published = try container.decode([Double].self, forKey: .published)
      let earlier = try decoder.container(keyedBy: EarlierKeys.self)
      guard let assignments = try earlier.decodeIfPresent([String].self, forKey: .set) else {
        settings = try container.decode(SettingsTree.self, forKey: .settings)
        return
      }
      settings = .group(SettingsGroup())
      for assignment in assignments { settings.merge(try SettingsAssignment(assignment).tree()) }
    }

    private enum CodingKeys: CodingKey { case name, settings, published }
    private enum EarlierKeys: CodingKey { case set }
  }

  /// The settings of an experiment: which arms it trains, how often, and on which data.
  package struct Options: Codable {
    /// The study, as `Study.name` has it.
    package var experiment: String
    /// The retriever and the ranker, in a study of pairs.
    package var pair: String
    package var seeds: [UInt64] = [1, 2, 3]
    /// Arms whose first training takes more seconds than this are not repeated with the other seeds;
    /// 0 repeats every arm.
    package var repeatWithin = 0.0
    /// Names of the arms that are repeated with the other seeds; empty for all.
    package var repeated: [String] = []
    /// Names of the arms to train; empty for all.
    package var only: [String] = []
    /// The arm that the others are tested against; the best one if this is empty or not trained.
    package var against: String
    /// The path of the data.
    package var data = ""
    /// Settings of every arm, in the form of `--set`; an arm skips the blocks that it does not read.
    package var set: [String] = []
    package var arms: [Arm]
    /// The metric that arms are ordered and tested by; empty for ndcg@10.
    package var headline = ""
    /// What each target is ranked among.
    package var rankedAmong = RankedAmong.catalogue

    /// The defaults of a study, for its first pair or another one.
    package init(_ study: Study, pair: String = "") throws {
      let pair = try study.pair(named: pair)
      experiment = study.name
      self.pair = pair.name
      against = study.against
      headline = study.headline
      rankedAmong = study.rankedAmong
      arms = pair.arms
    }

    /// The defaults of a study, under a file of an earlier experiment and each `key.path=value`.
    ///
    /// An assignment that is no option of the experiment is a setting of every arm.
    package init(_ study: Study, file: String?, assignments: [String]) throws {
      let own = [
        "seeds", "repeatWithin", "repeated", "only", "against", "arms", "pair", "headline",
        "rankedAmong",
      ]
      var (mine, ofArms): ([String], [String]) = ([], [])
      for assignment in assignments {
        if own.contains(try SettingsAssignment(assignment).names[0]) {
          mine.append(assignment)
        } else {
          ofArms.append(assignment)
        }
      }
      // The pair decides the arms, which the file may replace.
      var options = try Options(study)
      for _ in 0..<2 {
        var overlay = SettingsOverlay(try Options(study, pair: options.pair))
        try overlay.apply(file: file, assignments: mine)
        options = try overlay.decoded()
      }
      self = options
      self.set += ofArms
    }

    /// The settings that every arm was given, as the end of a sentence.
    package var settingsOfAll: String {
      self.set.isEmpty
        ? "" : "; every arm with " + self.set.map { "`\($0)`" }.joined(separator: ", ")
    }
  }
}

extension ArmTable.Options {
  /// Throws `ExperimentError` for options with which nothing can be trained or compared.
  package func validate() throws {
    guard !data.isEmpty else {
      throw ExperimentError("this experiment needs data: pass --data PATH")
    }
    guard !seeds.isEmpty else {
      throw ExperimentError("seeds is empty; give at least one, as in --set seeds=[1,2,3]")
    }
    guard repeatWithin >= 0 else {
      throw ExperimentError(
        "repeatWithin is \(repeatWithin); give seconds, or 0 to repeat every arm")
    }
    let names = arms.map(\.name)
    guard !names.isEmpty else {
      throw ExperimentError("arms is empty; leave it out, or give at least one")
    }
    let wanted = only + repeated + (against.isEmpty ? [] : [against])
    if let unknown = wanted.first(where: { !names.contains($0) }) {
      throw ExperimentError(
        "no arm is called '\(unknown)'; there are " + names.joined(separator: ", "))
    }
  }

  /// The settings of an arm's training, as `train` reads them.
  package func settings(of arm: ArmTable.Arm, seed: UInt64) throws -> Settings {
    var settings = try settings(of: arm, with: setRead(by: arm))
    settings.data.path = data
    settings.seed(seed)
    settings.dropUnreadImpressions()
    return settings
  }

  /// The blocks of settings that the training of an arm does not read.
  package func unreadBlocks(of arm: ArmTable.Arm) throws -> [String] {
    let settings = try settings(of: arm, with: [])
    return settings.method.unreadBlocks
      + (settings.ranker == .none ? ["ranker", "rankerTraining"] : [])
  }

  /// The settings of an arm's training, as `--set` takes them: one for each block of its own.
  func assignments(of arm: ArmTable.Arm) throws -> [String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let own = try (arm.settings.group?.entries ?? []).map { block in
      "\(block.name)=" + String(decoding: try encoder.encode(block.tree), as: UTF8.self)
    }
    return try own + setRead(by: arm)
  }

  /// The settings of every arm, without the blocks that an arm does not read.
  private func setRead(by arm: ArmTable.Arm) throws -> [String] {
    let unread = try unreadBlocks(of: arm)
    return try self.set.filter { !unread.contains(try SettingsAssignment($0).names[0]) }
  }

  private func settings(of arm: ArmTable.Arm, with assignments: [String]) throws -> Settings {
    var overlay = Settings.overlay()
    overlay.lay(arm.settings, from: "arm \(arm.name)")
    try overlay.apply(file: nil, assignments: assignments)
    return try overlay.decoded()
  }
}
