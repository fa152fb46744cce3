extension String {
  /// The text as messages and headings show it: cut short where it would fill the screen.
  package var shown: String { displayWidth <= 60 ? self : fitted(to: 60) }

  /// The text, cut short if it is too long for an error message.
  package var shortened: String { utf8.count > 200 ? prefix(60) + "…" : self }

  /// The text without a prefix, if it has it.
  package func droppingPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}

extension [String] {
  /// The first few texts with commas between them, and how many more there are.
  package func listed(atMost limit: Int = 5) -> String {
    let more = count - limit
    return prefix(limit).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}
