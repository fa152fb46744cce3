import CorralData
import CorralTesting
import Foundation
import Testing

/// The same log in the format of each reader.
struct FormatExample: CustomTestStringConvertible, Sendable {
  var file: String
  var format: DataFormat
  var text: String
  var hasTimes = true
  var testDescription: String { file }
}

private let examples: [FormatExample] = [
  FormatExample(
    file: "tiny.inter", format: .atomic,
    text: "user_id:token\titem_id:token\ttimestamp:float\n7\t11\t3\n8\t12\t1\n7\t13\t2\n"),
  FormatExample(
    file: "u.data", format: .movielens, text: "7\t11\t5\t3\n8\t12\t4\t1\n7\t13\t1\t2\n"),
  FormatExample(
    file: "ratings.dat", format: .movielens, text: "7::11::5::3\n8::12::3.5::1\n7::13::1::2\n"),
  FormatExample(
    file: "ratings.csv", format: .movielens,
    text: "userId,movieId,rating,timestamp\n7,11,5.0,3\n8,12,4.5,1\n7,13,1.0,2\n"),
  FormatExample(
    file: "shop.csv", format: .csv,
    text: "\"Time\",\"Item ID\",note,user\n3,\"11\",\"a, \"\"b\"\"\",7\n1,12,,\"8\"\n2,13,c,7\n"),
  FormatExample(
    file: "semicolons.csv", format: .csv, text: "uid;asin;ts\n7;11;3\n8;12;1\n7;13;2\n"),
  FormatExample(
    file: "shop.tsv", format: .tsv, text: "user\titem\tscore\n7\t11\t1\n8\t12\t1\n7\t13\t1\n",
    hasTimes: false),
  FormatExample(
    file: "events.jsonl", format: .jsonl,
    text: """
      {"FeedbackType": "star", "UserId": "7", "ItemId": "1\\u0031", "Timestamp": 3}
      {"Timestamp": 1, "ItemId": 12, "UserId": 8, "context": {"page": [1, "}"]}}
      {"UserId":"7","ItemId":"13","Timestamp":"1970-01-01T00:00:02Z"}

      """),
  FormatExample(
    file: "UserBehavior.csv", format: .taobao,
    text: "7,11,900,pv,3\n8,12,900,buy,1\n7,13,901,fav,2\n"),
  FormatExample(
    file: "log_standard_1.csv", format: .kuairand,
    text: """
      user_id,video_id,date,hourmin,time_ms,is_click,is_like,play_time_ms,duration_ms,tab
      7,11,20220408,1200,3,1,0,500,1000,1
      8,12,20220408,1200,1,1,1,3000,1000,1
      8,99,20220408,1200,1,0,0,0,1000,1
      7,13,20220408,1200,2,1,0,0,1000,0

      """),
]

@Suite struct FormatTests {
  @Test(arguments: examples, [false, true])
  func `every format is recognised, and read by name, plain and compressed`(
    example: FormatExample, isCompressed: Bool
  ) throws {
    try withTemporaryFolder { folder in
      let data = Data(example.text.utf8)
      let path = try folder.write(
        isCompressed ? gzipped(data) : data, as: example.file + (isCompressed ? ".gz" : ""))
      for (format, from) in [
        (DataFormat.automatic, path), (example.format, path), (.automatic, folder.path),
      ] {
        var settings = DataSettings(path: from)
        settings.format = format
        let (dataset, report) = try Dataset.load(settings)
        #expect(dataset.users.ids == ["7", "8"])
        #expect(dataset.items.ids == ["11", "12", "13"])
        #expect(dataset.log.users.map(\.position) == [0, 1, 0])
        #expect(dataset.log.items.map(\.position) == [0, 1, 2])
        #expect(dataset.log.times == (example.hasTimes ? [3, 1, 2] : []))
        #expect(report.format == example.format)
        #expect(report.badRows == 0)
      }
    }
  }

  @Test func `gzip members that follow each other are one file`() throws {
    try withTemporaryFolder { folder in
      let members = try gzipped(Data("7\t11\t5\t3\n8\t1".utf8)) + gzipped(Data("2\t4\t1\n".utf8))
      let path = try folder.write(members, as: "u.data.gz")
      let dataset = try Dataset.load(DataSettings(path: path)).dataset
      #expect(dataset.items.ids == ["11", "12"])
    }
  }

