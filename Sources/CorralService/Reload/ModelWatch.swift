package import Foundation

/// Reloads a model when its folder is replaced.
///
/// A look costs one call of the system while nothing changes. A manifest with another time, length or
/// node is hashed; one with another hash is a new version, and is loaded. A version that is refused is
/// reported once. It is tried again after 1, 2, 4 and at most 64 further looks, since its files may
/// still be on their way.
package actor ModelWatch {
  /// What a look came to.
  package enum Report: Sendable, Equatable {
    /// A new version serves.
    case serving(ModelVersion)
    /// A new version must not serve; it is said once for each version.
    case refused(ModelVersion, reason: String)
    /// The folder has no manifest that can be read; it is said once until it has one.
    case missing(reason: String)
  }

  private let folder: URL
  private let serving: @Sendable () -> String
  private let reload: @Sendable (URL) async throws -> Void
  private let report: @Sendable (Report) -> Void
  private var mark: ManifestMark?
  private var refused: Refusal?
  private var isMissing = false

  /// A version that was refused, and when it is tried again.
  private struct Refusal {
    let version: ModelVersion
    var pause = 1
    var looks = 0
  }

  /// A watch over a folder.
  ///
  /// - Parameters:
  ///   - folder: the folder of the model.
  ///   - serving: the version that serves now, as `ModelVersion` describes itself.
  ///   - reload: loads what is in the folder and swaps it in; `ServiceError.conflict` lets the watch
  ///     try again at the next look.
  ///   - report: is told what happens.
  package init(
    _ folder: URL, serving: @escaping @Sendable () -> String,
    reload: @escaping @Sendable (URL) async throws -> Void,
    report: @escaping @Sendable (Report) -> Void
  ) {
    self.folder = folder
    self.serving = serving
    self.reload = reload
    self.report = report
  }

  /// Looks until the task is cancelled, with pauses.
  package func run(every pause: Duration = .seconds(2)) async {
    while !Task.isCancelled {
      await look()
      try? await Task.sleep(for: pause)
    }
  }

  /// Looks once.
  package func look() async {
    guard let now = ManifestMark(of: folder) else {
      return miss("\(ModelVersion.manifest(of: folder).path) does not exist")
    }
    if now == mark, !isDue() { return }
    let version: ModelVersion
    do {
      version = try ModelVersion(of: folder)
    } catch {
      return miss("\(error)")
    }
    isMissing = false
    if "\(version)" == serving() {
      (mark, refused) = (now, nil)
      return
    }
    await load(version, marked: now)
  }

  private func load(_ version: ModelVersion, marked now: ManifestMark) async {
    do {
      try await reload(folder)
      (mark, refused) = (now, nil)
      report(.serving(version))
    } catch ServiceError.conflict {
      mark = nil
    } catch {
      mark = now
      if let before = refused, before.version == version {
        refused = Refusal(version: version, pause: min(64, 2 * before.pause))
      } else {
        refused = Refusal(version: version)
        report(.refused(version, reason: "\(error)"))
      }
    }
  }

  /// Whether a refused version is tried again at this look.
  private func isDue() -> Bool {
    guard var refusal = refused else { return false }
    refusal.looks += 1
    refused = refusal
    return refusal.looks >= refusal.pause
  }

  private func miss(_ reason: String) {
    mark = nil
    if isMissing { return }
    isMissing = true
    report(.missing(reason: reason))
  }
}
