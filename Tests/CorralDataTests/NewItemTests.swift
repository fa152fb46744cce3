import CorralData
import CorralTesting
import Foundation
import Testing

@Suite struct NewItemTests {
  private let log = "user,item,time\na,1,1\na,2,2\na,3,3\nb,1,1\nb,2,2\nb,4,3\n"
  private let catalogue = "item,title,price\n9,Nine,9\n2,Two,2\n4,Four,4\n8,Eight,\n1,One,1\n"

  private func load(
    _ change: (inout DataSettings) -> Void
  ) throws -> (dataset: Dataset, report: LoadReport) {
    try withTemporaryFolder { folder in
      try folder.write(catalogue, as: "shop.items.csv")
      var settings = DataSettings(path: try folder.write(log, as: "shop.csv"))
      change(&settings)
      return try Dataset.load(settings)
    }
  }

  @Test func `new items stand behind the others with their features and titles`() throws {
    let (dataset, report) = try load { $0.newItems = .keep }
    #expect(dataset.items.ids == ["1", "2", "3", "4", "9", "8"])
    #expect(dataset.interactedItemCount == 4)
    #expect(dataset.titles == ["One", "Two", "", "Four", "Nine", "Eight"])
    guard case .numbers(let prices) = dataset.itemFeatures["price"]?.values else {
      Issue.record("the price is no column of numbers")
      return
    }
    #expect(prices[0] == 1 && prices[2].isNaN && prices[4] == 9 && prices[5].isNaN)
    #expect(report.newItems == 2 && report.features[0].unused == 0)
    let split = try dataset.split()
    #expect(split.itemCount == 6 && split.interactedItemCount == 4)
    #expect(DataDescription(dataset).newItems == 2)
  }

  @Test(arguments: [NewItems.automatic, .drop])
  func `a data set that is read for no model has none`(choice: NewItems) throws {
    let (dataset, report) = try load { $0.newItems = choice }
    #expect(dataset.items.ids == ["1", "2", "3", "4"])
    #expect(dataset.interactedItemCount == 4)
    #expect(report.newItems == 0 && report.features[0].unused == 2)
  }

  @Test func `an item that a filter dropped is not a new item`() throws {
    let (dataset, report) = try load {
      $0.newItems = .keep
      $0.filter = CoreFilter(minItem: 2)
    }
    #expect(dataset.items.ids == ["1", "2", "9", "8"])
    #expect(report.newItems == 2 && report.features[0].unused == 1)
  }

  @Test func `a second row of a new item is a bad row`() throws {
    try withTemporaryFolder { folder in
      try folder.write(catalogue + "9,Nine again,9\n", as: "shop.items.csv")
      var settings = DataSettings(path: try folder.write(log, as: "shop.csv"))
      settings.newItems = .keep
      #expect(throws: DataError.self) { try Dataset.load(settings) }
    }
  }
}
