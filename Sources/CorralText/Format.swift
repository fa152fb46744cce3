import Foundation

/// How numbers are written for people.
package enum Format {
  /// A metric between 0 and 1: `0.1082`.
  package static func metric(_ value: Double) -> String {
    value.isFinite ? String(format: "%.4f", value) : "\(value)"
  }

  /// A share as a percentage: `3.7%`.
  package static func percent(_ value: Double) -> String {
    value.isFinite ? String(format: "%.1f%%", value * 100) : "\(value)"
  }

  /// A count with its thousands apart: `988,555`.
  package static func count(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// A number of things, in words that agree with it: `1 epoch`, `2 epochs`, `1,234 users`.
  ///
  /// `many` is the plural, by default the singular with an s.
  package static func counted(_ value: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count(value)) \(value == 1 ? one : many ?? one + "s")"
  }

  /// A noun with its indefinite article by its first letter: `an exact`, `a multi-index`.
  package static func indefinite(_ noun: String) -> String {
    let first = noun.lowercased().first
    // HNSW and MF are spelled out when they are read: aitch, em.
    let isVowel = first.map { "aeiou".contains($0) } ?? false
    let isSpelled = ["hnsw", "mf", "mmoe"].contains { noun.lowercased().hasPrefix($0) }
    return (isVowel || isSpelled ? "an " : "a ") + noun
  }

  /// A large number in three digits: `41.2k`, `1.05M`.
  package static func short(_ value: Double) -> String {
    switch abs(value) {
    case 1e9...: String(format: "%.2fG", value / 1e9)
    case 1e6...: String(format: "%.2fM", value / 1e6)
    case 1e3...: String(format: "%.1fk", value / 1e3)
    case 10...: String(format: "%.0f", value)
    default: String(format: "%.2f", value)
    }
  }

  /// A length of time: `0.84 s`, `12 s`, `3:05 min`, `1:02:07 h`.
  package static func seconds(_ value: Double) -> String {
    guard value.isFinite, value >= 0 else { return "?" }
    let whole = Int(value.rounded())
    switch value {
    case 3600...:
      return String(format: "%d:%02d:%02d h", whole / 3600, whole / 60 % 60, whole % 60)
    case 60...: return String(format: "%d:%02d min", whole / 60, whole % 60)
    case 10...: return "\(whole) s"
    default: return String(format: "%.2f s", value)
    }
  }

  /// A size in memory or on disk: `812 B`, `4.1 MB`.
  package static func bytes(_ value: Int) -> String {
    switch value {
    case 1_000_000_000...: String(format: "%.2f GB", Double(value) / 1e9)
    case 1_000_000...: String(format: "%.1f MB", Double(value) / 1e6)
    case 1_000...: String(format: "%.1f kB", Double(value) / 1e3)
    default: "\(value) B"
    }
  }

  /// A size in gigabytes, however large: `51.2 GB`, `1.2e+09 GB`.
  package static func gigabytes(_ value: Double) -> String {
    value < 1e15 ? String(format: "%.1f GB", value / 1e9) : String(format: "%.2g GB", value / 1e9)
  }

  /// A p-value: `0.032`, `<0.001`.
  package static func pValue(_ value: Double) -> String {
    value < 0.001 ? "<0.001" : String(format: "%.3f", value)
  }

  /// A change in percent of what it is compared with: `+4.2%`.
  package static func change(from base: Double, to value: Double) -> String {
    base != 0 && base.isFinite && value.isFinite
      ? String(format: "%+.1f%%", (value / base - 1) * 100) : "-"
  }
}
