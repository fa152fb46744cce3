package import CorralArtifacts
package import CorralData
import CorralText
import Foundation

/// A data set, cut into its parts, with the hash of its files.
package struct LoadedData: Sendable {
  package let dataset: Dataset
  /// What became of every row; `nil` for data that were made up.
  package let report: LoadReport?
  package let split: Split
  package let provenance: Manifest.DataProvenance
  /// Everything that each user did, oldest first: what a model that serves knows of them.
  package let histories: Ragged<ItemIndex>
  /// What reading guessed, dropped or could not use.
  package private(set) var notes: [DataNote]

  /// Reads and cuts what the settings name.
  package init(_ settings: DataSettings) throws {
    guard !settings.path.isEmpty else { throw PipelineError.noData }
    let (dataset, report) = try Dataset.load(settings)
    var notes = report.notes
    notes += report.problems.prefix(5).map { DataNote(.warning, "\($0)") }
    if report.badRows > 0 {
      notes.append(
        DataNote(
          .warning,
          "\(Format.counted(report.badRows, "bad row")) dropped, as data.tolerance allows"))
    }
    self.dataset = dataset
    self.report = report
    split = try dataset.split(settings.split)
    if let ties = split.tiesLine { notes.append(DataNote(.note, ties)) }
    self.notes = notes
    histories = split.everything
    provenance = Manifest.DataProvenance(
      path: URL(filePath: settings.path).standardizedFileURL.path,
      sha256: try FileHash.sha256(of: dataset.files.map { URL(filePath: $0) }),
      users: dataset.users.count, items: dataset.items.count, interactions: dataset.log.count)
  }

  /// Data that are made up, and nowhere on disk.
  package init(synthetic settings: SyntheticSettings, split rule: SplitRule) throws {
    let dataset = try Dataset.synthesized(settings)
    self.dataset = dataset
    report = nil
    notes = []
    split = try dataset.split(rule)
    histories = split.everything
    provenance = Manifest.DataProvenance(
      path: "synthetic, seed \(settings.seed)", sha256: "", users: dataset.users.count,
      items: dataset.items.count, interactions: dataset.log.count)
  }

  /// Adds something that the reader should know.
  mutating func note(_ note: DataNote) { notes.append(note) }

  /// One line about the size: what a data table starts with.
  package var summary: String {
    """
    \(dataset.name): \(Format.counted(provenance.users, "user")), \
    \(Format.counted(provenance.items, "item")), \
    \(Format.counted(provenance.interactions, "interaction")) \
    (\(Format.percent(density)) dense), \(split.rule)
    """
  }

  /// The share of all pairs of a user and an item with an interaction that have one.
  ///
  /// Takes O(interactions).
  package var density: Double {
    Double(dataset.pairCount) / Double(max(1, dataset.users.count))
      / Double(max(1, dataset.interactedItemCount))
  }
}

extension Split {
  /// The whole history of each user: training, then validation, then test.
  package var everything: Ragged<ItemIndex> {
    Ragged(
      (0..<userCount).lazy.map { [training, validation, test] user in
        training[user] + validation[user] + test[user]
      })
  }
}
