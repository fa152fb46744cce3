/// A reason why an experiment cannot be run.
package struct ExperimentError: Error, CustomStringConvertible, Equatable {
  package let description: String

  init(_ description: String) { self.description = description }
}