  @Test func `titles and genres of MovieLens are read beside the ratings`() throws {
    try withTemporaryFolder { folder in
      try folder.write("1::10::5::1\n2::20::4::2\n", as: "ratings.dat")
      try folder.write(
        Data("10::Caf\u{E9} (1995)::Comedy|Film-Noir\n20::Heat::Crime\n".utf16.map { UInt8($0) }),
        as: "movies.dat")
      try folder.write("1::F::25::15::55117\n2::M::56::16::70072\n", as: "users.dat")
      let dataset = try Dataset.load(DataSettings(path: folder.path)).dataset
      #expect(dataset.titles == ["Caf\u{E9} (1995)", "Heat"])
      #expect(
        dataset.itemFeatures["genres"]?.values
          == .categories(
            Ragged([[0, 1], [2]]), vocabulary: Vocabulary(["Comedy", "Film-Noir", "Crime"])))
      #expect(
        dataset.userFeatures.columns.map(\.name) == ["gender", "age", "occupation", "zip_code"])
    }
  }

  @Test func `titles and flags of ml-100k are read beside u_data`() throws {
    try withTemporaryFolder { folder in
      try folder.write("1\t10\t5\t1\n", as: "u.data")
      let flags = (0..<19).map { $0 == 5 || $0 == 16 ? "1" : "0" }.joined(separator: "|")
      try folder.write("10|Toy Story (1995)|01-Jan-1995||http://x|\(flags)\n", as: "u.item")
      try folder.write("1|24|M|technician|85711\n", as: "u.user")
      let dataset = try Dataset.load(DataSettings(path: folder.path)).dataset
      #expect(dataset.titles == ["Toy Story (1995)"])
      #expect(
        dataset.itemFeatures.columns
          == [
            FeatureColumn(
              name: "genres",
              values: .categories(
                Ragged([[0, 1]]), vocabulary: Vocabulary(["Comedy", "Thriller"])))
          ])
      #expect(dataset.userFeatures.columns.count == 4)
    }
  }

  @Test func `a csv of features says what its columns hold by what is in them`() throws {
    try withTemporaryFolder { folder in
      try folder.write("userId,movieId,rating,timestamp\n1,10,5,1\n1,20,4,2\n", as: "ratings.csv")
      try folder.write(
        """
        movieId,title,genres,year
        20,"American President, The (1995)",Comedy|Drama,1995
        10,"A ""quoted"" one",Drama,
        """, as: "movies.csv")
      let dataset = try Dataset.load(DataSettings(path: folder.path)).dataset
      #expect(dataset.titles == ["A \"quoted\" one", "American President, The (1995)"])
      #expect(
        dataset.itemFeatures["genres"]?.values
          == .categories(Ragged([[1], [0, 1]]), vocabulary: Vocabulary(["Comedy", "Drama"])))
      guard case .numbers(let years) = dataset.itemFeatures["year"]?.values else {
        Issue.record("the year is not a column of numbers")
        return
      }
      #expect(years[0].isNaN && years[1] == 1995)
    }
  }

  @Test func `parts of a KuaiRand log follow each other, with their side files`() throws {
    try withTemporaryFolder { folder in
      let header = "user_id,video_id,date,time_ms,is_click,play_time_ms,duration_ms,tab\n"
      try folder.write(header + "1,10,1,5,1,1,2,1\n", as: "log_standard_a.csv")
      try folder.write(header + "2,20,1,6,1,1,2,1\n", as: "log_standard_b.csv")
      try folder.write(header + "3,30,1,6,1,1,2,1\n", as: "log_random.csv")
      try folder.write("user_id,active\n2,high\n", as: "user_features_27k.csv")
      try folder.write("video_id,kind\n10,NORMAL\n", as: "video_features_basic_27k.csv")
      let (dataset, report) = try Dataset.load(DataSettings(path: folder.path))
      #expect(dataset.users.ids == ["1", "2"])
      #expect(report.files.count == 2)
      #expect(dataset.userFeatures.columns.map(\.name) == ["active"])
      #expect(dataset.itemFeatures.columns.map(\.name) == ["kind"])
    }
  }
}
