import Foundation

/// The files that a path stands for.
struct DataSource {
  /// The name of the data set in reports.
  let name: String
  /// The files of interactions, in order.
  let interactions: [String]
  /// The part that each file holds, if the data set comes split.
  let parts: [SplitFiles.Part]
  /// Other parts of the same split beside the named file.
  let otherParts: [String]
  /// The file of users, if there is one.
  let users: String?
  /// The file of items, if there is one.
  let items: String?

  /// Finds the files at a path, a file or a folder.
  ///
  /// Named user and item files are preferred to found ones.
  init(path: String, userFile: String, itemFile: String, rule: SplitRule.Kind) throws {
    if path.isEmpty {
      throw SettingError("path", text: "", "name a file or folder of interactions")
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
    let split = try Self.split(
      found, folder: path, file: isFolder.boolValue ? nil : (path as NSString).lastPathComponent,
      rule: rule)
    otherParts =
      isFolder.boolValue || rule == .files ? [] : split?.files.dropFirst().map(\.name) ?? []
    let isSplit = split != nil && (isFolder.boolValue || rule == .files)
    let chosen =
      try split.flatMap { isSplit ? $0.files.map(\.name).map(inFolder) : nil }
      ?? (isFolder.boolValue ? Self.log(of: found, folder: path).map(inFolder) : [path])
    parts = split.flatMap { isSplit ? $0.files.map(\.part) : nil } ?? []
    let first = Self.plain((chosen.first ?? path) as NSString)
    let stem =
      split.flatMap { isSplit ? $0.stem : nil } ?? (first as NSString).deletingPathExtension
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
      // The names of KuaiRand's side files hold the size of the set.
      first.hasPrefix("log_") ? found.first { $0.hasPrefix(prefix) }.map(inFolder) : nil
    }
    let isMovieLens =
      ["u.data", "ratings.dat", "ratings.csv"].contains(first) || first.hasSuffix(".base")
    func named(_ side: String) -> [String] {
      // The parts of a split may share no stem, only the folder.
      stem.isEmpty ? ["\(side).csv", "\(side).jsonl"] : []
    }
    users =
      userFile.isEmpty
      ? beside(
        ["\(stem).user", "\(stem).users.csv", "\(stem).users.jsonl"]
          + named("users") + (isMovieLens ? ["users.dat", "u.user"] : []))
        ?? prefixed("user_features") : userFile
    items =
      itemFile.isEmpty
      ? beside(
        ["\(stem).item", "\(stem).items.csv", "\(stem).items.jsonl"]
          + named("items") + (isMovieLens ? ["movies.dat", "movies.csv", "u.item"] : []))
        ?? prefixed("video_features_basic") : itemFile
  }

  /// Returns the name of a file without folder and `.gz`.
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

  /// Returns the split that a file belongs to, or that is all there is in a folder.
  ///
  /// Throws `SettingError` if the settings ask for a split and there is none.
  private static func split(
    _ found: [String], folder: String, file: String?, rule: SplitRule.Kind
  ) throws -> SplitFiles? {
    let groups = SplitFiles.groups(of: found)
    if let file {
      if let split = groups.first(where: { $0.files.contains { $0.name == file } }) { return split }
    } else {
      if let split = groups.first, groups.count == 1,
        rule == .files
          || !hasWhole(found.filter { name in !split.files.contains { $0.name == name } })
      {
        return split
      }
    }
    if rule == .files {
      throw SettingError(
        "split.rule", text: rule.rawValue,
        "\(folder): there are no files of one split, such as NAME.train.csv,"
          + " NAME.valid.csv and NAME.test.csv, or u1.base and u1.test; the file for validation may be"
          + " missing")
    }
    return nil
  }

  /// Whether one of the files could be a whole log.
  private static func hasWhole(_ files: [String]) -> Bool {
    files.map { plain($0 as NSString) }.contains { name in
      [".inter", ".csv", ".tsv", ".jsonl", ".data"].contains { name.hasSuffix($0) }
        && ![".users", ".items", "users", "items"].contains {
          (name as NSString).deletingPathExtension.hasSuffix($0)
        } || name == "ratings.dat"
    }
  }

  /// Finds the interactions among the files of a folder, by name or else by ending.
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
    // KuaiRand splits its log into files that follow each other in order of name.
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
