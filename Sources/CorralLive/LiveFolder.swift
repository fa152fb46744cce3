package import CorralArtifacts
package import Foundation

/// Where a model that learns from a stream keeps what it needs to go on: a folder beside the model.
///
/// `checkpoint` is the last state, and `snapshots/N` are publications to roll back to.
/// `publications.jsonl` says what became of each, and `training.jsonl` how learning stood.
package struct LiveFolder: Sendable {
  /// The folder of the model.
  package let model: URL
  /// `MODEL.live`.
  package let folder: URL

  /// The folder beside a model.
  package init(beside model: URL) {
    let model = model.standardizedFileURL
    self.model = model
    folder = model.deletingLastPathComponent()
      .appending(path: model.lastPathComponent + ".live")
  }

  /// The state to go on from.
  package var checkpoint: URL { folder.appending(path: "checkpoint") }

  /// What became of each publication, one JSON object a line.
  package var log: URL { folder.appending(path: "publications.jsonl") }

  /// How learning stood at each publication, one JSON object a line.
  package var reports: URL { folder.appending(path: "training.jsonl") }

  /// Where records that cannot be read are put, if they are not to stop the stream.
  package var deadLetter: URL { folder.appending(path: "dead-letters.jsonl") }

  private var snapshots: URL { folder.appending(path: "snapshots") }

  /// Takes the folder for this process, and makes it if there is none.
  ///
  /// - Throws: `ArtifactError.inUse` where another process learns here.
  package func claim() throws -> ProcessLock {
    do {
      try FileManager.default.createDirectory(at: snapshots, withIntermediateDirectories: true)
    } catch {
      throw ArtifactError.unwritable(
        path: folder.path, reason: (error as NSError).localizedDescription)
    }
    return try ProcessLock.take(folder.appending(path: "run.lock"))
  }

  /// Removes the state, so that the next run begins anew from the model; snapshots stay.
  package func forgetCheckpoint() throws {
    if FileManager.default.fileExists(atPath: checkpoint.path) {
      try FileManager.default.removeItem(at: checkpoint)
    }
  }

  // MARK: Snapshots

  /// The numbers of the snapshots that are kept, rising.
  package var numbers: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: snapshots.path)) ?? []
    return names.compactMap(Int.init).sorted()
  }

  /// The model of a snapshot.
  package func model(of number: Int) -> URL {
    snapshots.appending(path: "\(number)").appending(path: "model")
  }

  /// The state of a snapshot.
  package func checkpoint(of number: Int) -> URL {
    snapshots.appending(path: "\(number)").appending(path: "checkpoint")
  }

  /// Keeps the model and the state that are in their places now as a snapshot, and drops the oldest.
  ///
  /// Files are linked, not copied: they are never written again, only replaced.
  ///
  /// - Parameters:
  ///   - number: the number of the snapshot.
  ///   - kept: how many snapshots stay.
  /// - Throws: errors of the file system; what serves is not touched.
  func keep(_ number: Int, of kept: Int) throws {
    let files = FileManager.default
    let partial = snapshots.appending(path: ".partial")
    if files.fileExists(atPath: partial.path) { try files.removeItem(at: partial) }
    for (source, name) in [(model, "model"), (checkpoint, "checkpoint")] {
      let target = partial.appending(path: name)
      try files.createDirectory(at: target, withIntermediateDirectories: true)
      for file in try files.contentsOfDirectory(atPath: source.path) {
        let (from, to) = (source.appending(path: file), target.appending(path: file))
        do {
          try files.linkItem(at: from, to: to)
        } catch { try files.copyItem(at: from, to: to) }
      }
    }
    let place = snapshots.appending(path: "\(number)")
    if files.fileExists(atPath: place.path) { try files.removeItem(at: place) }
    try files.moveItem(at: partial, to: place)
    for old in numbers.dropLast(kept) {
      try files.removeItem(at: snapshots.appending(path: "\(old)"))
    }
  }

  /// Puts a snapshot in the place of what serves, and its state in the place of the last one.
  ///
  /// The caller has claimed the folder. Each of the two is replaced as a whole, the model first: a state
  /// that is later than the model goes on from where it was, and one that is earlier fits no model.
  ///
  /// - Parameters:
  ///   - number: the number of the snapshot; `nil` for the last one before what serves.
  ///   - skippingEvents: whether the events that were learned since are never learned again.
  /// - Returns: the number.
  /// - Throws: `LiveError` and `ArtifactError`.
  package func rollBack(to number: Int?, skippingEvents: Bool = false) throws -> Int {
    let known = numbers
    let serving = try SavedModel.open(model).streamMark?.publication
    let number = number ?? known.last { $0 < serving ?? .max }
    guard let number, known.contains(number) else {
      throw LiveError.noSnapshot(
        path: folder.path, wanted: number.map(String.init) ?? "before what serves", known: known)
    }
    try copy(model(of: number), to: model)
    if skippingEvents, let last = try LearnerState.read(checkpoint, longest: .max),
      var state = try LearnerState.read(checkpoint(of: number), longest: .max)
    {
      state.record.position = last.record.position
      try state.write(to: checkpoint)
    } else {
      try copy(checkpoint(of: number), to: checkpoint)
    }
    return number
  }

  private func copy(_ source: URL, to place: URL) throws {
    let saved = try SavedModel.open(source)
    try SavedModel.write(to: place, manifest: saved.manifest) { folder in
      for file in saved.manifest.files.keys.sorted() { try folder.copy(file, of: saved) }
    }
  }
}
