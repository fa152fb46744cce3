import ArgumentParser
import CorralPipeline
import CorralText

/// `corral doctor`: what is installed, what it runs on, and what is missing.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what is installed, what it runs on, and what is missing.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    let console = output.console
    let findings = MachineFindings()
    try console.printJSON(findings)
    var table = Table([("", .left), ("", .left)])
    for (name, value) in findings.rows { table.add([name, value]) }
    console.print(table.rendered(console.style, headed: false))
    console.print()
    for problem in findings.problems {
      console.print("\(console.style.warning("!")) \(problem.what)")
      console.print("  to change it: \(problem.fix)")
    }
    if findings.problems.isEmpty { console.print(console.style.good("Nothing is missing.")) }
    console.suggest([("corral quickstart", "recommendations from a generated catalogue")])
  }
}
