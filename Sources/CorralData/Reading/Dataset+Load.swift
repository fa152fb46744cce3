import CorralVectors
import Foundation

extension Dataset {
  /// Reads the data set that the settings describe, and reports what happened to every row.
  ///
  /// Parsing uses all cores. Throws `DataError` for what cannot be read and for more bad rows than
  /// `settings.tolerance`, and `SettingError` for a setting that cannot be used.
  public static func load(_ settings: DataSettings) throws -> (dataset: Dataset, report: LoadReport)
  {
    try SettingError.within("data") { try settings.validate() }
    var report = LoadReport()
    let dataset = try DatasetLoader(settings: settings).load(&report)
    return (dataset, report)
  }
}

/// Reads a data set step by step, for loading and for validating.
struct DatasetLoader {
  let settings: DataSettings
  /// The most problems that are kept; all are counted.
  var problemLimit = 100

  /// Loads the data set; the report is filled even if loading fails.
  func load(_ report: inout LoadReport) throws -> Dataset {
    try SettingError.within("data") { try read(&report) }
  }

  private func read(_ report: inout LoadReport) throws -> Dataset {
    let start = ContinuousClock.now
    let source = try DataSource(
      path: settings.path, userFile: settings.userFile, itemFile: settings.itemFile,
      rule: settings.split.rule)
    let read = try readLog(source, &report)
    try tolerate(report)
    var log = read.log
    var parts = fileParts(source, report)
    let (userCount, itemCount) = (read.users.count, read.items.count)
    if log.count == 0 { throw nothingLeft(report) }
    if let rows = settings.repeats.rows(of: log, users: userCount, items: itemCount) {
      report.repeatsDropped = log.count - rows.count
      log = log.gathered(rows)
      parts = parts?.keeping(rows)
    }
    if let rows = settings.filter.rows(
      of: log, users: userCount, items: itemCount, report: &report.filter)
    {
      log = log.gathered(rows)
      parts = parts?.keeping(rows)
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
    let userSide = try features(source.users, .user, users, read, &report)
    let itemSide = try features(
      source.items, .item, items, read, keepingNewOf: settings.newItems == .keep ? read.items : nil,
      &report)
    report.newItems = itemSide.map { $0.vocabulary.count - items.count } ?? 0
    try tolerate(report)
    if settings.order == .time, !kept.hasTimes {
      throw SettingError(
        "order", text: "time",
        "the interactions have no times; name their column with data.columns.time")
    }
    let dataset = Dataset(
      name: source.name, log: kept, impressions: impressions, users: users,
      items: itemSide?.vocabulary ?? items, interactedItemCount: items.count,
      userFeatures: userSide?.table,
      itemFeatures: itemSide?.table, titles: itemSide?.titles ?? [], order: settings.order,
      files: source.interactions + [source.users, source.items].compactMap(\.self)
        + (settings.impressionFile.isEmpty ? [] : [settings.impressionFile]),
      fileParts: parts)
    report.seconds = start.duration(to: .now).inSeconds
    return dataset
  }

  /// The log before repeats and filters are dropped, with the roles of its columns.
  struct ReadLog {
    var log: InteractionLog
    var impressions: InteractionLog
    var users: Vocabulary
    var items: Vocabulary
    var roles: ColumnRoles
    var sample: LogSample
  }

  /// Reads the interactions of all files.
  private func readLog(_ source: DataSource, _ report: inout LoadReport) throws -> ReadLog {
    var reader = InteractionReader(problemLimit: problemLimit)
    let shared = try source.items.map {
      try TableLayout.ofFeatures(FileBytes(path: $0), settings.columns)
    }
    var first: (layout: TableLayout, roles: ColumnRoles, samples: [[String]], plan: RowPlan)?
    for path in source.interactions {
      let file = try FileBytes(path: path)
      let (layout, format, samples) = try TableLayout.ofInteractions(file, settings)
      report.format = format
      for note in layout.notes { report.note("\(path): \(note)") }
      // All parts of a log have the same columns.
      let roles =
        try first.flatMap { $0.layout.names == layout.names ? $0.roles : nil }
        ?? ColumnRoles(
          settings.columns, in: layout, samples: samples, shared: shared, file: path)
      let plan = try RowPlan(
        layout: layout, roles: roles, settings: settings,
        events: rules(of: format, layout: layout, roles: roles), file: path, samples: samples)
      if first == nil {
        first = (layout, roles, samples, plan)
        report.columns = roles.described
        remark(on: roles, layout: layout, source: source, file: path, &report)
      }
      let read = try reader.read(file, plan: plan)
      report.add(read, rules: plan.rules.map(\.text))
      // Row numbers have 32 bits.
      if report.files.reduce(0, { $0 + max($1.kept, $1.impressions) }) >= Int(Int32.max) {
        throw DataError.unreadable(
          file: path,
          reason: "more than 2,147,483,646 interactions are kept; keep fewer with data.only or"
            + " data.events")
      }
    }
    guard let first else { throw DataError.emptyFile(settings.path) }
    if !settings.impressionFile.isEmpty, settings.impressions == .keep {
      try readImpressions(into: &reader, like: first.plan.extras, &report)
    }
    report.problems = reader.problems
    report.eventKinds = reader.events.kinds(hasRules: !first.plan.rules.isEmpty)
    report.remarkOnEvents(hasRules: !first.plan.rules.isEmpty, namesEvents: first.plan.namesEvents)
    let log = reader.finish()
    report.notes += log.notes
    return ReadLog(
      log: log.log, impressions: log.impressions, users: log.users, items: log.items,
      roles: first.roles,
      sample: LogSample(
        names: first.layout.names, values: first.samples, others: first.roles.taken))
  }

  /// Returns the rules for a file: those of the settings, or else those of its format or its column
  /// of weights.
  private func rules(
    of format: DataFormat, layout: TableLayout, roles: ColumnRoles
  ) -> EventRules {
    guard settings.events.isEmpty else { return settings.events }
    let keeps = settings.impressions == .keep
    if let weight = roles.weight {
      let name = layout.names[weight]
      let value = EventRules.Rule(name, .value)
      return EventRules([value] + (keeps ? [EventRules.Rule("\(name)==0", .fixed(0))] : []))
    }
    if format == .kuairand { return keeps ? ["click": 1, "is_click==0": 0] : ["click": 1] }
    return EventRules()
  }

  /// Reads the file in which every row is an impression.
  private func readImpressions(
    into reader: inout InteractionReader, like log: ColumnPlan, _ report: inout LoadReport
  ) throws {
    let file = try FileBytes(path: settings.impressionFile)
    var settings = settings
    settings.format = .automatic
    let (layout, _, samples) = try TableLayout.ofInteractions(file, settings)
    let roles = try ColumnRoles(
      settings.columns, in: layout, samples: samples, file: settings.impressionFile)
    let plan = RowPlan(
      impressionsWith: log, layout: layout, roles: roles, file: settings.impressionFile)
    report.add(try reader.read(file, plan: plan), rules: [])
  }

  /// Adds notes on what was guessed about columns and files.
  private func remark(
    on roles: ColumnRoles, layout: TableLayout, source: DataSource, file: String,
    _ report: inout LoadReport
  ) {
    let usual = layout.column(named: ColumnRole.item.usual)
    if settings.columns.item == ColumnNames.automatic, let usual, usual != roles.item {
      report.note(
        "items are column '\(layout.names[roles.item])', which \(source.items ?? "") has as well,"
          + " and not '\(layout.names[usual])'; data.columns.item chooses")
    }
    if settings.columns.weight == ColumnNames.automatic, roles.weight == nil,
      let column = layout.column(named: ColumnRole.quantities), !roles.taken.contains(column)
    {
      let name = layout.names[column]
      report.note(
        "column '\(name)' is not used; data.columns.weight=\(name) makes it the weight of an"
          + " interaction")
    }
    if !source.parts.isEmpty {
      let takesParts = settings.split.rule == .automatic || settings.split.rule == .files
      report.note(
        "the data come split: \(source.interactions.joined(separator: ", "))"
          + (takesParts
            ? ""
            : settings.split.rule == .none
              ? "; the files are put together, and nothing is held out"
              : "; the files are put together and split again by '\(settings.split.rule.rawValue)'")
      )
    }
    if !source.otherParts.isEmpty, settings.split.rule == .automatic {
      report.note(
        "\(listed(source.otherParts)) beside \(file) \(source.otherParts.count == 1 ? "is" : "are")"
          + " not read; data.split.rule=files reads them all as one split")
    }
    let rule = settings.split.rule
    let needsOrder =
      rule == .leaveOneOut || rule == .automatic && source.parts.isEmpty
      || rule == .ratio && settings.split.order == .time
    if roles.time == nil, needsOrder, settings.columns.time == ColumnNames.automatic,
      settings.order == .automatic
    {
      report.warn(
        "no column holds the time, so that the order of the file decides what was last: "
          + (roles.possibleTimes.isEmpty
            ? "name the column with data.columns.time=NAME"
            : "\(listed(roles.possibleTimes)) could be it: \(roles.adviceOnTime)")
          + ", or set data.columns.time=none")
    }
    if let time = roles.time, let clock = roles.clock {
      report.warn(
        "column '\(layout.names[time])' holds days, and the times of day in column '\(clock)' are not"
          + " read: write both in one column, as in 2024-05-31 12:00")
    }
  }

  /// Returns where the parts of the log begin, if its files are parts.
  private func fileParts(_ source: DataSource, _ report: LoadReport) -> FileParts? {
    if source.parts.isEmpty { return nil }
    func rows(before part: SplitFiles.Part) -> Int {
      zip(source.parts, report.files).reduce(0) { $0 + ($1.0 < part ? $1.1.kept : 0) }
    }
    return FileParts(validationStart: rows(before: .validation), testStart: rows(before: .test))
  }

  /// Reads the features of users or items, if there is a file of them.
  private func features(
    _ path: String?, _ role: ColumnRole, _ vocabulary: Vocabulary, _ log: ReadLog,
    keepingNewOf met: Vocabulary? = nil, _ report: inout LoadReport
  ) throws -> FeatureReader.Features? {
    guard let path else { return nil }
    var columns = settings.columns
    columns.user = log.sample.names[log.roles.user]
    columns.item = log.sample.names[log.roles.item]
    let reader = try FeatureReader(
      FileBytes(path: path), of: role, settings: settings, log: columns, vocabulary: vocabulary,
      keepingNewOf: met)
    let features = try reader.read()
    report.features.append(features.report)
    report.problems += features.problems.prefix(problemLimit - report.problems.count)
    report.incomplete += features.notes.prefix(problemLimit - report.incomplete.count)
    for remark in features.remarks { report.note(remark) }
    let (matched, count) = (features.report.matched, vocabulary.count)
    if matched * 2 < count {
      let share = Double(matched) / Double(max(1, count))
      let advice = try reader.adviceOnMatching(log.sample, role)
      report.warn(
        "\(matched == 0 ? "none" : "\(matched)") of the \(count) \(role.rawValue)s of the log"
          + " (\(Int((share * 100).rounded()))%) \(matched == 1 ? "is" : "are") in \(path), by its column"
          + " '\(features.report.key)'"
          + (advice.isEmpty ? "" : "; " + advice.joined(separator: "; ")))
    }
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
    let kinds = settings.events.isEmpty ? [] : report.eventKinds.map(\.name)
    let excluded = report.files.reduce(0) { $0 + $1.excluded }
    let uncounted = report.files.reduce(0) { $0 + $1.uncounted + $1.impressions }
    return .nothingLeft(
      reason: "\(settings.path): no interaction is left of \(report.rows) rows: \(excluded) dropped"
        + " by data.only, \(uncounted) by data.events, \(bad) bad, \(report.repeatsDropped)"
        + " repeated, \(report.filter.interactions) dropped by data.filter; "
        + (kinds.isEmpty ? "" : "the kinds of event are \(listed(kinds)); ") + "weaken them")
  }
}
