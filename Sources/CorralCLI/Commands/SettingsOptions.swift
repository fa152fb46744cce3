import ArgumentParser
import CorralData
import CorralModels
import CorralSettings
import CorralTraining
import Foundation
import Torch

/// The options that lay a file and single settings over the defaults.
struct SettingsOptions: ParsableArguments {
  /// The devices that can be asked for.
  enum DeviceChoice: String, ExpressibleByArgument, CaseIterable {
    case cpu
    case cuda
    case auto
  }

  @Option(
    name: .shortAndLong, help: ArgumentHelp("A settings file, YAML or JSON.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("A file or folder of interactions: data.path.", valueName: "path"))
  var data: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "One setting, as in train.rate=0.01; repeat it for more.", valueName: "key.path=value"))
  var assignments: [String] = []

  @Option(help: "The seed of everything that training draws: train.seed.")
  var seed: UInt64?

  @Option(help: "Where tensors live: cpu, cuda, or auto for cuda where there is one.")
  var device: DeviceChoice?

  /// The defaults with the settings of an earlier run laid over them, where there is a file of those,
  /// then the file, then each `--set`, then the options of their own.
  func merged(over earlier: URL? = nil) throws -> Settings {
    var overlay = Settings.overlay()
    if let earlier { try overlay.apply(file: earlier.path, assignments: []) }
    try apply(to: &overlay)
    return overriding(try overlay.decoded())
  }

  /// What the file and each `--set` still call by an earlier name, a line each.
  func movedKeys() throws -> [String] {
    var overlay = Settings.overlay()
    try apply(to: &overlay)
    return overlay.moved.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Settings with what the options of their own say.
  func overriding(_ settings: Settings) -> Settings {
    var settings = settings
    if let data { settings.data.path = data }
    if let seed { settings.seed(seed) }
    let device: String? =
      switch device {
      case .cpu: "cpu"
      case .cuda: "cuda"
      case .auto: Device.cudaCount > 0 ? "cuda" : "cpu"
      case nil: nil
      }
    if let device {
      (settings.train.device, settings.rankerTraining.train.device) = (device, device)
    }
    return settings
  }

  /// Lays the file and each `--set` over other settings than `Settings`.
  func apply(to overlay: inout SettingsOverlay<some Codable>) throws {
    try overlay.apply(file: config, assignments: assignments)
  }
}
