import CorralSettings
import CorralText
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
    ("train.rate.x=1", "setting 'train.rate': needs a number, not a group"),
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

  @Test(arguments: [
    ("evaluate.weights.purchase=3", "purchase", 3), ("evaluate.weights.\"a.b\"=1", "a.b", 1),
    ("evaluate.weights.'add to cart'=2", "add to cart", 2),
    ("evaluate.weights.add to cart=2", "add to cart", 2),
    ("evaluate.weights.rating>=4=1", "rating>=4", 1),
    ("evaluate.weights.rating>=4.5=0.5", "rating>=4.5", 0.5),
    ("evaluate.weights.tab==1=2", "tab==1", 2), ("evaluate.weights.kind!=view=4", "kind!=view", 4),
    ("evaluate.weights.price<9.99=0.1", "price<9.99", 0.1),
    ("evaluate.weights.\"a=b\"=7", "a=b", 7), ("evaluate.weights.é=1", "é", 1),
  ])
  func `a table takes keys of the user's from the command line`(
    assignment: String, key: String, weight: Double
  ) throws {
    let sample = try merged("", assignment, "evaluate.weights.other=9")
    #expect(sample.evaluate.weights == [key: weight, "other": 9])
  }

  @Test func `layers add to a table, and an empty table empties it`() throws {
    let file = "evaluate: {weights: {click: 0.5, buy: 1}}"
    #expect(
      try merged(file, "evaluate.weights.buy=3", "evaluate.weights.like=2").evaluate.weights
        == ["click": 0.5, "buy": 3, "like": 2])
    #expect(
      try merged(file, "evaluate.weights={}", "evaluate.weights.like=2").evaluate.weights
        == ["like": 2])
  }

  @Test func `keys are told apart by their bytes`() throws {
    struct Accented: Codable { var café = 1 }
    var overlay = SettingsOverlay(Accented())
    try overlay.set("caf\u{E9}=2")
    #expect(try overlay.decoded().café == 2)
    try overlay.set("cafe\u{301}=3")
    #expect(throws: SettingsError.self) { try overlay.decoded() }
  }

  @Test(arguments: [
    ("train.rate=.inf", "setting 'train.rate': needs a finite number, not '.inf'"),
    ("train.rate=nan", "setting 'train.rate': needs a finite number, not 'nan'"),
    ("train.rate=1e999", "setting 'train.rate': needs a finite number, not '1e999'"),
    (
      "train.epochs=9223372036854775807",
      "setting 'train.epochs': needs a whole number of at most 1,000,000,000 in size, not "
        + "'9223372036854775807'"
    ),
    (
      "evaluate.cutoffs=[5, -2000000000]",
      "setting 'evaluate.cutoffs[1]': needs a whole number of at most 1,000,000,000 in size, not "
        + "'-2000000000'"
    ),
    (
      "evaluate.weights.buy=-.inf",
      "setting 'evaluate.weights.buy': needs a finite number, not '-.inf'"
    ),
    ("", "--set needs a setting and a value, as in train.rate=0.001, not ''"),
    ("=1", "--set needs a setting and a value, as in train.rate=0.001, not '=1'"),
    (
      "evaluate.weights.rating>=4",
      "--set needs a setting and a value, as in train.rate=0.001, not 'evaluate.weights.rating>=4'"
    ),
    (
      "evaluate.weights.\"a.b=1",
      "--set needs a setting and a value, as in train.rate=0.001, not 'evaluate.weights.\"a.b=1'"
    ),
  ])
  func `numbers that nothing can use, and half an assignment, are refused by their key`(
    assignment: String, text: String
  ) {
    #expect(complaint("", assignment) == text)
  }

  @Test(arguments: [
    String(repeating: "a.", count: 60_000) + "a=1",
    "train.rate=" + String(repeating: "[", count: 100_000),
    "evaluate.weights.x=" + String(repeating: "{a: ", count: 5_000),
    "train.rate=" + String(repeating: "- ", count: 100_000),
    String(repeating: "x", count: 100_000) + "=1",
  ])
  func `settings that are nested without end, or named without end, end in a short text`(
    assignment: String
  ) {
    let text = complaint("", assignment)
    #expect(!text.hasPrefix("no error") && text.utf8.count < 400, "\(text.prefix(500))")
  }

  @Test func `aliases that multiply are refused before they fill the memory`() {
    var yaml = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
    for level in 1...12 {
      let last = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
      yaml += "a\(level): &a\(level) [\(last)]\n"
    }
    #expect(
      complaint(yaml) == "ml.yaml is not YAML: it holds more than a million values, aliases counted"
    )
  }

  @Test func `lists and tables of many thousands are read and written in their order`() throws {
    let numbers = (0..<50_000).map { $0 }
    let table = numbers.map { "k\($0): \($0)" }.joined(separator: ", ")
    let sample = try merged(
      "evaluate: {cutoffs: [\(numbers.map(String.init).joined(separator: ","))], weights: {\(table)}}"
    )
    #expect(sample.evaluate.cutoffs == numbers)
    #expect(sample.evaluate.weights.count == 50_000 && sample.evaluate.weights["k49999"] == 49_999)
    #expect(try merged(try yamlText(sample)) == sample)
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

  @Test(arguments: [
    "", "a b", " a", "0123", "true", "null", "~", "it's", "a: b", "#c", "[x]", "tab\there", "a\nb",
    "\u{1B}[2J", "é", "-", "yes", "1e5", "x, y", "\"q\"", "back\\slash\t", "\u{202E}x", "a #b",
    "k:",
  ])
  func `any text is written so that it is read as the same text`(text: String) throws {
    var sample = Sample()
    sample.evaluate.label = text
    sample.evaluate.weights = [text: 0.5]
    let yaml = try yamlText(sample)
    #expect(try merged(yaml) == sample, "\(yaml)")
    #expect(yaml.split(separator: "\n").allSatisfy { String($0).isPrintable })
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
