import Foundation

/// The error numbers of the system in plain words.
package enum SystemReason {
  /// A few words that end a sentence such as "cannot read x: ...".
  package static func text(_ number: Int32) -> String {
    switch number {
    case ENOENT: "there is no such file or folder"
    case ENOTDIR: "a part of the path is a file, not a folder"
    case EISDIR: "it is a folder, not a file"
    case EACCES, EPERM: "permission denied"
    case EROFS: "the disk may only be read"
    case ENOSPC: "no space is left on the disk"
    case EDQUOT: "the disk quota is used up"
    case EFBIG: "the file would be larger than is allowed here"
    case EIO: "the disk or its connection failed"
    case EMFILE, ENFILE: "too many files are open"
    case ENAMETOOLONG: "the name is too long"
    case ELOOP: "the links of the path lead in a circle"
    case ENOTEMPTY: "the folder is not empty"
    case EEXIST: "it exists already"
    case EXDEV: "the two places are on different disks"
    case EBUSY, ETXTBSY: "something else is using it"
    case EBADF: "it is closed"
    default: "the system says '\(String(cString: strerror(number)))'"
    }
  }

  /// The error number of the system behind an error of Foundation; `nil` if there is none.
  package static func number(of error: any Error) -> Int32? {
    let error = error as NSError
    if error.domain == NSPOSIXErrorDomain { return Int32(exactly: error.code) }
    if let inner = error.userInfo[NSUnderlyingErrorKey] as? any Error,
      let number = number(of: inner)
    {
      return number
    }
    guard error.domain == NSCocoaErrorDomain else { return nil }
    switch CocoaError.Code(rawValue: error.code) {
    case .fileNoSuchFile, .fileReadNoSuchFile: return ENOENT
    case .fileReadNoPermission, .fileWriteNoPermission: return EACCES
    case .fileWriteOutOfSpace: return ENOSPC
    case .fileWriteVolumeReadOnly: return EROFS
    case .fileWriteFileExists: return EEXIST
    default: return nil
    }
  }

  /// An error of Foundation in plain words.
  package static func text(of error: any Error) -> String {
    number(of: error).map(text) ?? "the system refuses it without a reason"
  }
}
