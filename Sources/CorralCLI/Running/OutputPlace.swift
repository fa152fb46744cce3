import Foundation

/// Checks a place to write to before the work starts.
enum OutputPlace {
  /// Throws `InputError` where nothing can ever be written: no path, or a path into a file.
  static func check(_ path: String, option: String = "--out") throws {
    guard !path.isEmpty else {
      throw InputError.options("\(option) is empty; name a place to write to")
    }
    var parent = URL(filePath: path).standardizedFileURL.deletingLastPathComponent()
    while parent.path != "/", !FileManager.default.fileExists(atPath: parent.path) {
      parent.deleteLastPathComponent()
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: parent.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw InputError.options(
        "\(path) cannot be written: \(parent.path) is a file, not a folder; give another \(option)")
    }
  }
}
