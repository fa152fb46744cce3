package import CorralService
import HTTPTypes
package import Hummingbird
package import Logging
package import NIOCore

/// What the server knows of a connection when a request arrives.
package struct Connection: InitializableFromSource {
  package let channel: any Channel
  package let logger: Logger

  /// The connection that a request came by.
  package init(source: ApplicationRequestContextSource) {
    channel = source.channel
    logger = source.logger
  }
}

/// Takes each request to its route: key, rate, body, checks, handler, answer, count.
package struct Dispatcher: HTTPResponder {
  package typealias Context = Connection

  private let table: RouteTable
  private let service: RecommendationService
  private let host: Host
  private let keys: Keys
  private let limiter: RateLimiter?
  private let budget: BodyBudget
  private let settings: ServerSettings
  private let counts: RequestMetrics

  /// A dispatcher over all routes of a service.
  package init(
    _ service: RecommendationService, table: RouteTable, host: Host, keys: Keys,
    settings: ServerSettings, counts: RequestMetrics
  ) {
    self.table = table
    self.service = service
    self.host = host
    self.keys = keys
    self.settings = settings
    self.counts = counts
    limiter = settings.rate > 0 ? RateLimiter(rate: settings.rate, burst: settings.burst) : nil
    budget = BodyBudget(settings.bodies)
  }

  /// The answer to a request; never throws but for a connection that broke.
  package func respond(to request: Request, context: Connection) async throws -> Response {
    let start = ContinuousClock.now
    let target = Target(request.head.path ?? "")
    var place: Int?
    var response: Response
    do {
      let match = table.match(request.method.rawValue, target.path)
      if case .route(let route, _) = match { place = route }
      let reply = try await answer(request, match, target, context)
      response = Response(
        status: .init(code: reply.status), headers: headers(of: reply),
        body: ResponseBody(byteBuffer: reply.body))
    } catch {
      response = refusal(error, of: request, context)
    }
    if request.method == .head { response = response.createHeadResponse() }
    let elapsed = ContinuousClock.now - start
    counts.record(route: place, code: response.status.code, elapsed: elapsed)
    context.logger.debug(
      "request",
      metadata: [
        "method": "\(request.method.rawValue)", "path": "\(target.path)",
        "code": "\(response.status.code)", "duration": "\(elapsed)",
      ])
    return response
  }

  private func answer(
    _ request: Request, _ match: RouteTable.Match, _ target: Target, _ context: Connection
  ) async throws -> Reply {
    switch match {
    case .none:
      throw Problem.notFound("there is nothing at this path; /openapi.json says what there is")
    case .otherMethods(let allowed):
      var problem = Problem(
        405, "method_not_allowed", "this path takes \(allowed), not \(request.method.rawValue)")
      problem.allowed = allowed
      throw problem
    case .route(let place, let written):
      let route = table.routes[place]
      let scope = try route.scope.map { try admit(request, $0, context) } ?? .read
      var names: [String] = []
      for (parameter, text) in zip(route.names, written) {
        guard let name = Target.decoded(text) else {
          throw Problem.bad(parameter.name, "is not percent-encoded UTF-8")
        }
        if let fault = parameter.schema.fault(of: .string(name)) {
          throw Problem(fault, in: parameter.name)
        }
        names.append(name)
      }
      let query = try target.values(of: route.query)
      let body = try await route.body.asyncMap { try await read(request, $0) } ?? nil
      return try await route.handle(
        Call(
          service: service, host: host, names: names, query: query, body: body,
          headers: request.headers, scope: scope))
    }
  }

  /// Lets a request through that has a key for what it asks, and that does not come too fast.
  ///
  /// - Returns: what the key allows.
  private func admit(_ request: Request, _ scope: Route.Scope, _ context: Connection) throws
    -> Route.Scope
  {
    if keys.isEmpty { try refuseOtherSites(request) }
    let presented = Keys.presented(in: request.headers)
    let allowed = keys.isEmpty ? Route.Scope.admin : presented.flatMap(keys.scope)
    if let limiter {
      // A key that is unknown is no way around the rate of its address.
      let address = context.channel.remoteAddress?.ipAddress ?? "local"
      let sender = allowed == nil || keys.isEmpty ? address : presented ?? address
      if let seconds = limiter.wait(of: sender.hashValue) {
        var problem = Problem(
          429, "too_many_requests", "too many requests; ask again in \(seconds) s")
        problem.retryAfter = seconds
        throw problem
      }
    }
    guard let allowed else {
      throw Problem(
        401, "unauthorized",
        presented == nil
          ? "this needs a key: Authorization: Bearer KEY, or X-API-Key: KEY" : "the key is unknown")
    }
    guard allowed >= scope else {
      throw Problem(
        403, "forbidden", "the key allows to \(allowed.rawValue), and this needs \(scope.rawValue)")
    }
    return allowed
  }

  /// Refuses what a page of another site makes a browser of this machine ask, where no key protects.
  ///
  /// Such a page can let its own name stand for this machine, and then `Host` says that name.
  private func refuseOtherSites(_ request: Request) throws {
    if let host = request.head.authority, !ListenAddress.namesThisMachine(host) {
      throw Problem(
        421, "other_host",
        "without keys only requests to localhost or 127.0.0.1 are answered: set keys, or let the "
          + "proxy in front send Host: localhost")
    }
    guard let origin = request.headers[.origin] else { return }
    let site =
      origin.split(separator: "/", omittingEmptySubsequences: false)
      .dropFirst(2).first ?? ""
    guard ListenAddress.namesThisMachine(site) else {
      throw Problem(
        403, "forbidden", "without keys pages of other sites may ask nothing: set keys")
    }
  }

  /// The body of a request, checked; `nil` for none where none is needed.
  private func read(_ request: Request, _ rule: Route.Body) async throws -> JSON? {
    let length = request.headers[.contentLength].flatMap(Int.init)
    let hasBody = length.map { $0 > 0 } ?? request.headers.contains(.transferEncoding)
    guard hasBody else {
      if rule.isRequired { throw Problem(400, "bad_json", "the body is missing") }
      return nil
    }
    let type = request.headers[.contentType] ?? ""
    let isJSON = type.prefix { $0 != ";" }.trimmed.lowercased()
    guard isJSON == "application/json" || isJSON.hasSuffix("+json") else {
      throw Problem(
        415, "unsupported_media_type", "send Content-Type: application/json", field: nil)
    }
    if let length, length > settings.body { throw tooLarge }
    let reserved = length ?? settings.body
    guard budget.take(reserved) else {
      throw Problem.busy("too many bodies arrive at once; try again in 1 s", retryAfter: 1)
    }
    defer { budget.give(reserved) }
    let bytes: ByteBuffer
    do {
      bytes = try await request.body.collect(upTo: settings.body)
    } catch is NIOTooManyBytesError {
      throw tooLarge
    } catch let late as RequestTimeout {
      throw late
    } catch {
      // The sender went away, or what it sent is no HTTP.
      var problem = Problem(400, "bad_http", "the body did not arrive whole")
      problem.closes = true
      throw problem
    }
    let value = try bytes.withUnsafeReadableBytes { raw in
      do { return try JSONParser.parse(raw) } catch {
        throw Problem(400, "bad_json", "the body is not JSON: \(error)")
      }
    }
    if let fault = rule.schema.fault(of: value) { throw Problem(fault) }
    return value
  }

  private var tooLarge: Problem {
    var problem = Problem(
      413, "too_large", "the body is larger than \(settings.body) bytes; send less at once")
    problem.closes = true
    return problem
  }

  private func headers(of reply: Reply) -> HTTPFields {
    var headers: HTTPFields = [.contentType: reply.type, .xContentTypeOptions: "nosniff"]
    for (name, value) in reply.headers { headers[name] = value }
    if reply.headers.isEmpty { headers[.cacheControl] = "no-store" }
    return headers
  }

  private func refusal(_ error: any Error, of request: Request, _ context: Connection) -> Response {
    let problem: Problem
    if let known = Problem(error) {
      problem = known
    } else {
      context.logger.error("a request failed", metadata: ["error": "\(error)"])
      problem = Problem(500, "internal", "something went wrong here; the log says what")
    }
    var writer = JSONWriter(capacity: 256)
    problem.write(to: &writer)
    var headers: HTTPFields = [
      .contentType: "application/json", .xContentTypeOptions: "nosniff", .cacheControl: "no-store",
    ]
    if let allowed = problem.allowed { headers[.allow] = allowed }
    if let seconds = problem.retryAfter { headers[.retryAfter] = "\(seconds)" }
    if problem.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
    if problem.closes { headers[.connection] = "close" }
    return Response(
      status: .init(code: problem.status), headers: headers,
      body: ResponseBody(byteBuffer: writer.buffer))
  }
}

extension Optional {
  /// The result of an asynchronous function of the value, if there is one.
  fileprivate func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result) async rethrows
    -> Result?
  {
    if let self { try await transform(self) } else { nil }
  }
}

extension Substring {
  /// The text without spaces at its ends.
  fileprivate var trimmed: Substring {
    var text = self.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
