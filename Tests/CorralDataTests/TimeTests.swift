import CorralData
import CorralTesting
import Testing

/// Reads the log of some times, one row each, from a CSV.
private func log(of times: [String]) throws -> InteractionLog {
  try withTemporaryFolder { folder in
    var text = "user,item,time\n"
    for (row, time) in times.enumerated() { text += "a,i\(row),\"\(time)\"\n" }
    var settings = DataSettings(path: try folder.write(text, as: "a.csv"))
    settings.format = .csv
    return try Dataset.load(settings).dataset.log
  }
}

/// Spells the times of a log.
private func texts(_ log: InteractionLog) -> [String] { log.times.map(log.timeScale.text) }

@Suite struct TimeTests {
  @Test(
    arguments: [
      ("12", "12"), ("-0.5", "-0.5"), ("881250949", "881250949"), ("1e3", "1000"),
      ("1.714564800e+09", "1714564800"), ("1714564800.0", "1714564800"),
      ("1714564800.25", "1714564800.25"), (" 12 ", "12"),
      ("1700000000000000500", "1700000000000000500"),
      ("9223372036854775807", "9223372036854775807"),
      ("2022-06-01", "1654041600"), ("2022-06-01T00:00:00Z", "1654041600"),
      ("2022-06-01 00:00:01.5", "1654041601.5"), ("2022-06-01 00:00:01,123", "1654041601.123"),
      ("2022-06-01T00:00:00.123456789Z", "1654041600.123456789"),
      ("2022-06-01T02:00:00+02:00", "1654041600"), ("2022-05-31T19:00:00-0500", "1654041600"),
      ("2022-06-01 02:00:00 +02", "1654041600"), ("2022-06-01 00:00:00 UTC", "1654041600"),
      ("2022-06-01 00:00:00 GMT", "1654041600"), ("2022-06-01 02:00:00 UTC+02:00", "1654041600"),
      ("2022/06/01", "1654041600"), ("2022/6/1 0:00", "1654041600"),
      ("01.06.2022", "1654041600"), ("1.6.2022 01:00", "1654045200"),
      ("2022-06-01 01:00 PM", "1654088400"), ("2022-06-01 12:30:00 am", "1654043400"),
      ("2024-02-29T12:00", "1709208000"), ("1969-12-31T23:59:59Z", "-1"),
      ("1969-12-31T23:59:58.5Z", "-1.5"), ("2016-12-31T23:59:60Z", "1483228800"),
    ])
  func `times are numbers or dates and keep their digits`(text: String, expected: String) throws {
    #expect(try texts(log(of: [text])) == [expected])
  }

  @Test(
    arguments: [
      "2024-02-30", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31",
      "2024-05-31 24:00:00", "2024-05-31 12:60", "2024-05-31 12:00 CEST", "2024-05-31T",
      "2024-05-31 12:00:00+25", "2024-05", "today", "12:00", "1e", "0x10", "1 2", "5/31/2024x",
    ])
  func `days that do not exist and unknown forms are bad rows`(text: String) throws {
    let text = message { _ = try log(of: [text]) }
    #expect(text.contains("line 2: column 'time' holds"))
    #expect(text.contains("neither a number nor a date of the calendar such as 2024-05-31"))
  }

  @Test(
    arguments: [
      ("1e300", "too large"), ("9223372036854775808", "too large"), ("nan", "not a finite number"),
      ("-inf", "not a finite number"), ("123456789012345678901234.5", "too large"),
    ])
  func `numbers that cannot be a time are bad rows`(text: String, expected: String) throws {
    #expect(message { _ = try log(of: [text]) }.contains(expected))
  }

  @Test func `a log takes the digits that its finest time needs`() throws {
    let times = ["1714564800", "1714564800.25", "1714564800.125", "1714564799.5", "3"]
    let read = try log(of: times)
    #expect(texts(read) == times)
    #expect(read.timeScale == TimeScale(decimals: 3, unit: .seconds))
    #expect(read.rowsByUser(count: 1, inTime: true).values == [4, 3, 0, 2, 1])
  }

