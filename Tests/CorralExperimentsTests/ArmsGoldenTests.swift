import CorralExperiments
import CorralSettings
import CorralTraining
import Foundation
import Testing

/// The arms of the built-in studies: a slip in a file or a shared part changes none of them unseen.
///
/// `Golden/arms.txt` has a line for each arm of each study and pair, and below it each setting that
/// differs from the defaults of the arm's models.
@Suite struct ArmsGoldenTests {
  @Test func `every study that lists its arms has those that it always had`() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(components: "Golden", "arms.txt")
    let found = try Study.names.filter { $0 != "retrievers" }.map { name in
      try lines(of: #require(try Study(named: name)))
    }.joined()
    #expect(try found == String(contentsOf: url, encoding: .utf8))
  }

  private func lines(of study: Study) throws -> String {
    var text = "\(study.name): \(study.question)\n"
    text += "column '\(study.rows)', against '\(study.against)'\n"
    for pair in study.pairs {
      text += "\npair \(study.isOfPairs ? pair.name : "-"), published on '\(pair.publishedOn)'\n"
      for arm in pair.arms {
        text += "arm '\(arm.name)', published \(arm.published)\n"
        var overlay = Settings.overlay()
        overlay.lay(arm.settings, from: arm.name)
        text += try changes(in: overlay.decoded())
      }
    }
    return text + "\n"
  }

  private func changes(in settings: Settings) throws -> String {
    var models = ["retriever": settings.retriever.name]
    if settings.ranker != .none { models["ranker"] = settings.ranker.name }
    let values = try FlatSettings(settings).values
    let defaults = try FlatSettings(Settings.defaults(models)).values
    let changed = values.filter { defaults[$0.key] != $0.value }
    let named = models.map { ($0.key + ".model", $0.value) }
    return changed.merging(named) { $1 }.map { "  \($0.key) = \($0.value)\n" }.sorted().joined()
  }
}
