import HummingbirdCore

#if TLS
  import HummingbirdTLS
#endif

extension Server {
  /// The files of a certificate and its key, in PEM.
  package struct Certificate: Sendable {
    package let chain: String
    package let key: String

    /// A certificate in two files.
    package init(chain: String, key: String) {
      self.chain = chain
      self.key = key
    }
  }
}

#if TLS
  extension Server.Certificate {
    /// Throws `Server.Fault` for files that cannot be used.
    package func check() throws { _ = try configuration() }

    /// The same server behind TLS.
    func encrypted(_ plain: HTTPServerBuilder) throws -> HTTPServerBuilder {
      try .tls(plain, tlsConfiguration: configuration())
    }

    private func configuration() throws -> TLSConfiguration {
      let certificates: [NIOSSLCertificate]
      do {
        certificates = try NIOSSLCertificate.fromPEMFile(chain)
      } catch { throw Server.Fault.badCertificate(chain, reason: "\(error)") }
      let privateKey: NIOSSLPrivateKey
      do {
        privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
      } catch { throw Server.Fault.badKey(key, reason: "\(error)") }
      let configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: certificates.map { .certificate($0) },
        privateKey: .privateKey(privateKey))
      // Key and certificate meet first in what is made for a channel.
      do {
        _ = try TLSChannel(
          HTTP1Channel(responder: { _, _, _ in }), tlsConfiguration: configuration)
      } catch { throw Server.Fault.otherKey(key, certificate: chain) }
      return configuration
    }
  }
#else
  extension Server.Certificate {
    /// Throws `Server.Fault.noTLS`.
    package func check() throws { throw Server.Fault.noTLS }

    /// Throws `Server.Fault.noTLS`.
    func encrypted(_ plain: HTTPServerBuilder) throws -> HTTPServerBuilder {
      throw Server.Fault.noTLS
    }
  }
#endif
