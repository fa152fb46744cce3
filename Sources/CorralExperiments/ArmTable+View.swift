import CorralEvaluation
package import CorralText
import Foundation

extension ArmTable.Results {
  /// The results as a table with a row for each arm, best first.
  ///
  /// - Parameters:
  ///   - title: The title of the first column.
  ///   - place: The data on which published numbers were measured; empty to leave them out.
  ///   - metrics: The metrics to show; empty for recall@10, ndcg@10 and mrr@10.
  /// - Returns: The table.
  package func table(
    rows title: String, publishedOn place: String, metrics: [String] = []
  ) -> Table {
    let (recall, ndcg, mrr) = ("recall@10", "ndcg@10", "mrr@10")
    let shown = metrics.isEmpty ? [recall, ndcg, mrr] : metrics
    let isBeside = !place.isEmpty && rows.contains { !$0.arm.published.isEmpty }
    let isPair = rows.contains { $0.retriever != nil }
    var columns: [(String, Table.Alignment)] = [
      (title, .left)
    ]
    columns += shown.map { ($0, .right) } + [("p", .right), ("", .left)]
    let isRepeated = rows.contains { $0.test?.pOverSeeds != nil }
    if isRepeated { columns.append(("p of seeds", .right)) }
    if isBeside { columns.append(("published (\(place))", .right)) }
    let isRetrieverTested = rows.contains { $0.retrieverTest != nil }
    if isPair {
      columns.append(("retriever alone", .right))
      if isRetrieverTested { columns.append(("its p", .right)) }
      columns.append(("its recall@100", .right))
    } else {
      columns.append(("coverage", .right))
    }
    if seeds.count > 1 { columns.append(("seeds", .right)) }
    columns += [("epochs", .right), ("time", .right), ("memory", .right)]
    var table = Table(columns)
    for row in rows {
      var cells = [row.arm.name] + shown.map { row.cell($0) }
      cells += [row.test.map { Format.pValue($0.p) } ?? "", row.test?.stars ?? ""]
      if isRepeated { cells.append(row.test?.pOverSeeds.map(Format.pValue) ?? "") }
      if isBeside {
        cells.append(row.arm.published.map { Format.metric($0) }.joined(separator: " / "))
      }
      if isPair {
        cells.append(
          row.retriever.map { metrics in
            [recall, ndcg].map { metrics[$0].map { Format.metric($0.mean) } ?? "-" }
              .joined(separator: " / ")
          } ?? "")
        if isRetrieverTested {
          cells.append(row.retrieverTest.map { Format.pValue($0.p) } ?? "")
        }
        cells.append(row.retriever?["recall@100"].map { Format.metric($0.mean) } ?? "")
      } else {
        cells.append(row.metrics["coverage@10"].map { Format.percent($0.mean) } ?? "-")
      }
      if seeds.count > 1 { cells.append("\(row.seeds.count)") }
      cells.append(row.epochs > 0 ? Format.count(Int(row.epochs.rounded())) : "")
      cells += [Format.seconds(row.seconds), Format.bytes(row.peakMemory)]
      table.add(cells)
    }
    return table
  }
}

extension ArmTable.Row {
  /// A metric, with its deviation over seeds if there are several.
  fileprivate func cell(_ metric: String) -> String {
    guard let summary = metrics[metric] else { return "-" }
    return Format.metric(summary.mean)
      + (seeds.count > 1 ? " ±" + Format.metric(summary.deviation) : "")
  }
}

extension ExperimentFolder {
  /// The results of a study, with the rules of the measurement above the table.
  package init(_ study: Study, options: ArmTable.Options, results: ArmTable.Results) throws {
    let pair = try study.pair(named: options.pair)
    let rules = results.rules
    let data = URL(filePath: options.data).lastPathComponent
    self.init(
      name: study.name, question: study.question,
      table: """
        \(rules.split), seen items \(rules.masked ? "masked" : "ranked"), \(rules.candidates); \
        seeds \(results.seeds), p against \(results.against)\(options.settingsOfAll)

        \(results.table(rows: study.rows, publishedOn: pair.publishedOn, metrics: study.columns).markdown)
        """,
      seconds: results.rows.reduce(0) { $0 + $1.seconds * Double($1.seeds.count) },
      heading: study.isOfPairs
        ? "\(study.title): \(pair.name) on \(data)" : "\(study.title): \(data)")
  }
}
