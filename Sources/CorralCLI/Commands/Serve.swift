import ArgumentParser
import CorralHTTP
import Foundation

/// `corral serve MODEL`: a saved model in front of users, over HTTP.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves a saved model over HTTP: answers, events, a page to look at.",
    discussion: """
      What users do is kept beside the model, in MODEL.store, and changes the next answer. \
      /openapi.json says what can be asked. SIGHUP opens the models anew, those of arms too; SIGTERM \
      and Ctrl-C answer what was taken and stop.

      Keys come from CORRAL_READ_KEY, CORRAL_WRITE_KEY and CORRAL_ADMIN_KEY, or from a file. \
      Without any, the server listens on this machine alone.
      """)

  @Argument(help: "The directory of a saved model.")
  var model: String

  @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
  var listen = "127.0.0.1:8088"

  @Option(
    help: ArgumentHelp("Where to keep events, users and items: MODEL.store.", valueName: "dir"))
  var store: String?

  @Option(
    name: .customLong("import"),
    help: ArgumentHelp("A log whose interactions are stored first, once.", valueName: "path"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "A file of keys, each line `read KEY`, `write KEY` or `admin KEY`.", valueName: "file"))
  var keys: String?

  @Option(
    help: ArgumentHelp(
      "A file with the arms of an experiment, which split the users: docs/HTTP.md shows one.",
      valueName: "file"))
  var arms: String?

  @Flag(help: "Reload a model whenever its folder is replaced, those of arms too.")
  var watch = false

  @Flag(
    help: "Go on learning from what users do, and serve what was learned: see `corral stream`.")
  var learn = false

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "One setting, as in serve.deadline=100, http.rate=50 or live.publish.seconds=60; repeat it for "
        + "more.",
      valueName: "key.path=value"))
  var assignments: [String] = []

  @Option(help: ArgumentHelp("How lines of the log look: text or json.", valueName: "format"))
  var logFormat = LineLogHandler.Format.text

  @Option(help: ArgumentHelp("A certificate in PEM, for TLS.", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("The key of the certificate, in PEM.", valueName: "file"))
  var tlsKey: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if ListenAddress(listen) == nil {
      throw ValidationError("--listen needs a host and a port, as in 127.0.0.1:8088")
    }
    if learn, watch {
      throw ValidationError(
        "--learn serves what it publishes by itself; leave out --watch, or learn with `corral stream`"
      )
    }
    if (tlsCertificate == nil) != (tlsKey == nil) {
      throw ValidationError("--tls-certificate and --tls-key belong together")
    }
  }

  func run() async throws {
    var serving = Serving(model: model, console: output.console)
    serving.address = ListenAddress(listen) ?? serving.address
    serving.store = store
    serving.log = log
    serving.keys = keys
    serving.arms = arms
    serving.isWatching = watch
    serving.isLearning = learn
    serving.assignments = assignments
    serving.logFormat = logFormat
    if let tlsCertificate, let tlsKey {
      serving.certificate = Server.Certificate(chain: tlsCertificate, key: tlsKey)
    }
    try await serving.run()
  }
}

extension LineLogHandler.Format: ExpressibleByArgument {}
