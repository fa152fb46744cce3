package import CorralArtifacts
package import CorralStreaming
package import Foundation

/// Where on its stream a model was published: `ModelFile.stream`.
package struct StreamMark: Sendable, Equatable, Codable {
  /// The number of the publication, from 1.
  package var publication: Int
  /// The place behind the last event that it has learned; `nil` before the first.
  package var position: StreamPosition?
  /// The steps that it was trained on the stream.
  package var steps: Int
  /// The examples that it has learned from the stream.
  package var examples: Int
  /// How the latest events were predicted before they were learned.
  package var predicted: ProgressiveReport
  /// When it was published.
  package var time: Date

  func write(to folder: ModelFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    try folder.write(try encoder.encode(self) + Data("\n".utf8), as: ModelFile.stream)
  }
}

extension SavedModel {
  /// Where on its stream the model was published; `nil` for one that has learned from none.
  ///
  /// - Throws: `ArtifactError` for a file that cannot be understood.
  package var streamMark: StreamMark? {
    get throws {
      guard contains(ModelFile.stream) else { return nil }
      let decoder = JSONDecoder()
      decoder.dateDecodingStrategy = .iso8601
      do {
        return try decoder.decode(StreamMark.self, from: data(ModelFile.stream))
      } catch let error as DecodingError {
        throw damaged(ModelFile.stream, "\(error)")
      }
    }
  }
}
