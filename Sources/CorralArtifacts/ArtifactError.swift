package import CorralVectors
import Foundation

/// Why a saved model cannot be read or written: what, where, and what to do.
public enum ArtifactError: Error, Equatable {
  /// The path is not a directory with a manifest, and why.
  case notAModel(path: String, reason: String)
  /// The model was written by a newer version of Corral.
  case newerFormat(path: String, format: Int, known: Int)
  /// The manifest is there but cannot be understood.
  case damagedManifest(path: String, reason: String)
  /// The manifest names a file that is not there.
  case missingFile(path: String)
  /// A file is shorter or longer than the manifest says.
  case wrongSize(path: String, expected: Int, found: Int)
  /// A file has the right length and other content than was written.
  case wrongChecksum(path: String)
  /// A file is whole but does not hold what it should, and why.
  case damagedFile(path: String, reason: String)
  /// The model does not have a part that was asked for.
  case noSuchPart(model: String, file: String)
  /// Another model took this one's place while it was read.
  case replacedWhileReading(path: String)
  /// The place where a model should go holds something else.
  case notReplaceable(path: String)
  /// Another process is at work in a directory; its number if it is known.
  case inUse(path: String, process: Int?)
  /// Another process has been saving in the same directory for too long.
  case busy(path: String)
  /// There is no space left on the disk.
  case diskFull(path: String)
  /// The system does not allow it.
  case permissionDenied(path: String, writing: Bool)
  /// Reading failed for another reason.
  case unreadable(path: String, reason: String)
  /// Writing failed for another reason.
  case unwritable(path: String, reason: String)
  /// The system's libcrypto does not compute SHA-256.
  case noHash

  /// What a failed call to the system means, by its error number.
  package static func system(_ number: Int32, path: String, writing: Bool) -> ArtifactError {
    switch number {
    case ENOSPC, EDQUOT: return .diskFull(path: path)
    case EACCES, EPERM, EROFS: return .permissionDenied(path: path, writing: writing)
    default:
      let reason = SystemReason.text(number)
      return writing
        ? .unwritable(path: path, reason: reason) : .unreadable(path: path, reason: reason)
    }
  }
}

extension OutputFile {
  /// Creates a file, or empties the one that is there; every failure is an `ArtifactError`.
  package init(path: String) throws {
    try self.init(path: path) { ArtifactError.system($0, path: path, writing: true) }
  }
}

extension ArtifactError: CustomStringConvertible {
  /// What is wrong, where, and what to do about it.
  public var description: String {
    switch self {
    case .notAModel(let path, let reason):
      "\(path) is not a saved model: \(reason); give the directory that `corral train --out` wrote"
    case .newerFormat(let path, let format, let known):
      "\(path) has format \(format), and this version of Corral reads up to \(known): "
        + "update Corral, or train the model again with this version"
    case .damagedManifest(let path, let reason):
      "\(path) is damaged: \(reason); copy the model again from where it was whole, or train it again"
    case .missingFile(let path):
      "\(path) is missing: the model is not whole; copy it again from where it was, or train it again"
    case .wrongSize(let path, let expected, let found):
      "\(path) is damaged: it has \(found) bytes and should have \(expected); "
        + "copy the model again from where it was whole, or train it again"
    case .wrongChecksum(let path):
      "\(path) is damaged: its SHA-256 is not the one in the manifest; "
        + "copy the model again from where it was whole, or train it again"
    case .damagedFile(let path, let reason):
      "\(path) is damaged: \(reason); train the model again"
    case .noSuchPart(let model, let file):
      "the model \(model) has no \(file): it was saved without that part; train it again to have it"
    case .replacedWhileReading(let path):
      "\(path) was replaced by another model while it was read; open it again"
    case .notReplaceable(let path):
      "\(path) exists and is not a saved model, so it is not replaced; "
        + "give another --out, or remove it first"
    case .inUse(let path, let process):
      "another run\(process.map { ", process \($0)," } ?? "") is at work in \(path); wait until it "
        + "ends, or stop it first"
    case .busy(let path):
      "another process has been saving in \(path) for half a minute; what was there before is "
        + "unchanged; wait for that process, or end it"
    case .diskFull(let path):
      "cannot write \(path): no space is left on the disk; what was there before is unchanged; "
        + "free some space or give another place"
    case .permissionDenied(let path, let writing):
      "cannot \(writing ? "write" : "read") \(path): permission denied; "
        + "change its permissions or give another place"
    case .unreadable(let path, let reason):
      "cannot read \(path): \(reason)"
    case .unwritable(let path, let reason):
      "cannot write \(path): \(reason); what was there before is unchanged"
    case .noHash:
      "libcrypto cannot compute a SHA-256: check OpenSSL's configuration (OPENSSL_CONF) and the free "
        + "memory"
    }
  }
}
