import ArgumentParser
import CorralArtifacts
import CorralSimulation
import CorralText
import CorralVectors
import Foundation

extension Simulate {
  /// A policy that needs no server.
  enum PolicyChoice: String, CaseIterable, ExpressibleByArgument {
    case popular
    case random
    case oracle

    var policy: any Recommending {
      switch self {
      case .popular: PopularPolicy()
      case .random: RandomPolicy()
      case .oracle: OraclePolicy()
      }
    }
  }

  /// `corral simulate run`.
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets people visit a running server, day by day, and measures what it shows.",
      discussion: """
        A server is asked for lists, sent the clicks, and told of items that are born and that fade. \
        --policy adds what needs no server: popular, random, or oracle, which knows the truth. \
        Without --url all three are simulated. All of them meet the same people at the same moments.

        With --from-day the days before are lived again as `corral simulate events` logged them: \
        give the options that the log was made with. Nobody clicks an item twice.

        rate: counted clicks over places, with its interval of 95%; expected: the same by the truth; \
        best, popular, random: what the best lists of that moment, the best ones that are the same \
        for everybody, and random ones would get; new: items of that day among what was shown; tail: \
        items outside the crowd's favourite fifth.
        """)

    @Option(
      help: ArgumentHelp(
        "A server to visit, as in http://127.0.0.1:8088; repeat it for more.", valueName: "address")
    )
    var url: [String] = []

    @Option(help: ArgumentHelp("A policy beside it: popular, random or oracle.", valueName: "name"))
    var policy: [PolicyChoice] = []

    @Option(help: "How many days to simulate.")
    var days = 7

    @Option(help: ArgumentHelp("The first day: the number of days of the log.", valueName: "day"))
    var fromDay = 0

    @Option(help: ArgumentHelp("How many people come at the same time.", valueName: "count"))
    var atOnce = 1

    @Option(
      help: ArgumentHelp(
        "A key of the server that may write; CORRAL_WRITE_KEY by default.", valueName: "key"))
    var key: String?

    @Option(help: ArgumentHelp("How long to wait for an answer.", valueName: "seconds"))
    var timeout = 60

    @Option(
      help: ArgumentHelp("An SVG file of click rates by day, to be written.", valueName: "file"))
    var plot: String?

    @OptionGroup var world: WorldOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
      try Simulate.check(days: days)
      guard (0...100_000).contains(fromDay) else {
        throw ValidationError("--from-day is \(fromDay); give 0 to 100000")
      }
      guard (1...1_000).contains(atOnce) else {
        throw ValidationError("--at-once is \(atOnce); give 1 to 1000")
      }
      guard (1...86_400).contains(timeout) else {
        throw ValidationError("--timeout is \(timeout); give 1 to 86400 seconds")
      }
      guard key == nil || !url.isEmpty else {
        throw ValidationError("--key is of a server, and there is none: give its --url")
      }
      let names = url + policy.map(\.rawValue)
      guard Set(names).count == names.count else {
        throw ValidationError("a --url or a --policy is given twice")
      }
    }

    func run() async throws {
      let console = output.console
      if let plot { try OutputPlace.checkFile(plot, option: "--plot") }
      let settings = try world.settings()
      let start = ContinuousClock.now
      let policies = try await policies()
      var simulation = try await simulation(of: settings, policies, on: console)
      var reports: [DayReport] = []
      for day in fromDay..<fromDay + days {
        var bar = ProgressBar(
          "day \(day)", of: policies.count * settings.visits, unit: "visits", console: console)
        defer { bar.finish() }
        let lived = try await simulation.next { bar.update($0) }
        bar.finish()
        reports += lived.reports
        for note in lived.notes { console.warn("day \(day), \(note.policy): \(note.text)") }
        for report in lived.reports {
          console.detail("day \(day), \(report.policy): \(SimulationView.rate(report.clickRate))")
        }
      }
      let names = policies.map(\.name)
      let totals = names.map { DayReport(reports, policy: $0) }
      for total in totals { SimulationView.warnings(of: total).forEach(console.warn) }
      let seconds = (ContinuousClock.now - start).inSeconds
      try console.printJSON(
        Output(
          world: settings, fromDay: fromDay, policies: names, days: reports, totals: totals,
          seconds: seconds))
      console.print(SimulationView.table(reports, totals: totals).rendered(console.style))
      console.print("\n" + SimulationView.trends(reports, names: names))
      if let plot {
        let chart = SimulationView.chart(reports, names: names)
        try AtomicFile.write(Data(chart.svg.utf8), to: URL(filePath: plot))
        console.note("written to \(plot)")
      }
      let visits = totals.reduce(0) { $0 + $1.visits }
      console.note(
        console.noteStyle.dim(
          "\(Format.counted(visits, "visit")) in \(Format.seconds(seconds)), "
            + "\(Format.short(Double(visits) / seconds)) a second"))
    }

    /// The servers, which must answer, and the policies beside them.
    private func policies() async throws -> [(name: String, policy: any Recommending)] {
      var found: [(name: String, policy: any Recommending)] = []
      let environment = ProcessInfo.processInfo.environment["CORRAL_WRITE_KEY"] ?? ""
      let key = key ?? (environment.isEmpty ? nil : environment)
      for text in url {
        let address = try ServiceAddress(text)
        var server = OverHTTP(ServiceClient(address, key: key, timeout: timeout))
        try await server.check()
        found.append((url.count == 1 ? "server" : address.authority + address.path, server))
      }
      let beside = policy.isEmpty && url.isEmpty ? PolicyChoice.allCases : policy
      return found + beside.map { ($0.rawValue, $0.policy) }
    }

    /// The simulation on its first day, with the history that the log has.
    private func simulation(
      of settings: WorldSettings, _ policies: [(name: String, policy: any Recommending)],
      on console: Console
    ) async throws -> Simulation {
      var options = Simulation.Options()
      options.atOnce = atOnce
      var bar = ProgressBar(
        "the log", of: fromDay * settings.visits, unit: "visits", console: console)
      defer { bar.finish() }
      let log = try await SimulatedLog(settings, days: fromDay) { bar.update($0) }
      return Simulation(log.world, policies: policies, past: log.past, options: options)
    }

    private struct Output: Encodable {
      let world: WorldSettings
      let fromDay: Int
      let policies: [String]
      let days: [DayReport]
      let totals: [DayReport]
      let seconds: Double
    }
  }
}
