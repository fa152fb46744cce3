import CorralData
import CorralEvaluation
import CorralPipeline
import CorralText

extension Console {
  /// Reads data, and says what reading them guessed, dropped or could not use.
  func loading(_ settings: DataSettings) throws -> LoadedData {
    if !settings.path.isEmpty { detail("reading \(settings.path)") }
    let data = try LoadedData(settings)
    say(data)
    return data
  }

  /// Says what reading data guessed, dropped or could not use.
  func say(_ data: LoadedData) {
    if let report = data.report { note(noteStyle.dim(report.columnsLine)) }
    say(data.notes)
  }

  /// Says what reading guessed, left out or could not use, a line each.
  func say(_ notes: [DataNote]) {
    for note in notes {
      switch note.kind {
      case .note: self.note(noteStyle.dim("note: ") + note.text)
      case .warning: warn(note.text)
      }
    }
  }
}

extension Console {
  /// Prints what the ranker adds, and what other numbers of candidates would do; nothing where there
  /// is no ranker.
  func printStages(_ report: EvaluationReport) {
    guard let stages = report.twoStage else { return }
    print(TwoStageTables.lifts(stages).rendered(style))
    print(
      style.dim(
        "ceiling: what a perfect ranker would make of the \(Format.counted(stages.candidates, "candidate")); "
          + "p: paired test over users\n"))
    if !stages.sweep.isEmpty {
      let metric = EvaluationTables.headline(of: report.lastStage)
      print(TwoStageTables.sweep(stages, metric: metric).rendered(style) + "\n")
    }
  }
}
