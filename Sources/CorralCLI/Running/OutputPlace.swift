import CorralVectors
import Foundation

/// Checks a place to write to before the work starts.
package enum OutputPlace {
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

  /// Throws `InputError` where a single file cannot be created or replaced: its folder must be there
  /// and allow it, and the path must not be a folder's.
  package static func checkFile(_ path: String, option: String = "--out") throws {
    try check(path, option: option)
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw InputError.options("\(path) is a folder; give \(option) the name of a file")
    }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else {
      throw InputError.options(
        "\(path) cannot be written: there is no folder \(folder); make it, or give another \(option)"
      )
    }
    // The rights of the effective user, by which the system judges the write.
    if faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0 {
      throw InputError.options(
        "\(path) cannot be written: \(SystemReason.text(errno)) in the folder \(folder); "
          + "change its permissions, or give another \(option)")
    }
  }
}
