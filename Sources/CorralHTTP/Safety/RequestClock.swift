import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Gives each request a time in which it must arrive, however slowly its bytes drop in.
///
/// A connection without a first request in that time is closed. One whose body is late gets an error,
/// which becomes status 408. Heads that are no HTTP are counted here, since no route sees them.
final class RequestClock: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  private let time: TimeAmount
  private let onFault: @Sendable () -> Void
  private var deadline: Scheduled<Void>?
  private var isInBody = false

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
    if error is HTTPParserError, !isInBody { onFault() }
    context.fireErrorCaught(error)
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