  @Test func `events a hundred nanoseconds apart keep their order`() throws {
    let read = try log(of: ["1700000000000000500", "1700000000000000400", "1700000000000000450"])
    #expect(read.timeScale.unit == .nanoseconds)
    #expect(read.rowsByUser(count: 1, inTime: true).values == [1, 2, 0])
  }

  @Test func `digits that 64 bits do not hold are cut the same way wherever they stand`() throws {
    let fine = "0.123456789"
    let large = "1700000000000000500"
    for times in [[fine, large], [large, fine], [fine, "5", large, "0.5"]] {
      let read = try log(of: times)
      #expect(texts(read) == times.map { $0.hasPrefix("0") ? "0" : $0 })
    }
  }

  @Test(
    arguments: [
      ("1714564800", "2024-05-01 12:00:00"), ("1714564800123", "2024-05-01 12:00:00.123"),
      ("1714564800000001", "2024-05-01 12:00:00.000001"),
      ("1714564800000000500", "2024-05-01 12:00:00.0000005"),
      ("1714521600", "2024-05-01"), ("951782400", "2000-02-29"), ("17", nil),
    ] as [(String, String?)])
  func `a time is a date by its size`(text: String, expected: String?) throws {
    let read = try log(of: [text])
    #expect(read.timeScale.date(of: read.times[0]) == expected)
  }

  @Test(
    arguments: [
      ("1714564800", "2024-05-01T12:00:00Z", "1714564800"),
      ("1714564800000", "2024-05-01 12:00", "1714564800000"),
      ("1714564800000000", "2024-05-02", "1714608000000000"),
      ("1714564800.25", "2024-05-01T12:00:00.125Z", "1714564800.12"),
      ("1714564800000000000", "1714564800000000001", "1714564800000000001"),
      ("3", "2.9", "2"), ("3", "2024-05-01", nil), ("3", "soon", nil),
    ] as [(String, String, String?)])
  func `a setting is a time of the log as a number or a date`(
    time: String, setting: String, expected: String?
  ) throws {
    let scale = try log(of: [time]).timeScale
    #expect(scale.ticks(of: setting).map(scale.text) == expected)
  }

  @Test(
    arguments: [
      (["20240531", "20240601", "20231231"], "2024-05-31"),
      (["5/31/2024", "6/1/2024 8:26"], "2024-05-31"), (["31/05/2024", "01/06/2024"], "2024-05-31"),
      (["31-05-2024 00:00", "01-06-2024 00:00"], "2024-05-31"),
    ])
  func `the form of dates follows from all values of the column`(
    times: [String], first: String
  ) throws {
    let read = try log(of: times)
    #expect(read.timeScale.date(of: read.times[0]) == first)
  }

  @Test(
    arguments: [
      (["1714564800.1234567891", "1714564800"], "1 time has more than the"),
      (["2024-05-01T00:00:00.1234567891", "2024-05-01T00:00:00.1234567892"], "2 times have"),
      (["0.5", "1700000000000000500"], "1 time has more than the"),
      (["2024-05-01", "1714564800"], "1 dates and 1 numbers"),
    ])
  func `times that lose digits, or mix dates and numbers, are reported`(
    times: [String], words: String
  ) throws {
    try withTemporaryFolder { folder in
      let text = "user,item,time\n" + times.enumerated().map { "a,\($0),\($1)\n" }.joined()
      let report = try Dataset.load(DataSettings(path: folder.write(text, as: "a.csv"))).report
      #expect(report.notes.contains { $0.kind == .warning && $0.text.contains(words) })
    }
  }

  @Test(arguments: [["5/6/2024", "6/7/2024"], ["5/31/2024", "31/5/2024"]])
  func `dates that could start with the day or the month are bad rows`(times: [String]) throws {
    #expect(message { _ = try log(of: times) }.contains("2 bad rows"))
  }

  @Test(arguments: [["20240531", "20240601", "20240631"], ["1", "2", "3"], ["20240531"]])
  func `numbers that are not all compact dates stay numbers`(times: [String]) throws {
    #expect(try texts(log(of: times)) == times)
  }
}
