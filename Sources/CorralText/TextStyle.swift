@preconcurrency import Rainbow

/// Colours and weights of text: real on a terminal that wants them, nothing anywhere else.
package struct TextStyle: Sendable, Equatable {
  /// Whether escape codes are written.
  package let isColoured: Bool

  /// Text as it is.
  package static let plain = TextStyle(isColoured: false)

  /// Escape codes around text, whatever the streams are: `Console` decides which stream wants them.
  package static let coloured: TextStyle = {
    Rainbow.enabled = true
    Rainbow.outputTarget = .console
    return TextStyle(isColoured: true)
  }()

  package func bold(_ text: String) -> String { isColoured ? text.bold : text }
  package func dim(_ text: String) -> String { isColoured ? text.dim : text }
  package func good(_ text: String) -> String { isColoured ? text.green : text }
  package func bad(_ text: String) -> String { isColoured ? text.red : text }
  package func warning(_ text: String) -> String { isColoured ? text.yellow : text }
  package func accent(_ text: String) -> String { isColoured ? text.cyan : text }
}
