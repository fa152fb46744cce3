import CorralExperiments
import CorralSettings
import CorralTesting
import Foundation
import Testing

@Suite struct StudyTests {
  @Test func `every file of the folder Studies is built in`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/CorralExperiments/Studies")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(files) == Set(Study.names.map { "\($0).yaml" } + ["pairs.yaml", "clusters.yaml"]))
    #expect(try Study(named: "corr-mian") == nil)
  }

  @Test func `the table of retrievers has every retriever with its own defaults`() throws {
    let arms = try #require(try Study(named: "retrievers")).pairs[0].arms
    #expect(Set(arms.map(\.name)) == Set(RetrieverBlock.names))
    for arm in arms {
      #expect(
        try arm.settings == SettingsTree(yaml: "{retriever: {model: \(arm.name)}}", from: ""))
    }
  }

  @Test func `each adds arms, and names nothing else`() throws {
    let study = try read("{question: q, each: retriever, arms: [{name: mine}]}")
    #expect(study.pairs[0].arms.map(\.name) == RetrieverBlock.names + ["mine"])
    #expect(
      message { try read("{question: q, each: ranker}") }
        == "mine.yaml: 'each' is 'ranker'; give retriever, or leave it out")
  }

  @Test func `a study of the user's own is read from its file`() throws {
    let study = try read(
      """
      question: Is it better to be wide?
      rows: width
      against: narrow
      publishedOn: ML-1M
      arms:
        - name: narrow
          settings: {retriever: {model: mf, dimension: 8}}
        - name: wide
          settings:
            retriever: {model: mf, dimension: 256}
            train: {rate: 0.01}
          published: [0.1, 0.2, 0.3]
      """)
    #expect(study.title == "mine" && study.name.hasSuffix("/mine.yaml") && !study.isOfPairs)
    #expect(study.question == "Is it better to be wide?" && study.rows == "width")
    let pair = study.pairs[0]
    #expect(study.against == "narrow" && pair.publishedOn == "ML-1M" && pair.name.isEmpty)
    #expect(pair.arms.map(\.name) == ["narrow", "wide"])
    #expect(pair.arms.map(\.published) == [[], [0.1, 0.2, 0.3]])
    #expect(
      try pair.arms[1].settings
        == SettingsTree(
          yaml: "{retriever: {model: mf, dimension: 256}, train: {rate: 0.01}}", from: ""))
  }

  @Test func `arms are made of included parts, and a later part wins`() throws {
    let parts = """
      a+b:
        small: {retriever: {model: mf, dimension: 8}, train: {rate: 0.1, epochs: 3}}
        slow: {train: {rate: 0.001}}
        other: {retriever: {model: bpr-mf}}
      """
    let study = try read(
      """
      question: What do parts do?
      include: parts.yaml
      pairs:
        a+b:
          arms:
            - {name: slow, parts: [small, slow]}
            - {name: other, parts: [small, other], settings: {train: {epochs: 5}}}
      """, beside: ["parts.yaml": parts])
    let arms = try study.pair(named: "a+b").arms
    #expect(study.isOfPairs)
    #expect(
      try arms.map(\.settings) == [
        SettingsTree(
          yaml: """
            {retriever: {model: mf, dimension: 8}, train: {rate: 0.001, epochs: 3}}
            """, from: ""),
        // Another model has other keys.
        SettingsTree(
          yaml: "{retriever: {model: bpr-mf}, train: {rate: 0.1, epochs: 5}}", from: ""),
      ])
  }

  @Test func `the parts of the built-in pairs can be included`() throws {
    let study = try read(
      """
      question: Is DIN worth it?
      include: pairs.yaml
      pairs:
        sasrec+din:
          arms:
            - {name: with, parts: [split, retriever, ranker, independent]}
      """)
    let builtIn = try #require(try Study(named: "corr-pairs")).pair(named: "sasrec+din")
    #expect(study.pairs[0].arms[0].settings == builtIn.arms[0].settings)
  }

  @Test func `an error names the file and the key`() throws {
    func fault(_ arm: String, more: String = "") -> String {
      message { try read("question: Why?\narms:\n  - \(arm)\n\(more)") }
    }
    let model = "retriever: {model: mf}"
    let faults = [
      fault("{name: a}", more: "qestion: Who?"):
        "unknown setting 'qestion'; did you mean 'question'? (mine.yaml:4)",
      fault("{name: a, setings: {}}"):
        "unknown setting 'setings'; did you mean 'settings'? (mine.yaml:3)",
      fault("{name: a, settings: {\(model), train: {rte: 1}}}"):
        "unknown setting 'train.rte'; did you mean 'rate'? (mine.yaml:3)",
      fault("{name: a, settings: {train: {rate: fast}}}"):
        "mine.yaml: arm 'a': setting 'train.rate': needs a number, not 'fast'",
      fault("{name: a, settings: {retriever: {model: din}}}"): "mine.yaml: arm 'a': ",
      fault("{name: a, published: no}"):
        "mine.yaml: arm 1: setting 'published': needs a list, as in [10, 20], not 'no'",
      fault("{name: a, parts: [fast]}"):
        "mine.yaml: arm 'a' has the part 'fast', and the study includes no parts",
      fault("{settings: {\(model)}}"): "mine.yaml: arm 1 has no 'name'",
      fault("a"): "mine.yaml: arm 1 is a group of keys, not a single value",
      fault("{name: a}", more: "  - {name: a}"): "mine.yaml: two arms are called 'a'",
      fault("{name: a}", more: "against: b"):
        "mine.yaml: 'against' is 'b', and no arm is called that",
      fault("{name: a}", more: "include: none.yaml"):
        "mine.yaml: 'include' names 'none.yaml', and there is no such file",
      fault("{name: a}", more: "pairs: {a+b: {arms: []}}"):
        "mine.yaml: it has both 'arms' and 'pairs'; leave one out",
      message { try read("question: Why?\npublishedOn: x\npairs: {a+b: {}}") }:
        "mine.yaml: it has 'pairs', and so 'publishedOn' belongs into each pair",
      message { try read("question: Why?") }: "mine.yaml: it has neither 'arms' nor 'pairs'",
      message { try read("arms: [{name: a}]") }: "mine.yaml: it has no 'question'",
      message { try read("question: Why?\npairs: {a+b: {}}") }: "mine.yaml: pair 'a+b' has no arms",
      message { try read("question: [") }: "mine.yaml is not YAML",
    ]
    for (found, wanted) in faults { #expect(found.hasPrefix(wanted), "\(found)") }
  }

  @Test func `an error in an included file names that file`() throws {
    let study = """
      question: Why?
      include: parts.yaml
      pairs:
        a+b: {arms: [{name: c, parts: [p]}]}
      """
    func fault(_ parts: String) -> String {
      message { try read(study, beside: ["parts.yaml": parts]) }
    }
    #expect(
      fault("a+b:\n  p: {train: {rte: 1}}").hasSuffix("did you mean 'rate'? (parts.yaml:2)"))
    #expect(
      fault("a+b: {q: {}, r: {}}")
        == "mine.yaml: arm 'c' has the part 'p', which is unknown; there are: q, r")
    #expect(fault("c+d: {}") == "parts.yaml: no pair is called 'a+b'; there are c+d")
  }

  @Test func `an unknown pair is an error that lists those that there are`() throws {
    let study = try #require(try Study(named: "corr-main"))
    #expect(
      message { try study.pair(named: "sasrec+bst") }
        == "setting 'pair': 'sasrec+bst' is not one of mf+deepfm, dssm+dcn, sasrec+din, caser+bst")
    #expect(try study.pair(named: "").name == "mf+deepfm")
  }

  /// Reads a study from `mine.yaml`, with other files beside it.
  private func read(_ yaml: String, beside files: [String: String] = [:]) throws -> Study {
    try withTemporaryFolder { folder in
      for (name, text) in files { try folder.write(text, as: name) }
      return try Study(contentsOf: folder.write(yaml, as: "mine.yaml"))
    }
  }

  /// The text of the error that a body throws, without the temporary folder.
  private func message(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return "no error"
    } catch {
      return "\(error)".replacing(/\/[^ ()]*\/(?=[a-z]+\.yaml)/, with: "")
    }
  }
}
