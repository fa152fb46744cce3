package import CorralService
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle
package import UnixSignals

#if TLS
  import HummingbirdTLS
#endif

/// The HTTP server of a service.
package struct Server: Sendable {
  /// What keeps a server from listening.
  package enum Fault: Error, Equatable, CustomStringConvertible {
    /// No keys, and an address that others can reach.
    case open(String)
    /// A program that was built without TLS.
    case noTLS
    /// A certificate or a key that cannot be used.
    case badCertificate(String)
    /// An address that cannot be listened at.
    case noAddress(String, reason: String)

    package var description: String {
      switch self {
      case .open(let address):
        "without keys the server listens on 127.0.0.1 alone, not on \(address): set "
          + "CORRAL_READ_KEY, CORRAL_WRITE_KEY or CORRAL_ADMIN_KEY, or give --keys FILE"
      case .noTLS:
        "this program was built without TLS: build it with "
          + "`swift build -c release --product corral --traits TLS`, or put a proxy before it"
      case .badCertificate(let reason): "the certificate cannot be used: \(reason)"
      case .noAddress(let address, let reason): "\(address) cannot be listened at: \(reason)"
      }
    }
  }

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

  /// The routes of every server.
  package static let routes =
    AnswerRoutes.all + EventRoutes.all + RecordRoutes.all + AdminRoutes.all + GorseAnswerRoutes.all
    + GorseFeedbackRoutes.all + GorseRecordRoutes.all + Dashboard.routes

  private let service: RecommendationService
  private let address: ListenAddress
  private let settings: ServerSettings
  private let host: Host
  private let dispatcher: Dispatcher
  private let counts: RequestMetrics
  private let builder: HTTPServerBuilder
  private let logger: Logger

  /// A server in front of a service.
  ///
  /// - Throws: `Server.Fault` for an address that is open to others without keys, and for TLS that
  ///   cannot be.
  package init(
    _ service: RecommendationService, at address: ListenAddress,
    settings: ServerSettings = ServerSettings(), keys: Keys = Keys(),
    certificate: Certificate? = nil, metrics: MetricsRegistry, version: String, logger: Logger
  ) throws {
    if keys.isEmpty, !address.isLoopback { throw Fault.open(address.description) }
    self.service = service
    self.address = address
    self.settings = settings
    self.logger = logger
    let table = RouteTable(Self.routes)
    let counts = RequestMetrics(table.routes, in: metrics)
    self.counts = counts
    host = Host(
      metrics: metrics, document: OpenAPI.document(of: table.routes, version: version))
    dispatcher = Dispatcher(
      service, table: table, host: host, keys: keys, settings: settings, counts: counts)
    let arrival = TimeAmount.nanoseconds(Int64(settings.arrival * 1e9))
    let plain = HTTPServerBuilder.http1(
      configuration: .init(
        additionalChannelHandlers: [
          RequestClock(arrival) { counts.record(route: nil, code: 400, elapsed: .zero) }
        ], idleTimeout: .nanoseconds(Int64(settings.idle * 1e9)),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
    builder = try certificate.map { try Self.encrypted(plain, by: $0) } ?? plain
  }

  /// Listens and answers until a signal or a cancelled task stops it.
  ///
  /// A stop refuses new connections, answers what was taken, and then closes the service, so that
  /// every event that was accepted is on the disk when this returns. The services beside it run until
  /// the stop; one that ends earlier begins it.
  package func run(
    stoppedBy signals: [UnixSignal] = [], beside services: [any Service] = [],
    onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }
  ) async throws {
    let (host, address) = (host, address)
    let application = Application(
      responder: dispatcher, server: builder,
      configuration: ApplicationConfiguration(
        address: .hostname(address.host, port: address.port), serverName: nil, backlog: 1024,
        availableConnectionsDelegate: .maximum(settings.connections, logger: logger)),
      onServerRunning: { channel in
        await onListening(
          ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
      }, logger: logger)
    var configuration = ServiceGroupConfiguration(
      services: services.map {
        .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
      } + [.init(service: StopMark(host: host)), .init(service: application)],
      gracefulShutdownSignals: signals, logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(settings.stop)
    let group = ServiceGroup(configuration: configuration)
    do {
      try await group.run()
    } catch let error as IOError {
      await service.close()
      throw Fault.noAddress(address.description, reason: "\(error)")
    } catch {
      await service.close()
      throw error
    }
    await service.close()
  }

  /// The same server behind TLS.
  private static func encrypted(_ plain: HTTPServerBuilder, by certificate: Certificate) throws
    -> HTTPServerBuilder
  {
    #if TLS
      do {
        return try .tls(
          plain,
          tlsConfiguration: .makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.chain)
              .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem))))
      } catch { throw Fault.badCertificate("\(error)") }
    #else
      throw Fault.noTLS
    #endif
  }
}

/// Marks the server as stopping as soon as a stop begins.
private struct StopMark: Service {
  let host: Host

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await gracefulShutdown()
    } onGracefulShutdown: {
      host.stop()
    }
  }
}
