import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Foundation
import Testing

struct ClusterIntentTests {
  static let partition = Partition(clusters: (0..<40).map { Int32($0 * 7 % 4) }, count: 4)

  /// Histories of random items; some are empty, one is long.
  static func histories(_ count: Int, seed: UInt64 = 1) -> Ragged<ItemIndex> {
    var generator = SeededGenerator(seed: seed)
    return Ragged(
      (0..<count).map { row in
        (0..<[0, 1, 7, 60][row % 4]).map { _ in ItemIndex(generator.next(below: 40)) }
      })
  }

  /// The weights of clusters by their definition.
  static func weights(_ history: some Collection<ItemIndex>, halfLife: Double) -> [Double] {
    var weights = [Double](repeating: 0, count: 4)
    for (age, item) in history.reversed().enumerated() {
      weights[Int(partition.clusters[item.position])] += pow(2, -Double(age) / halfLife)
    }
    return weights
  }

  static func historyIntent(prior: Double = 2) -> HistoryIntent {
    HistoryIntent(halfLife: 3, prior: prior, overall: [0.5, 0.25, 0.25, 0])
  }

  static func learned(_ columns: Int = 3, temperature: Float = 1.5) -> LearnedIntent {
    LearnedIntent(
      weights: normalNumbers(rows: 4, columns: columns + 8, seed: 5), bias: [0.5, 0, -0.5, 1],
      temperature: temperature)
  }

  /// Whether rows are shares: none below the least, with a sum of 1.
  static func areShares(_ shares: Matrix) -> Bool {
    (0..<shares.rows).allSatisfy { row in
      shares[row].allSatisfy { $0 >= ClusterIntent.least }
        && abs(shares[row].reduce(0, +) - 1) < 1e-5
    }
  }

  @Test(arguments: [0.3, 5, 50, 1e9])
  func `recency shares are those of the definition, at every position`(halfLife: Double) {
    // Long enough that weights are rescaled.
    var generator = SeededGenerator(seed: 2)
    let long = (0..<2000).map { _ in ItemIndex(generator.next(below: 40)) }
    let short = Self.histories(9)
    let histories = Ragged((0..<9).map { Array(short[$0]) } + [long])
    let recency = RecencyShares(of: Self.partition, halfLife: halfLife)
    let (shares, sums) = recency.shares(histories)
    let prefixes = recency.prefixes(histories)
    #expect(shares.rows == 10 && prefixes.rows == histories.values.count)
    var position = 0
    for row in 0..<histories.count {
      let weights = Self.weights(histories[row], halfLife: halfLife)
      let sum = weights.reduce(0, +)
      #expect(abs(sums[row] - sum) < 1e-9 * max(1, sum))
      for cluster in 0..<4 {
        let expected = sum > 0 ? weights[cluster] / sum : 0
        #expect(abs(Double(shares[row, cluster]) - expected) < 1e-6)
      }
      for length in 0..<histories[row].count {
        if length % 50 == 0 {
          let begun = recency.shares(Ragged([Array(histories[row].prefix(length + 1))])).shares
          #expect(prefixes[position] == begun[0])
        }
        position += 1
      }
    }
  }

  @Test func `shares of the history lean on those of everybody while it is short`() {
    let intent = ClusterIntent(.history(Self.historyIntent()), of: Self.partition)
    let histories = Self.histories(8)
    let shares = intent.shares(vectors: Matrix(rows: 8, columns: 0), histories: histories)
    #expect(Self.areShares(shares))
    for row in 0..<8 {
      let weights = Self.weights(histories[row], halfLife: 3)
      let sum = weights.reduce(0, +)
      for (cluster, overall) in [0.5, 0.25, 0.25, 0].enumerated() {
        let expected = (weights[cluster] + 2 * overall) / (sum + 2)
        #expect(abs(Double(shares[row, cluster]) - expected) < 1e-5)
      }
    }
    // Without a history they are everybody's, and nothing is impossible.
    #expect(abs(shares[0, 0] - 0.5) < 1e-5 && shares[0, 3] >= 1e-6 && shares[0, 3] < 2e-6)
    // Nor does an empty history need a prior.
    let bare = ClusterIntent(.history(Self.historyIntent(prior: 0)), of: Self.partition)
      .shares(vectors: Matrix(rows: 1, columns: 0), histories: Ragged([[ItemIndex]()]))
    #expect(bare[0] == shares[0])
  }

