internal import CDashboard

/// The page of the server: static files that lie inside the program.
///
/// The page needs nothing from another place, and holds no script or style inline, so that the strictest
/// policy of a browser lets it work.
package enum Dashboard {
  /// One file of the page.
  package struct File: Sendable {
    /// The value of its `Content-Type`.
    package let contentType: String
    /// The value of its `ETag`: a hash of the bytes, in quotes.
    package let tag: String
    package let bytes: [UInt8]
  }

  /// The files by their path under the root; the page itself is `/`.
  package static let files: [String: File] = {
    var files: [String: File] = [:]
    for number in 0..<cd_file_count() {
      let file = cd_file_at(number)
      let name = String(cString: file.name)
      let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
      files["/" + (name == "index.html" ? "" : name)] = File(
        contentType: contentType(of: name), tag: tag(of: bytes), bytes: bytes)
    }
    return files
  }()

  /// The headers with which every file is sent, so that a browser runs nothing but these files.
  package static let headers = [
    ("Cache-Control", "no-cache"),
    (
      "Content-Security-Policy",
      "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
  ]

  private static func contentType(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "application/octet-stream"
    }
  }

  /// The 64 bits of FNV-1a, which tell one version of a file from the next.
  private static func tag(of bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    return "\"\(String(hash, radix: 16))\""
  }
}
