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

  /// What serves: the folder of the model, and its version as `ModelVersion` describes itself.
  package typealias Serving = (folder: URL, version: String)

  private let serving: @Sendable () -> Serving
  private let reload: @Sendable () async throws -> Void
  private let report: @Sendable (Report) -> Void
  /// The folder of the last look.
  private var folder: URL?
  private var mark: ManifestMark?
  private var refused: Refusal?
  private var isMissing = false

  /// A version that was refused, and when it is tried again.
  private struct Refusal {
    let version: ModelVersion
    var pause = 1
    var looks = 0
  }

  /// A watch over the folder of a model that serves.
  ///
  /// - Parameters:
  ///   - serving: what serves now; a model from another folder is watched there.
  ///   - reload: loads what is in the folder and swaps it in; `ServiceError.conflict` lets the watch
  ///     try again at the next look.
  ///   - report: is told what happens.
  package init(
    serving: @escaping @Sendable () -> Serving,
    reload: @escaping @Sendable () async throws -> Void,
    report: @escaping @Sendable (Report) -> Void
  ) {
    self.serving = serving
    self.reload = reload
    self.report = report
  }

  /// Looks once.
  package func look() async {
    let serving = serving()
    let folder = serving.folder
    if folder != self.folder { (self.folder, mark, refused, isMissing) = (folder, nil, nil, false) }
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
    if "\(version)" == serving.version {
      (mark, refused) = (now, nil)
      return
    }
    await load(version, marked: now)
  }

  private func load(_ version: ModelVersion, marked now: ManifestMark) async {
    do {
      try await reload()
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