  @Test func `a softmax reads the vector and two shares of the history`() {
    let learned = Self.learned()
    let intent = ClusterIntent(.learned(learned), of: Self.partition)
    let vectors = normalNumbers(rows: 8, columns: 3)
    let histories = Self.histories(8)
    let features = intent.features(vectors: vectors, histories: histories)
    let shares = intent.shares(vectors: vectors, histories: histories)
    #expect(features.rows == 8 && features.columns == 11 && Self.areShares(shares))
    for row in 0..<8 {
      var expected = vectors[row].map(Double.init)
      for halfLife in [5.0, 50] {
        let weights = Self.weights(histories[row], halfLife: halfLife)
        let sum = max(weights.reduce(0, +), 1e-300)
        expected += weights.map { log($0 / sum + 0.01) }
      }
      for (found, expected) in zip(features[row], expected) {
        #expect(abs(Double(found) - expected) < 1e-5)
      }
      let logits = (0..<4).map { cluster in
        (zip(learned.weights[cluster], expected).reduce(0) { $0 + Double($1.0) * $1.1 }
          + Double(learned.bias[cluster])) / 1.5
      }
      let sum = logits.reduce(0) { $0 + exp($1) }
      for cluster in 0..<4 {
        #expect(abs(Double(shares[row, cluster]) - exp(logits[cluster]) / sum) < 1e-4)
      }
    }
    // A high temperature makes shares alike.
    let warm = ClusterIntent(.learned(learned.at(temperature: 1e6)), of: Self.partition)
      .shares(vectors: vectors, histories: histories)
    #expect(warm.values.allSatisfy { abs($0 - 0.25) < 1e-3 })
    // A vector that is not a number says nothing.
    let nothing = intent.shares(
      vectors: Matrix(rows: 1, columns: 3, repeating: .nan), histories: Self.histories(1))
    #expect(nothing.values == [0.25, 0.25, 0.25, 0.25])
  }

  @Test func `features at every position are those of the history up to there`() {
    let histories = Self.histories(8)
    let vectors = normalNumbers(rows: histories.values.count, columns: 3)
    let features = IntentFeatures(of: Self.partition)
    let found = features.features(vectors: vectors, prefixesOf: histories)
    #expect(found.columns == features.width(3))
    for row in 0..<8 {
      for position in histories.offsets[row]..<histories.offsets[row + 1] {
        let begun = Array(histories.values[histories.offsets[row]...position])
        let alone = features.features(
          vectors: vectors.gathered([position]), histories: Ragged([begun]))
        #expect(found[position] == alone[0])
      }
    }
  }

  /// Ten users near each of two directions, who want cluster 0 or cluster 1.
  static func neighbours(
    weight: Float, settings: IndexSettings = IndexSettings()
  ) throws -> IntentNeighbours {
    var vectors = normalNumbers(rows: 20, columns: 3)
    for position in vectors.values.indices { vectors.values[position] *= 0.1 }
    var shares = Matrix(rows: 20, columns: 4)
    for row in 0..<20 {
      vectors[row, row / 10] += 2
      shares[row, row / 10] = 1
    }
    return try IntentNeighbours(
      vectors: vectors, shares: shares, count: 10, weight: weight, settings: settings)
  }

  @Test(arguments: [IndexSettings.Kind.exact, .hnsw])
  func `users near a user smooth their shares`(kind: IndexSettings.Kind) throws {
    var settings = IndexSettings()
    settings.kind = kind
    func shares(_ weight: Float?) throws -> Matrix {
      try ClusterIntent(
        .history(Self.historyIntent()), of: Self.partition,
        neighbours: weight.map { try Self.neighbours(weight: $0, settings: settings) }
      ).shares(
        vectors: Matrix(rows: 3, columns: 3, values: [9, 0, 0, 0, 0.1, 0, 0, 0, 0]),
        histories: Self.histories(3))
    }
    let (own, none, mixed) = (try shares(nil), try shares(0), try shares(0.6))
    #expect(none == own && Self.areShares(mixed))
    for cluster in 0..<4 {
      for row in 0..<2 {
        let expected = 0.4 * own[row, cluster] + 0.6 * (cluster == row ? 1 : 0)
        #expect(abs(mixed[row, cluster] - expected) < 1e-5)
      }
      // Nobody is near a user without a vector.
      #expect(mixed[2, cluster] == own[2, cluster])
    }
  }

  static func all() throws -> [ClusterIntent] {
    var hnsw = IndexSettings()
    hnsw.kind = .hnsw
    return [
      ClusterIntent(.history(historyIntent()), of: partition),
      ClusterIntent(
        .history(historyIntent()), of: partition, neighbours: try neighbours(weight: 0.3)),
      ClusterIntent(
        .learned(learned()), of: partition,
        neighbours: try neighbours(weight: 0.1, settings: hnsw)),
    ]
  }

