package import CorralService
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle
package import UnixSignals

/// The HTTP server of a service.
package struct Server: Sendable {
  /// What keeps a server from listening.
  package enum Fault: Error, Equatable, CustomStringConvertible {
    /// No keys, and an address that others can reach.
    case open(String)
    /// A program that was built without TLS.
    case noTLS
    /// A file that holds no certificate.
    case badCertificate(String, reason: String)
    /// A file that holds no key.
    case badKey(String, reason: String)
    /// A key that is not that of the certificate.
    case otherKey(String, certificate: String)
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
      case .badCertificate(let path, let reason):
        "--tls-certificate \(path) cannot be used (\(reason)): give a file in PEM with the "
          + "certificate and, after it, those that signed it"
      case .badKey(let path, let reason):
        "--tls-key \(path) cannot be used (\(reason)): give a file in PEM with the certificate's "
          + "key, without a passphrase"
      case .otherKey(let path, let certificate):
        "the key in \(path) is not that of the certificate in \(certificate): give the two files "
          + "that were made together"
      case .noAddress(let address, let reason): "\(address) cannot be listened at: \(reason)"
      }
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
    builder = try certificate?.encrypted(plain) ?? plain
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
