import CorralCLI
import Testing

/// Settings as a command's are: groups of values with defaults in the declaration.
private struct Sample: Codable, Equatable {
  enum Optimiser: String, Codable, CaseIterable {
    case adam
    case sgd
  }

  struct Training: Codable, Equatable {
    var epochs = 20
    var rate = 1e-3
    var optimiser = Optimiser.adam
  }

  struct Evaluation: Codable, Equatable {
    var cutoffs = [10, 20]
    var label = "plain"
    var weights: [String: Double] = [:]
  }

  var train = Training()
  var evaluate = Evaluation()
}

private func merged(_ yaml: String = "", _ assignments: String...) throws -> Sample {
  var overlay = SettingsOverlay(Sample())
  try overlay.lay(yaml, from: "ml.yaml")
  for assignment in assignments { try overlay.set(assignment) }
  return try overlay.decoded()
}

/// The text of the error that a file and `--set`s give.
private func complaint(_ yaml: String = "", _ assignments: String...) -> String {
  do {
    var overlay = SettingsOverlay(Sample())
    try overlay.lay(yaml, from: "ml.yaml")
    for assignment in assignments { try overlay.set(assignment) }
    return "no error: \(try overlay.decoded())"
  } catch {
    return "\(error)"
  }
}

@Suite struct SettingsOverlayTests {
  @Test func `defaults come back as they are declared`() throws {
    #expect(try merged() == Sample())
    #expect(try merged("# nothing but a comment\n") == Sample())
    #expect(try merged("train:\n") == Sample())
  }

  @Test func `a file changes what it names and nothing else`() throws {
    var expected = Sample()
    expected.train.rate = 0.5
    expected.evaluate.cutoffs = [1]
    #expect(try merged("train: {rate: 0.5}\nevaluate:\n  cutoffs: [1]\n") == expected)
  }

  @Test func `the command line wins over the file, the last of it over the first`() throws {
    let sample = try merged("train: {rate: 0.5, epochs: 3}", "train.rate=1", "train.rate=2e-2")
    #expect(sample.train.rate == 0.02)
    #expect(sample.train.epochs == 3)
  }

  @Test func `a list is replaced whole, and an empty table takes any key`() throws {
    let sample = try merged(
      "evaluate: {weights: {rating>=4: 1, click: 0.5}}", "evaluate.cutoffs=[7]")
    #expect(sample.evaluate.cutoffs == [7])
    #expect(sample.evaluate.weights == ["rating>=4": 1, "click": 0.5])
  }

  @Test func `text that looks like a number stays text`() throws {
    #expect(try merged("", "evaluate.label=0123").evaluate.label == "0123")
    #expect(try merged("", "evaluate.label=").evaluate.label == "")
  }

  @Test(arguments: [
    ("train.rte=1", "unknown setting 'train.rte'; did you mean 'rate'?"),
    ("rate=1", "unknown setting 'rate'; did you mean 'train.rate'?"),
    ("trian.rate=1", "unknown setting 'trian'; did you mean 'train'?"),
    ("zzzz=1", "unknown setting 'zzzz'; there are: train, evaluate"),
    ("train.rate=fast", "setting 'train.rate': needs a number, not 'fast'"),
    ("train.epochs=2.5", "setting 'train.epochs': needs a whole number, not '2.5'"),
    ("train.optimiser=adm", "setting 'train.optimiser': 'adm' is not one of adam, sgd"),
    ("evaluate.cutoffs=5", "setting 'evaluate.cutoffs': needs a list, as in [10, 20], not '5'"),
    ("evaluate.cutoffs=[1,x]", "setting 'evaluate.cutoffs[1]': needs a whole number, not 'x'"),
    ("train.rate.x=1", "setting 'train.rate': needs a single value, not a group"),
    (
      "train=3",
      "'train' is a group of settings, not a single value; it holds: epochs, rate, optimiser"
    ),
    ("train.rate", "--set needs a setting and a value, as in train.rate=0.001, not 'train.rate'"),
    (
      "train.rate=[1", "--set train.rate=[1 is not YAML: did not find expected ',' or ']'"
    ),
  ])
  func `a wrong --set is named with what was probably meant`(assignment: String, text: String) {
    #expect(complaint("", assignment) == text)
  }

  @Test func `an error in a file names the file and the line`() {
    #expect(
      complaint("# c\ntrain:\n  rate: 3\n  epoch: 5\n")
        == "unknown setting 'train.epoch'; did you mean 'epochs'? (ml.yaml:4)")
    #expect(
      complaint("train:\n  rate: 3\n epochs: 5\n")
        == "ml.yaml:3 is not YAML: did not find expected key")
    #expect(complaint("train: {}\ntrain: {}\n") == "ml.yaml is not YAML: 'train' is there twice")
  }

  @Test func `settings are written so that reading them gives them back`() throws {
    var sample = Sample()
    sample.train.rate = 1e-6
    sample.evaluate.label = "0123"
    let text = try yamlText(sample)
    #expect(try merged(text) == sample)
    #expect(try yamlText(Sample()).hasPrefix("train:\n  epochs: 20\n  rate: 0.001\n"))
  }

  @Test func `a single-precision number is written with its own digits`() throws {
    struct Single: Codable { var rate: Float = 0.07 }
    #expect(try yamlText(Single()) == "rate: 0.07\n")
  }

  @Test(arguments: [
    ("rte", "rate"), ("epohcs", "epochs"), ("optimizer", "optimiser"), ("opt", "optimiser"),
  ])
  func `the nearest name is found`(typed: String, meant: String) {
    #expect(typed.nearest(among: ["epochs", "rate", "optimiser"]) == meant)
  }

  @Test func `nothing is near a name that is far from all`() {
    #expect("banana".nearest(among: ["epochs", "rate"]) == nil)
  }
}