  @Test func `an intent comes back from its file`() throws {
    let vectors = normalNumbers(rows: 12, columns: 3, seed: 8)
    let clusters = try ItemClusters(
      vectors: normalNumbers(rows: 40, columns: 3), count: 4, origin: "4 clusters")
    try withTemporaryFolder { folder in
      for (place, intent) in try Self.all().enumerated() {
        let url = folder.appendingPathComponent("intent-\(place).safetensors")
        // Beside the clusters, in one file.
        try SafetensorsFile.write(
          intent.tensors + clusters.tensors,
          metadata: intent.metadata.merging(clusters.metadata) { $1 }, to: url)
        let file = try SafetensorsFile(url)
        let read = try ClusterIntent(file, partition: Self.partition)
        #expect(read == intent)
        #expect(
          read.shares(vectors: vectors, histories: Self.histories(12))
            == intent.shares(vectors: vectors, histories: Self.histories(12)))
        #expect(try ItemClusters(file, itemCount: 40) == clusters)
      }
    }
  }

  @Test func `a damaged file is refused with its reason`() throws {
    let all = try Self.all()
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("intent.safetensors")
      func reason(
        _ intent: ClusterIntent, metadata: [String: String] = [:],
        replacing tensors: [SafetensorsTensor] = [], clusters: Int = 4
      ) throws -> String {
        var written = intent.tensors.filter { old in !tensors.contains { $0.name == old.name } }
        written += tensors
        try SafetensorsFile.write(
          written, metadata: intent.metadata.merging(metadata) { $1 }, to: url)
        do {
          let partition = Partition(
            clusters: (0..<40).map { Int32($0 % clusters) }, count: clusters)
          _ = try ClusterIntent(SafetensorsFile(url), partition: partition)
          return "accepted"
        } catch IndexError.damagedIntent(let file, let reason) {
          #expect(file == url.path)
          return reason
        } catch SafetensorsError.unexpectedTensor { return "unexpected" }
      }
      let whole = try all.map { try reason($0) }
      #expect(whole == ["accepted", "accepted", "accepted"])
      #expect(
        try reason(all[0], metadata: ["intent": "magic"])
          == "its metadata is that of something else")
      #expect(try reason(all[0], clusters: 3) == "it has 4 shares and there are 3 clusters")
      #expect(try reason(all[2], clusters: 5) == "it has 4 biases and there are 5 clusters")
      let life = "its metadata has no half-life above 0 or no prior of 0 or more"
      #expect(try reason(all[0], metadata: ["intent.halfLife": "0"]) == life)
      #expect(try reason(all[0], metadata: ["intent.prior": "nan"]) == life)
      #expect(
        try reason(
          all[0],
          replacing: [SafetensorsTensor("intent.overall", [Float](repeating: .nan, count: 4))])
          == "'intent.overall' is not finite")
      #expect(
        try reason(
          all[2], replacing: [SafetensorsTensor("intent.weights", Matrix(rows: 4, columns: 7))])
          == "its weights have 7 features, fewer than shares of the clusters")
      #expect(
        try reason(all[2], metadata: ["intent.temperature": "0"])
          == "its temperature is not above 0")
      #expect(
        try reason(
          all[1],
          replacing: [SafetensorsTensor("intent.users.vectors", Matrix(rows: 19, columns: 3))])
          == "it has vectors of 19 users and shares of 20")
      #expect(
        try reason(all[1], metadata: ["intent.users.weight": "2"])
          == "its metadata does not say how users are smoothed")
      #expect(
        "\(IndexError.damagedIntent(file: "F", reason: "R"))"
          == "F does not say how much users want of these clusters: R; copy it again, or train again"
      )
    }
  }

  @Test func `shapes that do not fit trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = ClusterIntent(
        .history(HistoryIntent(halfLife: 1, prior: 1, overall: [1])), of: Self.partition)
    }
    await #expect(processExitsWith: .failure) {
      _ = LearnedIntent(weights: Matrix(rows: 2, columns: 3), bias: [0])
    }
    await #expect(processExitsWith: .failure) {
      _ = ClusterIntent(.learned(Self.learned()), of: Self.partition)
        .shares(vectors: Matrix(rows: 1, columns: 2), histories: Ragged([[ItemIndex(0)]]))
    }
    await #expect(processExitsWith: .failure) {
      _ = RecencyShares(of: Self.partition, halfLife: 0)
    }
  }
}
