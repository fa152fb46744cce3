import CorralArtifacts
import CorralEvaluation

extension RetrieverTable.Arm {
  /// Every retriever as its defaults train it, and the losses that papers compare.
  static var all: [RetrieverTable.Arm] {
    RetrieverBlock.names.map { name in
      RetrieverTable.Arm(name: name, set: ["retriever.model=\(name)"])
    }
  }
}

extension RetrieverTable.Results {
  /// One row for each arm, best first.
  func table(published isBeside: Bool) -> Table {
    let (recall, ndcg) = ("recall@10", "ndcg@10")
    var columns: [(String, Table.Alignment)] = [
      ("retriever", .left), (recall, .right), (ndcg, .right), ("mrr@10", .right), ("p", .right),
      ("", .left), ("coverage", .right), ("epochs", .right), ("time", .right), ("memory", .right),
    ]
    if isBeside { columns.append(("published", .right)) }
    var table = Table(columns)
    for row in rows {
      var cells = [row.arm.name, cell(row.metrics[recall]), cell(row.metrics[ndcg])]
      cells.append(cell(row.metrics["mrr@10"]))
      cells += [row.test.map { Format.pValue($0.p) } ?? "", row.test?.stars ?? ""]
      cells.append(row.metrics["coverage@10"].map { Format.percent($0.mean) } ?? "-")
      cells.append(row.epochs > 0 ? Format.count(Int(row.epochs.rounded())) : "")
      cells += [Format.seconds(row.seconds), Format.bytes(row.peakMemory)]
      if isBeside {
        cells.append(row.arm.published.map { Format.metric($0) }.joined(separator: " / "))
      }
      table.add(cells)
    }
    return table
  }

  private func cell(_ summary: SeedAverage.Summary?) -> String {
    guard let summary else { return "-" }
    return Format.metric(summary.mean)
      + (seeds.count > 1 ? " ±" + Format.metric(summary.deviation) : "")
  }
}
