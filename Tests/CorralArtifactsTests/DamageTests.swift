import CorralArtifacts
import CorralData
import CorralVectors
import Foundation
import Testing

/// Every way a directory can be wrong, and the words it is refused with.
@Suite struct DamageTests {
  /// The message with which a model is refused after something was done to its directory.
  private func refusal(_ damage: (URL) throws -> Void) throws -> String {
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("model")
      try writeModel("twelve bytes", to: place)
      try damage(place)
      do {
        _ = try SavedModel.open(place)
        return "opened"
      } catch {
        return "\(error)".replacingOccurrences(of: place.path, with: "DIR")
      }
    }
  }

  private func edit(_ place: URL, _ old: String, _ new: String) throws {
    let url = place.appendingPathComponent("manifest.json")
    let text = try String(contentsOf: url, encoding: .utf8)
    #expect(text.contains(old))
    try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: url)
  }

  @Test func `nothing there`() throws {
    let message = try refusal { try FileManager.default.removeItem(at: $0) }
    #expect(
      message == "DIR is not a saved model: there is no such directory; "
        + "give the directory that `corral train --out` wrote")
  }

  @Test func `a file instead of a directory`() throws {
    let message = try refusal {
      try FileManager.default.removeItem(at: $0)
      try Data("x".utf8).write(to: $0)
    }
    #expect(
      message == "DIR is not a saved model: it is a file, not a directory; "
        + "give the directory that `corral train --out` wrote")
  }

  @Test func `no manifest`() throws {
    let message = try refusal {
      try FileManager.default.removeItem(at: $0.appendingPathComponent("manifest.json"))
    }
    #expect(
      message == "DIR is not a saved model: it has no manifest.json; "
        + "give the directory that `corral train --out` wrote")
  }

  @Test func `a truncated manifest`() throws {
    let message = try refusal {
      let url = $0.appendingPathComponent("manifest.json")
      try Data(contentsOf: url).prefix(100).write(to: url)
    }
    #expect(
      message == "DIR/manifest.json is damaged: it is not the JSON of a manifest with a format "
        + "number; copy the model again from where it was whole, or train it again")
  }

  @Test func `a manifest without a part`() throws {
    let message = try refusal { try edit($0, "\"sha256\" : \"ab\",", "") }
    #expect(
      message == "DIR/manifest.json is damaged: 'data.sha256' is missing; "
        + "copy the model again from where it was whole, or train it again")
  }

  @Test func `a manifest with a word where a number belongs`() throws {
    let message = try refusal { try edit($0, "\"users\" : 2", "\"users\" : \"two\"") }
    #expect(
      message == "DIR/manifest.json is damaged: 'data.users' has the wrong type; "
        + "copy the model again from where it was whole, or train it again")
  }

  @Test func `a manifest that leads outside`() throws {
    let message = try refusal { try edit($0, "\"words.txt\"", "\"../words.txt\"") }
    #expect(
      message == "DIR/manifest.json is damaged: the file name '../words.txt' leads outside the "
        + "model; copy the model again from where it was whole, or train it again")
  }

  @Test func `a newer format`() throws {
    let message = try refusal {
      let manifest = Data(#"{"format": 7, "anything": "else"}"#.utf8)
      try manifest.write(to: $0.appendingPathComponent("manifest.json"))
    }
    #expect(
      message == "DIR has format 7, and this version of Corral reads up to 2: "
        + "update Corral, or train the model again with this version")
  }

  @Test func `a missing file`() throws {
    let message = try refusal {
      try FileManager.default.removeItem(at: $0.appendingPathComponent("words.txt"))
    }
    #expect(
      message == "DIR/words.txt is missing: the model is not whole; "
        + "copy it again from where it was, or train it again")
  }

  @Test func `a truncated file`() throws {
    let message = try refusal {
      try Data("twelve".utf8).write(to: $0.appendingPathComponent("words.txt"))
    }
    #expect(
      message == "DIR/words.txt is damaged: it has 6 bytes and should have 12; "
        + "copy the model again from where it was whole, or train it again")
  }

  @Test func `one changed byte`() throws {
    let message = try refusal {
      try Data("twelve bytez".utf8).write(to: $0.appendingPathComponent("words.txt"))
    }
    #expect(
      message == "DIR/words.txt is damaged: its SHA-256 is not the one in the manifest; "
        + "copy the model again from where it was whole, or train it again")
  }

  @Test func `a part that was not saved`() throws {
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("model")
      let model = try writeModel("words", to: place)
      let error = #expect(throws: ArtifactError.self) { try model.texts(ModelFile.titles) }
      #expect(
        error?.description == "the model \(place.path) has no titles.txt: "
          + "it was saved without that part; train it again to have it")
    }
  }

  @Test(arguments: [
    ("a\nb\na\n", "line 3 repeats 'a' of line 1"), ("a\nb", "line 2 is cut off"),
    ("a\\x\n", "line 1 has a backslash that stands for nothing"), ("a\\", "line 1 is cut off"),
  ])
  func `a vocabulary that is none`(_ text: String, _ reason: String) throws {
    try withTemporaryFolder { folder in
      let model = try SavedModel.write(
        to: folder.appendingPathComponent("model"), manifest: exampleManifest()
      ) { try $0.write(Data(text.utf8), as: ModelFile.users) }
      let error = #expect(throws: ArtifactError.self) { try model.vocabulary(ModelFile.users) }
      #expect(
        error?.description
          == "\(model.url.path)/users.txt is damaged: \(reason); train the model again")
    }
  }

  @Test func `histories of another catalogue`() throws {
    try withTemporaryFolder { folder in
      let histories = Ragged<ItemIndex>([[ItemIndex(5)]])
      let model = try SavedModel.write(
        to: folder.appendingPathComponent("model"), manifest: exampleManifest()
      ) { try $0.write(histories, as: ModelFile.histories) }
      let error = #expect(throws: ArtifactError.self) { try model.histories(itemCount: 5) }
      #expect(
        error?.description.contains(
          "histories.safetensors is damaged: 'values' has a position that is not below 5") == true)
    }
  }
}
