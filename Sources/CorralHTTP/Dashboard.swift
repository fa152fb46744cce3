import Hummingbird
import HTTPTypes

/// The page at `/`: static files in the binary, which ask nothing of any network but this server.
enum Dashboard {
  /// A route for each file.
  static let routes = files.map { file in
    let tag = "\"\(String(fingerprint(file.bytes), radix: 16))\""
    let headers: [(HTTPField.Name, String)] = [
      (.eTag, tag), (.cacheControl, "no-cache"), (.contentSecurityPolicy, policy),
      (.referrerPolicy, "no-referrer"), (.frameOptions, "DENY"),
    ]
    let body = ByteBuffer(bytes: file.bytes)
    return Route(
      method: .get, path: file.path, summary: "The dashboard.", tag: "dashboard", scope: nil,
      outcome: Route.Outcome(status: 200, text: "The file.", type: file.type), isDocumented: false
    ) { call in
      if call.headers[.ifNoneMatch]?.contains(tag) == true {
        return Reply(status: 304, type: file.type, body: ByteBuffer(), headers: headers)
      }
      return Reply(type: file.type, body: body, headers: headers)
    }
  }

  /// Scripts and styles from here alone, and nothing written into the page runs.
  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  private static let files: [(path: String, type: String, bytes: [UInt8])] = [
    ("/", "text/html; charset=utf-8", Array("<!doctype html><title>Corral</title>".utf8))
  ]

  /// A number that another content would hardly have (FNV-1a).
  private static func fingerprint(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

extension HTTPField.Name {
  fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
  fileprivate static let frameOptions = HTTPField.Name("X-Frame-Options")!
}
