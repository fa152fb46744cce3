import CorralEvaluation
import CorralSettings
import CorralText
import Foundation

/// An experiment whose rows are trained models, as a YAML file describes it.
///
/// The file holds these keys:
/// - `question`: what the experiment answers.
/// - `rows`: the title of the first column.
/// - `against`: the arm that the others are tested against; if left out, the best one.
/// - `arms`: a list of arms, in the order of their training. Each has a `name`, `settings` as a
///   settings file has them, and `published` numbers of a paper.
/// - `each`: `retriever` adds an arm for every retriever, with its defaults.
/// - `publishedOn`: the data on which those numbers were measured.
/// - `columns`: the metrics of the table, as `recall@20` or `clusters@50`; if left out, recall@10, ndcg@10
///   and mrr@10. Published numbers are of these.
/// - `headline`: the metric that arms are ordered and tested by; if left out, ndcg@10.
/// - `rankedAmong`: `cluster` ranks each target among the items of its own cluster, by the retriever
///   alone; if left out, `catalogue`.
/// - `pairs`: in a study of pairs, `arms` and `publishedOn` of each pair, by its name.
/// - `include`: another file with named parts of settings, grouped by pair in a study of pairs. An
///   arm lists the `parts` it is made of; its own settings win over them.
package struct Study {
  /// What `corral experiment run` takes: the name of a built-in study, or the path of a file.
  package let name: String
  /// What the experiment answers.
  package let question: String
  /// The title of the first column.
  package let rows: String
  /// The arm that the others are tested against; empty for the best of them.
  package let against: String
  /// The metrics of the table; empty for the usual ones.
  package let columns: [String]
  /// The metric that arms are ordered and tested by; empty for the usual one.
  let headline: String
  /// What each target is ranked among.
  let rankedAmong: ArmTable.RankedAmong
  /// The tables of a study of pairs; any other study has one pair, without a name.
  package let pairs: [Pair]

  /// The arms of one table.
  package struct Pair {
    /// The name, as in `sasrec+din`.
    package let name: String
    /// The data on which the published numbers were measured; empty if there are none.
    package let publishedOn: String
    /// The arms, in the order of their training.
    package let arms: [ArmTable.Arm]
  }

  /// The file's name without its folder and its extension.
  package var title: String { URL(filePath: name).deletingPathExtension().lastPathComponent }

  /// Whether each pair has a table of its own.
  package var isOfPairs: Bool { !pairs[0].name.isEmpty }

  /// The pair with a name; the first pair for an empty name.
  ///
  /// Throws `SettingsError` for an unknown name. A study without pairs takes any name.
  package func pair(named name: String) throws -> Pair {
    if name.isEmpty || !isOfPairs { return pairs[0] }
    guard let pair = pairs.first(where: { $0.name == name }) else {
      throw SettingsError.wrongValue(
        path: "pair",
        reason: "'\(name.shortened)' is not one of "
          + pairs.map(\.name).joined(separator: ", "))
    }
    return pair
  }

  /// Reads and checks a study.
  ///
  /// Throws `SettingsError` or `ExperimentError`, which name the file and the key.
  init(name: String, file: StudyFile) throws {
    let description = try file.described()
    self.name = name
    question = description.question
    rows = description.rows
    against = description.against
    (columns, headline) = (description.columns, description.headline)
    rankedAmong = description.rankedAmong
    guard !question.isEmpty else { throw file.error("it has no 'question'") }
    for column in columns
    where ListMetric(named: column) == nil && (try? Metric(named: column)) == nil {
      throw file.error("'columns' has '\(column)', which is no metric; give one such as recall@20")
    }
    if !headline.isEmpty, (try? Metric(named: headline)) == nil {
      throw file.error("'headline' is '\(headline)'; give a metric such as recall@20")
    }
    let parts = try description.include.isEmpty ? nil : file.included(description.include)
    let entries = description.pairs.group?.entries ?? []
    switch (description.arms.isEmpty, entries.isEmpty) {
    case (true, true): throw file.error("it has neither 'arms' nor 'pairs'")
    case (false, false): throw file.error("it has both 'arms' and 'pairs'; leave one out")
    case (false, true):
      pairs = [
        Pair(
          name: "", publishedOn: description.publishedOn,
          arms: try file.arms(description.arms, parts: parts))
      ]
    case (true, false):
      guard description.publishedOn.isEmpty else {
        throw file.error("it has 'pairs', and so 'publishedOn' belongs into each pair")
      }
      pairs = try entries.map { entry in
        let pair = try file.pair(entry)
        return Pair(
          name: entry.name, publishedOn: pair.publishedOn,
          arms: try file.arms(pair.arms, parts: parts?.parts(ofPair: entry.name)))
      }
    }
    for pair in pairs where !against.isEmpty && !pair.arms.contains(where: { $0.name == against }) {
      throw file.error("'against' is '\(against)', and no arm is called that")
    }
  }
}

extension Study {
  /// The studies that come with Corral: `Studies/NAME.yaml`.
  private static let files: KeyValuePairs = [
    "popularity-bias": PackageResources.popularity_bias_yaml,
    "retrievers": PackageResources.retrievers_yaml,
    "corr-main": PackageResources.corr_main_yaml,
    "corr-pairs": PackageResources.corr_pairs_yaml,
    "corr-samplers": PackageResources.corr_samplers_yaml,
    "corr-distillation": PackageResources.corr_distillation_yaml,
    "corr-negatives": PackageResources.corr_negatives_yaml,
    "dnc-main": PackageResources.dnc_main_yaml,
    "dnc-strong": PackageResources.dnc_strong_yaml,
    "dnc-in-cluster": PackageResources.dnc_in_cluster_yaml,
    "dnc-alpha": PackageResources.dnc_alpha_yaml,
    "dnc-large": PackageResources.dnc_large_yaml,
    "dnc-ranker": PackageResources.dnc_ranker_yaml,
  ]

  /// The files that those studies include.
  private static let includes = [
    "pairs.yaml": PackageResources.pairs_yaml, "clusters.yaml": PackageResources.clusters_yaml,
  ]

  /// The names of the studies that come with Corral.
  package static var names: [String] { files.map(\.key) }

  /// A study that comes with Corral; `nil` for an unknown name.
  package init?(named name: String) throws {
    guard let text = Self.files.first(where: { $0.key == name })?.value else { return nil }
    try self.init(
      name: name,
      file: StudyFile(
        String(decoding: text, as: UTF8.self), from: "\(name).yaml", include: Self.builtIn))
  }

  /// The study in a file of the user; files that it includes stand beside it or come with Corral.
  package init(contentsOf path: String) throws {
    try self.init(
      name: path,
      file: StudyFile(Self.text(of: path), from: path) { name in
        let beside = URL(filePath: path).deletingLastPathComponent().appending(path: name).path
        if FileManager.default.fileExists(atPath: beside) {
          return (try Self.text(of: beside), beside)
        }
        return Self.builtIn(name)
      })
  }

  private static func text(of path: String) throws -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw ExperimentError("cannot read the study \(path): it is not text")
    }
    return text
  }

  private static func builtIn(_ name: String) -> (text: String, source: String)? {
    includes[name].map { (String(decoding: $0, as: UTF8.self), name) }
  }
}
