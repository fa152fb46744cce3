import ArgumentParser

/// How many items somebody asks for: the value of `-k`.
struct ItemCount: ExpressibleByArgument {
  private let value: Int

  /// A whole number; one that no integer can hold is as large as any catalogue.
  init?(argument: String) {
    if let value = Int(argument) {
      self.value = value
    } else if !argument.isEmpty, argument.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      value = .max
    } else {
      return nil
    }
  }

  /// The count; throws `InputError` if it is below 1 or above the number of items.
  func checked(upTo items: Int) throws -> Int {
    if value < 1 { throw InputError.options("-k needs a number from 1, not \(value)") }
    if value > items { throw InputError.tooMany(count: value, items: items) }
    return value
  }
}
