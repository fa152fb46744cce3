/// Everything that is wrong with the files of a data set, as `data validate` prints it.
package struct DataReport: Sendable, Equatable, Codable {
  /// The report of loading.
  package var load = LoadReport()
  /// Why the data set cannot be loaded; empty if it can.
  package var failure = ""
  /// The number of rows with a problem.
  package var problemCount = 0
  /// The first problems, with file and line.
  package var problems: [RowProblem] = []
  /// Remarks that are not errors.
  package var notes: [DataNote] = []

  /// Whether loading succeeds without tolerating bad rows.
  package var isValid: Bool { failure.isEmpty && problemCount == 0 }

  /// Reads everything that the settings name and keeps up to `limit` problems.
  ///
  /// Rules and filters are applied as in loading. It does not throw: an error becomes the report's
  /// `failure`.
  package init(validating settings: DataSettings, limit: Int = 1000) {
    var tolerant = settings
    tolerant.tolerance = .max
    let loader = DatasetLoader(settings: tolerant, problemLimit: limit)
    do {
      let dataset = try loader.load(&load)
      notes = Self.notes(on: dataset, load)
      let split = try dataset.split(settings.split)
      if let ties = split.tiesLine { notes.append(DataNote(.note, ties)) }
      if let line = split.account(of: .test).maskedLine(of: .test) {
        notes.append(DataNote(.note, line))
      }
    } catch DataError.emptySplit(let reason) {
      // The rows are good; more data or another rule would help.
      notes.append(DataNote(.warning, "nothing could be held out: \(reason)"))
    } catch {
      failure = "\(error)"
    }
    problemCount = load.badRows
    problems = load.problems
  }

  private static func notes(on dataset: Dataset, _ load: LoadReport) -> [DataNote] {
    var notes =
      load.incomplete.map { DataNote(.note, $0.description) } + load.notes
    func note(_ count: Int, _ one: String, _ many: String) {
      if count > 0 {
        notes.append(DataNote(.note, count == 1 ? "1 \(one)" : "\(count) \(many)"))
      }
    }
    let blank = load.files.reduce(0) { $0 + $1.blankLines }
    note(blank, "line is blank", "lines are blank")
    let excluded = load.files.reduce(0) { $0 + $1.excluded }
    note(excluded, "row is dropped by data.only", "rows are dropped by data.only")
    let uncounted = load.files.reduce(0) { $0 + $1.uncounted }
    note(uncounted, "row meets no rule of data.events", "rows meet no rule of data.events")
    let impressions = load.files.reduce(0) { $0 + $1.impressions }
    note(
      load.impressions, "row is an impression: an item that was shown and not taken",
      "rows are impressions: items that were shown and not taken")
    note(
      impressions - load.impressions, "impression is of a user or an item without an interaction",
      "impressions are of users or items without an interaction")
    for match in load.matches where match.rows == 0 {
      notes.append(DataNote(.note, "no row meets the rule '\(match.rule)'"))
    }
    note(load.repeatsDropped, "repeat is dropped", "repeats are dropped")
    note(
      load.filter.interactions, "interaction is dropped by data.filter",
      "interactions are dropped by data.filter")
    for file in load.features {
      note(
        file.missing, "identifier of the log is not in \(file.path)",
        "identifiers of the log are not in \(file.path)")
      note(
        file.unused, "row of \(file.path) has no interaction: not used",
        "rows of \(file.path) have no interaction: not used")
    }
    let repeats = DataDescription(dataset).repeats
    note(
      repeats, "interaction repeats an earlier one of its user with the same item",
      "interactions repeat an earlier one of their user with the same item")
    return notes
  }
}
