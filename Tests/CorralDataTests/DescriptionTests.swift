import CorralData
import CorralTesting
import Foundation
import Testing

@Suite struct DescriptionTests {
  private let dataset = Dataset(
    name: "small",
    log: InteractionLog(
      users: [0, 0, 0, 1, 1, 2].map { UserIndex($0) },
      items: [0, 1, 0, 0, 2, 3].map { ItemIndex($0) },
      times: [5, 3, 9, 1, 2, 7]),
    users: Vocabulary(["a", "b", "c"]), items: Vocabulary(["w", "x", "y", "z"]),
    itemFeatures: FeatureTable(
      count: 4,
      columns: [
        FeatureColumn(name: "price", values: .numbers([1, .nan, 3, 4])),
        FeatureColumn(
          name: "genres",
          values: .categories(Ragged([[0, 1], [], [1], []]), vocabulary: Vocabulary(["p", "q"]))),
      ]),
    titles: ["W", "", "", "Z"])

  @Test func `a small log is described as counted by hand`() throws {
    let description = DataDescription(dataset)
    #expect(description.interactions == 6)
    #expect(description.repeats == 1)
    #expect(abs(description.sparsity - 7.0 / 12) < 1e-12)
    #expect(description.perUser.minimum == 1)
    #expect(description.perUser.median == 2)
    #expect(description.perUser.maximum == 3)
    #expect(description.perUser.mean == 2)
    #expect(description.perItem.maximum == 3)
    #expect(description.popularity.topTenth == 0.5)
    // Counts 1, 1, 1, 3: the mean difference of all pairs over twice the mean.
    #expect(abs(description.popularity.gini - 0.25) < 1e-12)
    #expect(description.times?.first == "1")
    #expect(description.times?.last == "9")
    #expect(description.titles == 0.5)
    #expect(description.features.map(\.kind) == ["numbers", "multi-valued"])
    #expect(description.features.map(\.coverage) == [0.75, 0.5])
    let json = try JSONEncoder().encode(description)
    #expect(try JSONDecoder().decode(DataDescription.self, from: json) == description)
  }

  @Test(arguments: [DataFormat.atomic, .csv, .jsonl])
  func `what is written is read back`(format: DataFormat) throws {
    let planted = try Dataset.synthesized(
      SyntheticSettings(users: 40, items: 30, interactions: 300))
    let weighted = Dataset(
      name: "planted",
      log: InteractionLog(
        users: planted.log.users, items: planted.log.items,
        times: planted.log.times.map { $0 * 100 + 25 },
        timeScale: TimeScale(decimals: 2, unit: .seconds),
        weights: planted.log.items.map { Float($0.position + 1) * 0.1 }),
      users: planted.users, items: planted.items, userFeatures: planted.userFeatures,
      itemFeatures: planted.itemFeatures, titles: planted.titles)
    try withTemporaryFolder { folder in
      let report = try weighted.write(to: folder.path, as: format)
      #expect(report.files.count == 3)
      #expect(report.replacedCategories == 0)
      let (read, loaded) = try Dataset.load(DataSettings(path: folder.path))
      #expect(loaded.format == format)
      #expect(loaded.files[0].kept == 300)
      #expect(read.log.times == weighted.log.times)
      #expect(read.log.timeScale == weighted.log.timeScale)
      #expect(read.log.weights == weighted.log.weights)
      // Positions may differ, because they follow the file; identifiers may not.
      func spelled(_ dataset: Dataset) -> [String] {
        (0..<dataset.log.count).map { row in
          let (user, item) = (dataset.log.users[row].position, dataset.log.items[row].position)
          return [
            dataset.users[user], dataset.items[item], dataset.titles[item],
            category(dataset.userFeatures, "age_group", user),
            category(dataset.itemFeatures, "genres", item), number(dataset.itemFeatures, item),
          ].joined(separator: "; ")
        }
      }
      #expect(spelled(read) == spelled(weighted))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    }
  }

  private func category(_ table: FeatureTable, _ name: String, _ row: Int) -> String {
    guard case .categories(let rows, let vocabulary) = table[name]?.values else { return "none" }
    return rows[row].map { vocabulary[Int($0)] }.joined(separator: "+")
  }

  private func number(_ table: FeatureTable, _ row: Int) -> String {
    guard case .numbers(let numbers) = table["year"]?.values else { return "none" }
    return "\(numbers[row])"
  }

  @Test func `what a format cannot say is replaced and counted, or refused`() throws {
    try withTemporaryFolder { folder in
      let spaced = Dataset(
        name: "spaced",
        log: InteractionLog(users: [UserIndex(0)], items: [ItemIndex(0)]),
        users: Vocabulary(["a"]), items: Vocabulary(["w"]),
        itemFeatures: FeatureTable(
          count: 1,
          columns: [
            FeatureColumn(
              name: "genres",
              values: .categories(
                Ragged([[0, 1]]), vocabulary: Vocabulary(["Film Noir", "War"])))
          ]))
      #expect(try spaced.write(to: folder.path).replacedCategories == 1)
      let read = try Dataset.load(DataSettings(path: folder.path)).dataset
      #expect(category(read.itemFeatures, "genres", 0) == "Film_Noir+War")
      #expect(
        message { try spaced.write(to: folder.path, as: .taobao) }
          == "setting 'format' is 'taobao': the formats that are written are 'atomic', 'csv' and"
          + " 'jsonl'")
    }
    #expect(
      message { try dataset.write(to: "/proc/nowhere") }.hasPrefix(
        "/proc/nowhere: the file cannot be written: "))
  }

  @Test func `validation notes what is not an error`() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(
        "user_id:token\titem_id:token\ttimestamp:float\n1\ta\t1\n1\ta\t2\n\n1\tb\t3\n",
        as: "x.inter")
      let side = try folder.write("item_id:token\tclass:token\na\nz\tq\n", as: "x.item")
      let report = DataReport(validating: DataSettings(path: path))
      #expect(report.isValid)
      #expect(
        report.notes.map(\.text) == [
          "\(side), line 2: 1 field where there should be 2: the rest is taken as unknown",
          "1 line is blank",
          "1 identifier of the log is not in \(side)",
          "1 row of \(side) has no interaction: not used",
          "1 interaction repeats an earlier one of its user with the same item",
        ])
      let missing = DataReport(validating: DataSettings(path: folder.path + "/y.inter"))
      #expect(!missing.isValid)
      #expect(
        missing.failure
          == "\(folder.path)/y.inter: there is no such file or folder; check data.path")
    }
  }
}
