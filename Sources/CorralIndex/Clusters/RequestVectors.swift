import CorralVectors

/// The vectors of requests, each with those of one cluster after the other.
struct RequestVectors: Sendable {
  private let vectors: Matrix
  private let clusters: Int
  /// How many vectors a request has for a cluster.
  let interests: Int

  /// Vectors for each of some clusters; one cluster stands for all.
  init(_ vectors: Matrix, interests: Int, clusters: Int) {
    self.vectors = vectors
    self.interests = interests
    self.clusters = clusters
  }

  /// All vectors of a request.
  func all(of request: Int) -> Matrix {
    let rows = clusters * interests
    return vectors.gathered(request * rows..<(request + 1) * rows)
  }

  /// The vectors of some requests for a cluster.
  func gathered(_ requests: [Int], cluster: Int) -> Matrix {
    let place = clusters == 1 ? 0 : cluster
    return vectors.gathered(
      requests.lazy.flatMap { request in
        let first = (request * clusters + place) * interests
        return first..<first + interests
      })
  }
}
