import CorralExperiments
import CorralTesting
import Foundation
import Testing

@Suite struct ExperimentFolderTests {
  private let experiment = ExperimentFolder(
    name: "tea", question: "Is it better hot?", table: "| tea |", seconds: 90)

  @Test func `a folder holds settings, results and how to repeat them`() throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "hot")
      try experiment.write(settings: ["experiment": "tea"], results: ["cups": 3], to: place)
      let settings = place.appending(path: "settings.json").path
      #expect(ExperimentFolder.experiment(inSettings: settings) == "tea")
      let results = try Data(contentsOf: place.appending(path: "results.json"))
      #expect(try JSONDecoder().decode([String: Int].self, from: results) == ["cups": 3])
      let page = try String(contentsOf: place.appending(path: "README.md"), encoding: .utf8)
      #expect(page.hasPrefix("# tea\n\nIs it better hot?\n"))
      #expect(page.contains("\ncorral experiment run tea --config hot/settings.json\n"))
      #expect(page.contains("\n| tea |\n") && page.contains("every number in `results.json`"))
    }
  }

  @Test func `the results of another experiment are not overwritten`() throws {
    try withTemporaryFolder { folder in
      try experiment.write(settings: ["experiment": "tea"], results: ["cups": 3], to: folder)
      let error = try #require(throws: ExperimentError.self) {
        try experiment.write(settings: ["experiment": "tea"], results: ["cups": 4], to: folder)
      }
      #expect(
        error.description.hasSuffix("exists already; choose another --out, or remove it first"))
      let results = try Data(contentsOf: folder.appending(path: "results.json"))
      #expect(try JSONDecoder().decode([String: Int].self, from: results) == ["cups": 3])
    }
  }

  @Test func `a file without a key experiment holds the settings of none`() throws {
    try withTemporaryFolder { folder in
      let file = try folder.write("question: Why?\n", as: "study.yaml")
      #expect(ExperimentFolder.experiment(inSettings: file) == nil)
      #expect(ExperimentFolder.experiment(inSettings: file + ".none") == nil)
    }
  }

  @Test func `a section is headed by the experiment, unless another heading is given`() {
    #expect(experiment.heading == "tea")
    #expect(experiment.section.hasPrefix("Is it better hot?\n\n| tea |\n\nCorral "))
  }
}
