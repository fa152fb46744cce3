import ArgumentParser
import CorralArtifacts
import CorralPipeline
import CorralSettings
import CorralText

/// `corral models`: every model there is, with its paper, its settings and their defaults.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists every model, or shows one with its settings and their defaults.")

  @Argument(help: "The name of a model, to see its settings.")
  var name: String?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let entries = try ModelEntry.all()
    if let name { return try show(name, among: entries) }
    let console = output.console
    try console.printJSON(Output(models: entries))
    var table = Table([("model", .left), ("stage", .left), ("described by", .left)], widest: 100)
    for entry in entries { table.add([entry.name, entry.stage.rawValue, entry.paper]) }
    console.print(table.rendered(console.style))
    console.suggest([
      ("corral models two-tower", "its settings, with their defaults"),
      ("corral train --data PATH --set retriever.model=mf --out DIR", "train another one"),
    ])
  }

  private struct Output: Encodable { let models: [ModelEntry] }

  private func show(_ name: String, among entries: [ModelEntry]) throws {
    guard let entry = entries.first(where: { $0.name == name }) else {
      let meant = name.nearest(among: entries.map(\.name)).map { "; did you mean '\($0)'?" }
      throw InputError.options(
        "no model '\(name)'\(meant ?? "; `corral models` lists those there are")")
    }
    let console = output.console
    try console.printJSON(entry)
    console.print("\(console.style.bold(entry.name))  \(entry.stage.rawValue), \(entry.paper)\n")
    console.print(try entry.block())
    if let placesNewItems = entry.placesNewItems {
      console.print(
        console.style.dim(
          placesNewItems
            ? "# new items, which have no interaction, are placed by their features"
            : "# items without an interaction are unknown to it, and come last"))
    }
    if entry.training != .object([:]) {
      console.print(console.style.dim("# trained by default with, where it is not the usual"))
      console.print(try yamlText(entry.training, sorted: true))
    }
  }
}
