/// What keeps an experiment from being run, in words.
package struct ExperimentError: Error, CustomStringConvertible, Equatable {
  package let description: String

  init(_ description: String) { self.description = description }
}
