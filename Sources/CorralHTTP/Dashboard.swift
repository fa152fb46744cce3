internal import CDashboard
import CorralVectors
import HTTPTypes
import Hummingbird

/// The page at `/`: static files in the binary, which ask nothing of any network but this server.
package enum Dashboard {
  /// One file of the page.
  package struct File: Sendable {
    /// Where it is asked for; the page itself is `/`.
    package let path: String
    /// The value of its `Content-Type`.
    package let type: String
    package let bytes: [UInt8]
  }

  /// The files, as the compiler took them in.
  package static let files = (0..<cd_file_count()).map { number in
    let file = cd_file_at(number)
    let name = String(cString: file.name)
    return File(
      path: name == "index.html" ? "/" : "/" + name, type: type(of: name),
      bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.count)))
  }

  /// Scripts and styles from here alone, and nothing written into the page runs.
  package static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  /// A route for each file.
  static let routes = files.map { file in
    let tag = "\"\(String(FNVHash(file.bytes).value, radix: 16))\""
    let headers: [(HTTPField.Name, String)] = [
      (.eTag, tag), (.cacheControl, "no-cache"), (.contentSecurityPolicy, policy),
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

  private static func type(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "application/octet-stream"
    }
  }

}
