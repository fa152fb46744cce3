/// Where a server listens: a host and a port.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  package let host: String
  /// The port; 0 for any that is free.
  package let port: Int

  /// A host and a port.
  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// The address that a text names, `127.0.0.1:8088` or `[::1]:8088`; `nil` for no address.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
    self.init(host: String(host), port: Int(port))
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool { Self.isLoopback(host[...]) }

  private static func isLoopback(_ host: Substring) -> Bool {
    if host.lowercased() == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Whether a host with or without a port, as it stands in a link or a `Host` header, names this
  /// machine.
  package static func namesThisMachine(_ authority: some StringProtocol) -> Bool {
    var host = Substring(authority)
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return false }
      return isLoopback(host[host.index(after: host.startIndex)..<end])
    }
    if let colon = host.firstIndex(of: ":") { host = host[..<colon] }
    return isLoopback(host)
  }

  /// The address as it stands in a link.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
