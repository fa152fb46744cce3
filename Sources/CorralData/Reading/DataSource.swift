import Foundation

/// The files of a data set: what a path means.
struct DataSource {
  /// What reports call the data set.
  let name: String
  /// The files of interactions, in order.
  let interactions: [String]
  /// What is known about users, when there is a file of it.
  let users: String?
  /// What is known about items, when there is a file of it.
  let items: String?

  /// Finds the files at a path, a file or a folder; named side files come before found ones.
  init(path: String, userFile: String, itemFile: String) throws {
    if path.isEmpty {
      throw DataError.badSetting(
        name: "data.path", value: "", reason: "name a file or folder of interactions")
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DataError.missingFile(path)
    }
    let folder = isFolder.boolValue ? path : (path as NSString).deletingLastPathComponent
    let found = try Self.files(in: folder.isEmpty ? "." : folder)
    func inFolder(_ name: String) -> String {
      folder.isEmpty ? name : (folder as NSString).appendingPathComponent(name)
    }
    let chosen = try isFolder.boolValue ? Self.log(of: found, folder: path).map(inFolder) : [path]
    let first = Self.plain((chosen.first ?? path) as NSString)
    let stem = (first as NSString).deletingPathExtension
    interactions = chosen
    name =
      isFolder.boolValue
      ? (URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent) : stem
    func beside(_ names: [String]) -> String? {
      names.lazy.compactMap { name in
        found.first { Self.plain($0 as NSString) == name }.map(inFolder)
      }.first
    }
    func prefixed(_ prefix: String) -> String? {
      // KuaiRand's side files carry the size of the set in their names.
      first.hasPrefix("log_") ? found.first { $0.hasPrefix(prefix) }.map(inFolder) : nil
    }
    let isMovieLens = ["u.data", "ratings.dat", "ratings.csv"].contains(first)
    users =
      userFile.isEmpty
      ? beside(
        ["\(stem).user", "\(stem).users.csv", "\(stem).users.jsonl"]
          + (isMovieLens ? ["users.dat", "u.user"] : []))
        ?? prefixed("user_features") : userFile
    items =
      itemFile.isEmpty
      ? beside(
        ["\(stem).item", "\(stem).items.csv", "\(stem).items.jsonl"]
          + (isMovieLens ? ["movies.dat", "movies.csv", "u.item"] : []))
        ?? prefixed("video_features_basic") : itemFile
  }

  /// The name of a file without folder and `.gz`.
  private static func plain(_ path: NSString) -> String {
    let name = path.lastPathComponent
    return name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
  }

  private static func files(in folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter {
        !$0.hasPrefix(".")
      }.sorted()
    } catch {
      throw DataError.unreadable(
        file: folder, reason: "the folder cannot be read: \(error.localizedDescription)")
    }
  }

  /// The files of interactions among the files of a folder: by name first, then by ending.
  private static func log(of files: [String], folder: String) throws -> [String] {
    func named(_ isOne: (String) -> Bool) -> [String] {
      files.filter { isOne(plain($0 as NSString)) }
    }
    let kinds: [(String) -> Bool] = [
      { $0.hasSuffix(".inter") }, { $0 == "ratings.dat" }, { $0 == "ratings.csv" },
      { $0 == "u.data" }, { $0 == "UserBehavior.csv" },
    ]
    for kind in kinds {
      let found = named(kind)
      if found.count > 1 { throw DataError.severalFiles(folder: folder, found: found) }
      if !found.isEmpty { return found }
    }
    // KuaiRand cuts its log into parts, which follow each other in order of name.
    let parts = named { $0.hasPrefix("log_standard") && $0.hasSuffix(".csv") }
    if !parts.isEmpty { return parts }
    for ending in [".jsonl", ".csv", ".tsv"] {
      let found = named { name in
        name.hasSuffix(ending)
          && ![".users", ".items"].contains { name.hasSuffix($0 + ending) }
      }
      if found.count > 1 { throw DataError.severalFiles(folder: folder, found: found) }
      if !found.isEmpty { return found }
    }
    throw DataError.noInteractions(folder: folder, found: files)
  }
}
