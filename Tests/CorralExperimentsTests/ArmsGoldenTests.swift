import CorralExperiments
import CorralSettings
import CorralTraining
import Foundation
import Testing

/// The arms of the studies that come with Corral, held to what they were when they were Swift code.
///
/// `Golden/arms.txt` has a line for each arm of each study and pair, and below it each setting that
/// differs from the defaults of the arm's models.
@Suite struct ArmsGoldenTests {
  @Test func `every study has the arms that it always had`() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(components: "Golden", "arms.txt")
    let found = try ArmStudy.allCases.map { try lines(of: $0) }.joined()
    #expect(try found == String(contentsOf: url, encoding: .utf8))
  }

  private func lines(of study: ArmStudy) throws -> String {
    var text = "\(study.rawValue): \(study.question)\n"
    text += "column '\(study.rowTitle)', against '\(study.against)'\n"
    for pair in study.isOfPairs ? ArmStudy.Pair.allCases : [.mfDeepFM] {
      let name = study.isOfPairs ? pair.rawValue : "-"
      text += "\npair \(name), published on '\(study.published(pair) ?? "")'\n"
      for arm in study.arms(pair) {
        text += "arm '\(arm.name)', published \(arm.published)\n"
        var overlay = Settings.overlay()
        try overlay.apply(file: nil, assignments: arm.set)
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
