import Foundation

extension Dataset {
  /// Reads the data set that the settings describe, and says what became of every row.
  ///
  /// Parsing uses all cores. Throws `DataError` for what cannot be read, and for more bad rows
  /// than `settings.tolerance`.
  public static func load(_ settings: DataSettings) throws -> (dataset: Dataset, report: LoadReport)
  {
    var report = LoadReport()
    let dataset = try DatasetLoader(settings: settings).load(&report)
    return (dataset, report)
  }
}

/// Reads a data set step by step; shared by loading and validating.
struct DatasetLoader {
  let settings: DataSettings
  /// How many problems are kept; all are counted.
  var problemLimit = 100

  /// Loads, and reports as far as it gets.
  func load(_ report: inout LoadReport) throws -> Dataset {
    let start = ContinuousClock.now
    let source = try DataSource(
      path: settings.path, userFile: settings.userFile, itemFile: settings.itemFile)
    let read = try readLog(source, &report)
    try tolerate(report)
    var log = read.log
    let (userCount, itemCount) = (read.users.count, read.items.count)
    if log.count == 0 { throw nothingLeft(report) }
    if let rows = settings.repeats.rows(of: log, users: userCount, items: itemCount) {
      report.repeatsDropped = log.count - rows.count
      log = log.gathered(rows)
    }
    if let rows = settings.filter.rows(
      of: log, users: userCount, items: itemCount, report: &report.filter)
    {
      log = log.gathered(rows)
    }
    if log.count == 0 { throw nothingLeft(report) }
    let keptUsers = Renumbering(inUse: log.users.lazy.map(\.position), of: userCount)
    let keptItems = Renumbering(inUse: log.items.lazy.map(\.position), of: itemCount)
    let kept = log.renumbered(users: keptUsers, items: keptItems)
    let impressions = read.impressions.renumbered(users: keptUsers, items: keptItems)
    let users = keptUsers.keepsAll ? read.users : read.users.gathered(keptUsers.kept)
    let items = keptItems.keepsAll ? read.items : read.items.gathered(keptItems.kept)
    report.filter.users = userCount - users.count
    report.filter.items = itemCount - items.count
    report.interactions = kept.count
    report.impressions = impressions.count
    let userSide = try features(source.users, \.user, users, &report)
    let itemSide = try features(
      source.items, \.item, items, keepingNewOf: settings.newItems == .keep ? read.items : nil,
      &report)
    report.newItems = itemSide.map { $0.vocabulary.count - items.count } ?? 0
    try tolerate(report)
    if settings.order == .time, !kept.hasTimes {
      throw DataError.badSetting(
        name: "data.order", value: "time",
        reason: "the interactions have no times; name their column with data.columns.time")
    }
    let dataset = Dataset(
      name: source.name, log: kept, impressions: impressions, users: users,
      items: itemSide?.vocabulary ?? items, interactedItemCount: items.count,
      userFeatures: userSide?.table,
      itemFeatures: itemSide?.table, titles: itemSide?.titles ?? [], order: settings.order,
      files: source.interactions + [source.users, source.items].compactMap(\.self))
    report.seconds = start.duration(to: .now) / .seconds(1)
    return dataset
  }

  /// The interactions of all files, before repeats and filters.
  func readLog(
    _ source: DataSource, _ report: inout LoadReport
  ) throws -> InteractionReader.Log {
    var reader = InteractionReader(problemLimit: problemLimit)
    for path in source.interactions {
      let file = try FileBytes(path: path)
      let (layout, format, samples) = try TableLayout.ofInteractions(file, settings)
      report.format = format
      for note in layout.notes { report.note("\(path): \(note)") }
      var events = settings.events
      let keeps = settings.impressions == .keep
      if format == .kuairand, events.isEmpty {
        events = keeps ? ["click": 1, "is_click==0": 0] : ["click": 1]
      }
      let weight = try settings.columns.findOptional(
        \.weight, "weight", "data.columns.weight", in: layout, file: path)
      if let weight, events.isEmpty {
        let name = layout.names[weight]
        events = EventRules([name: .value])
        if keeps { events.weights["\(name)==0"] = .fixed(0) }
      }
      let plan = try RowPlan(
        layout: layout, settings: settings, events: events, file: path, samples: samples)
      let read = try reader.read(file, plan: plan)
      for (rule, count) in zip(plan.rules, read.matches) {
        report.matches[rule.text, default: 0] += count
      }
      report.files.append(read)
      // Rows are numbered with 32 bits.
      if report.files.reduce(0, { $0 + max($1.kept, $1.impressions) }) >= Int(Int32.max) {
        throw DataError.unreadable(
          file: path,
          reason: "more than 2,147,483,646 interactions are kept; keep fewer with data.only or"
            + " data.events")
      }
    }
    report.problems = reader.problems
    let log = reader.finish()
    report.notes += log.notes
    return log
  }

  /// What is known of users or items, when there is a file of it.
  func features(
    _ path: String?, _ role: KeyPath<ColumnNames, String>, _ vocabulary: Vocabulary,
    keepingNewOf met: Vocabulary? = nil, _ report: inout LoadReport
  ) throws -> FeatureReader.Features? {
    guard let path else { return nil }
    var reader = try FeatureReader(
      FileBytes(path: path), of: role, columns: settings.columns, vocabulary: vocabulary,
      keepingNewOf: met)
    let features = try reader.read()
    report.features.append(features.report)
    report.problems += features.problems.prefix(problemLimit - report.problems.count)
    report.incomplete += features.notes.prefix(problemLimit - report.incomplete.count)
    return features
  }

  private func tolerate(_ report: LoadReport) throws {
    if report.badRows > settings.tolerance {
      throw DataError.badRows(
        count: report.badRows, tolerance: settings.tolerance,
        first: Array(report.problems.prefix(10)))
    }
  }

  private func nothingLeft(_ report: LoadReport) -> DataError {
    let bad = report.badRows
    let excluded = report.files.reduce(0) { $0 + $1.excluded }
    let uncounted = report.files.reduce(0) { $0 + $1.uncounted + $1.impressions }
    return .nothingLeft(
      reason: "\(settings.path): no interaction is left of \(report.rows) rows: \(excluded) dropped"
        + " by data.only, \(uncounted) by data.events, \(bad) bad, \(report.repeatsDropped)"
        + " repeated, \(report.filter.interactions) dropped by data.filter; ask for less")
  }
}
