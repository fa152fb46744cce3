import ArgumentParser
import CorralData
import CorralPipeline
import CorralVectors
import Foundation

/// The command `corral`: from a log of interactions to recommendations.
@main
struct Corral: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corral",
    abstract: "Turns a log of who-did-what into recommendations.",
    discussion: """
      New here? `corral quickstart` needs no data and no network, and takes half a minute.

      Results go to standard output, progress to standard error; --json prints one JSON object. \
      Exit codes: 0 done, 1 failed, 2 bad input, 64 bad usage.
      """,
    version: Version.text,
    subcommands: [
      Quickstart.self, DataCommand.self, Models.self,
      Train.self, Evaluate.self, Compare.self, Recommend.self, Serve.self, Stream.self,
      Similar.self, Index.self, Clusters.self, Export.self, Experiment.self, Simulate.self,
      Config.self, Doctor.self,
    ])

  /// Runs a command, and ends the process with the exit code that its outcome deserves.
  static func main() async {
    StandardStreams.prepare()
    MachineMemory.whenExhausted { what, bytes in
      Failure.exit(with: MemoryError(what: what, bytes: bytes))
    }
    do {
      var command = try parseAsRoot(CommandLine.spelledArguments)
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
      try StandardStreams.checkOutput()
    } catch {
      Failure.exit(with: error)
    }
  }
}

extension CommandLine {
  /// The arguments of this process without its name, with the bytes that are not UTF-8 spelled.
  ///
  /// The standard library replaces such bytes, so that an id in Latin-1 could not be named.
  static var spelledArguments: [String] {
    (0..<Int(argc)).dropFirst().compactMap { place in
      guard let word = unsafeArgv[place] else { return nil }
      return String(spelling: UnsafeRawBufferPointer(start: word, count: strlen(word)))
    }
  }
}
