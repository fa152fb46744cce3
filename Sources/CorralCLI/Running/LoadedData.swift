import CorralArtifacts
import CorralData
import Foundation

/// A data set, cut, with the hash of its files.
struct LoadedData {
  let dataset: Dataset
  /// What became of every row; none where nothing was read.
  let report: LoadReport?
  let split: Split
  let provenance: Manifest.DataProvenance
  /// Everything that each user did, oldest first: what a model that serves knows of them.
  let histories: Ragged<ItemIndex>

  /// Reads and cuts what the settings name.
  init(_ settings: DataSettings, console: Console) throws {
    guard !settings.path.isEmpty else {
      throw InputError.options(
        """
        no data: pass --data PATH, or set data.path in the settings file; \
        `corral data synthesize PATH` makes some
        """)
    }
    console.detail("reading \(settings.path)")
    let (dataset, report) = try Dataset.load(settings)
    console.note(console.noteStyle.dim(report.columnsLine))
    console.say(report.notes)
    for problem in report.problems.prefix(5) { console.warn("\(problem)") }
    if report.badRows > 0 {
      console.warn("\(Format.counted(report.badRows, "bad row")) dropped, as data.tolerance allows")
    }
    self.dataset = dataset
    self.report = report
    split = try dataset.split(settings.split)
    if let ties = split.tiesLine { console.say([DataNote(.note, ties)]) }
    histories = split.everything
    provenance = Manifest.DataProvenance(
      path: URL(filePath: settings.path).standardizedFileURL.path,
      sha256: try FileHash.sha256(of: dataset.files.map { URL(filePath: $0) }),
      users: dataset.users.count, items: dataset.items.count, interactions: dataset.log.count)
  }

  /// One line about the size: what a data table starts with.
  var summary: String {
    """
    \(dataset.name): \(Format.counted(provenance.users, "user")), \
    \(Format.counted(provenance.items, "item")), \
    \(Format.counted(provenance.interactions, "interaction")) \
    (\(Format.percent(density)) dense), \(split.rule)
    """
  }

  /// The share of the pairs of a user and an item with an interaction that have one, in
  /// O(interactions).
  var density: Double {
    Double(dataset.pairCount) / Double(max(1, dataset.users.count))
      / Double(max(1, dataset.interactedItemCount))
  }
}

extension Split {
  /// The whole history of each user: training, then validation, then test.
  var everything: Ragged<ItemIndex> {
    Ragged(
      (0..<userCount).lazy.map { [training, validation, test] user in
        training[user] + validation[user] + test[user]
      })
  }
}
