import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Gives each request a time in which it must arrive, however slowly its bytes drop in.
///
/// A connection without a first request in that time is closed. One whose body is late gets an error,
/// which becomes status 408. Heads that are no HTTP are counted here, since no route sees them, and
/// what the server answers to them gets the body that every other error has.
final class RequestClock: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let time: TimeAmount
  private let onFault: @Sendable () -> Void
  private var deadline: Scheduled<Void>?
  private var isInBody = false
  private var isBroken = false

  /// A clock that calls a closure for each head that is no HTTP.
  init(_ time: TimeAmount, onFault: @escaping @Sendable () -> Void) {
    self.time = time
    self.onFault = onFault
  }

  func handlerAdded(context: ChannelHandlerContext) { start(context) }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      stop()
      let hasBody =
        head.headerFields[.contentLength].map { $0 != "0" }
        ?? head.headerFields.contains(.transferEncoding)
      if hasBody {
        isInBody = true
        start(context)
      }
    case .body: break
    case .end:
      isInBody = false
      stop()
    }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A fault inside a body is counted with the route that reads it.
    if error is HTTPParserError, !isInBody {
      isBroken = true
      onFault()
    }
    context.fireErrorCaught(error)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    // The routes answer nothing without a body, so that this is what stands for the broken head.
    guard isBroken, case .head(var head) = unwrapOutboundIn(data), head.status.code == 400,
      head.headerFields[.contentLength] == "0"
    else { return context.write(data, promise: promise) }
    var writer = JSONWriter(capacity: 128)
    Problem(400, "bad_http", "the head of the request is no HTTP, or is too large")
      .write(to: &writer)
    head.headerFields[.contentLength] = "\(writer.buffer.readableBytes)"
    head.headerFields[.contentType] = "application/json"
    head.headerFields[.cacheControl] = "no-store"
    context.write(wrapOutboundOut(.head(head)), promise: promise)
    context.write(wrapOutboundOut(.body(writer.buffer)), promise: nil)
  }

  private func start(_ context: ChannelHandlerContext) {
    let box = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: time) {
      let (clock, context) = box.value
      if clock.isInBody {
        context.fireErrorCaught(RequestTimeout())
      } else {
        context.close(promise: nil)
      }
    }
  }

  private func stop() {
    deadline?.cancel()
    deadline = nil
  }
}
