import CorralArtifacts
package import CorralData
package import CorralText
import Foundation

/// A data set as tables: what `data describe`, `train` and `quickstart` print first.
package enum DataTables {
  /// Users, items, interactions and how they were cut.
  package static func overview(_ data: LoadedData) -> Table {
    let facts = data.provenance
    var table = Table([("", .left), ("", .right), ("", .left)])
    table.add(["users", Format.count(facts.users), perUser(data)])
    table.add(["items", Format.count(data.dataset.interactedItemCount), skew(data)])
    let new = facts.items - data.dataset.interactedItemCount
    if new > 0 {
      table.add(["new items", Format.count(new), "without an interaction, placed by features"])
    }
    table.add([
      "interactions", Format.count(facts.interactions), Format.percent(data.density) + " dense",
    ])
    for file in data.report?.features ?? [] {
      table.add([
        "known", Format.percent(known(file)),
        "of its ids are in \(URL(filePath: file.path).lastPathComponent), by \(file.key)",
      ])
      if file.unused > 0 {
        table.add(["left out", Format.count(file.unused), "of its rows: without an interaction"])
      }
    }
    for (name, part) in [("validation", HeldOut.validation), ("test", .test)] {
      table.add([
        name, Format.count(data.split.targets(part).values.count),
        part == .test ? data.split.rule : "",
      ])
    }
    return table
  }

  /// The share of the users or items of the log that a file says something of.
  private static func known(_ file: LoadReport.FeatureFile) -> Double {
    Double(file.matched) / Double(max(1, file.matched + file.missing))
  }

  /// Half of the users have more than this.
  private static func perUser(_ data: LoadedData) -> String {
    let lengths = (0..<data.histories.count).map { data.histories[$0].count }.sorted()
    return "\(lengths[lengths.count / 2]) interactions each, by the median"
  }

  /// How unequal items are: the part of all interactions that the most popular ones have.
  private static func skew(_ data: LoadedData) -> String {
    let counts = data.split.itemCounts().sorted(by: >)
    let head = counts.prefix(max(1, counts.count / 100)).reduce(0, +)
    let share = Double(head) / Double(max(1, counts.reduce(0, +)))
    return "the top 1% have \(Format.percent(share)) of the interactions"
  }
}

extension DataTables {
  /// Counts, density, times, titles: what a data set is.
  package static func facts(_ data: DataDescription) -> Table {
    var table = Table([("", .left), ("", .right), ("", .left)])
    table.add(["users", Format.count(data.users), ""])
    table.add(["items", Format.count(data.items), titles(data)])
    if data.newItems > 0 {
      table.add(["new items", Format.count(data.newItems), "of these have no interaction"])
    }
    table.add([
      "interactions", Format.count(data.interactions),
      "\(Format.percent(1 - data.sparsity)) dense, "
        + (data.repeats == 0 ? "no repeats" : repeats(data.repeats)),
    ])
    if data.impressions > 0 {
      let share = Double(data.impressions) / Double(max(1, data.impressions + data.interactions))
      table.add([
        "impressions", Format.count(data.impressions),
        "shown and not taken: \(Format.percent(share)) of what was shown",
      ])
    }
    table.add([
      "popularity", String(format: "%.2f", data.popularity.gini),
      "Gini; the top 1% of items have \(Format.percent(data.popularity.topHundredth)), the top 10% "
        + Format.percent(data.popularity.topTenth),
    ])
    if let times = data.times {
      let first = times.firstDate?.prefix(10) ?? times.first[...]
      let last = times.lastDate?.prefix(10) ?? times.last[...]
      table.add(["times", "", "\(first) to \(last)"])
    } else {
      table.add(["times", "", "none: the order of the file counts"])
    }
    table.add([
      "memory", String(format: "%.0f", data.bytesPerInteraction), "bytes an interaction",
    ])
    return table
  }

  /// How interactions are spread over users and items.
  package static func spreads(_ data: DataDescription) -> Table {
    var table = Table(
      [("interactions of a", .left)]
        + ["min", "25%", "median", "75%", "90%", "max", "mean"].map { ($0, .right) })
    for (name, spread) in [("user", data.perUser), ("item", data.perItem)] {
      let counts = [
        spread.minimum, spread.lowerQuartile, spread.median, spread.upperQuartile,
        spread.ninthDecile, spread.maximum,
      ]
      table.add([name] + counts.map { Format.count($0) } + [String(format: "%.1f", spread.mean)])
    }
    return table
  }

  /// The features, context and labels, a row each.
  package static func features(_ data: DataDescription) -> Table {
    var table = Table([
      ("feature", .left), ("of", .left), ("kind", .left), ("categories", .right),
      ("coverage", .right), ("mean", .right),
    ])
    for feature in data.features {
      table.add([
        feature.name, feature.side, feature.kind,
        feature.categories > 0 ? Format.count(feature.categories) : "",
        Format.percent(feature.coverage), feature.mean.map { String(format: "%.3f", $0) } ?? "",
      ])
    }
    return table
  }

  private static func repeats(_ count: Int) -> String {
    count == 1 ? "1 repeat" : "\(Format.count(count)) repeats"
  }

  /// What was taken for what, and how much of the log the files beside it know.
  package static func sources(_ report: LoadReport) -> Table {
    var table = Table([("column", .left), ("is", .left), ("holds", .left)])
    for column in report.columns {
      table.add([column.name, "the \(column.role.words)", column.holds])
    }
    return table
  }

  /// The kinds of event, a row each, at most twenty.
  package static func events(_ report: LoadReport) -> Table {
    var table = Table([("kind of event", .left), ("rows", .right), ("counts", .left)])
    for kind in report.eventKinds.prefix(20) {
      table.add([
        kind.name, Format.count(kind.rows),
        kind.counted == 0
          ? "no" : kind.counted == kind.rows ? "yes" : "\(Format.count(kind.counted)) of them",
      ])
    }
    let rest = report.eventKinds.dropFirst(20)
    if !rest.isEmpty {
      table.add([
        "\(Format.count(rest.count)) more", Format.count(rest.reduce(0) { $0 + $1.rows }), "",
      ])
    }
    return table
  }

  /// The files of features, a row each: how much of the log they know.
  package static func matches(_ report: LoadReport) -> Table {
    var table = Table([
      ("file", .left), ("key", .left), ("rows", .right), ("known of the log", .right),
    ])
    for file in report.features {
      table.add([
        URL(filePath: file.path).lastPathComponent, file.key, Format.count(file.rows),
        Format.percent(known(file)),
      ])
    }
    return table
  }

  private static func titles(_ data: DataDescription) -> String {
    data.titles > 0 ? "\(Format.percent(data.titles)) with a title" : "without titles"
  }
}
