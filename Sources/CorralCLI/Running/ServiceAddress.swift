import Foundation

/// Where a service listens: `http://127.0.0.1:8088`, perhaps with a path before its routes.
package struct ServiceAddress: Sendable, Equatable, CustomStringConvertible {
  package let host: String
  package let port: Int
  /// The path before the routes: empty, or `/below/this`.
  package let path: String

  /// The address that a text names.
  ///
  /// Throws `InputError`.
  package init(_ text: String) throws {
    guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
      parts.query == nil, parts.fragment == nil
    else {
      throw InputError.options(
        "--url '\(text)' is no address; give one such as http://127.0.0.1:8088")
    }
    guard parts.scheme?.lowercased() == "http" else {
      throw InputError.options(
        "--url \(text): a simulation speaks plain http; give the http:// address of the server "
          + "itself, behind whatever encrypts")
    }
    let port = parts.port ?? 80
    guard (1...65_535).contains(port) else {
      throw InputError.options("--url \(text): there is no port \(port); give 1 to 65535")
    }
    var path = parts.percentEncodedPath
    while path.hasSuffix("/") { path.removeLast() }
    // Brackets around an address of IPv6 are no part of it.
    (self.host, self.port, self.path) = (String(host.trimmingPrefix("[").trimming("]")), port, path)
  }

  /// The host and the port as a request names them.
  package var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
  package var description: String { "http://\(authority)\(path)" }
}

extension Substring {
  /// The text without a character at its end.
  fileprivate func trimming(_ end: Character) -> Substring { last == end ? dropLast() : self }
}

/// Why a service elsewhere could not be used.
package enum RemoteError: Error, Equatable, CustomStringConvertible {
  /// Nobody answers.
  case unreachable(address: String, reason: String)
  /// The service said no: `request` is its method and place.
  case refused(request: String, status: Int, text: String)
  /// The answer is not what Corral's server gives.
  case strange(request: String, reason: String)

  package var description: String {
    switch self {
    case .unreachable(let address, let reason):
      "\(address) does not answer: \(reason); start a server there with: corral serve MODEL"
    case .refused(let request, let status, let text):
      "\(request) was refused with status \(status): \(text)"
        + (status == 401 || status == 403
          ? "; give a key that may write with --key, or in CORRAL_WRITE_KEY" : "")
    case .strange(let request, let reason):
      "\(request) was not answered as Corral's server does: \(reason)"
    }
  }

  /// Whether the one who asked can put it right.
  var isBadInput: Bool {
    if case .refused(_, let status, _) = self { status < 500 && status != 429 } else { false }
  }
}
