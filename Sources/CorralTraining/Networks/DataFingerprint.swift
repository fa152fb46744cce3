import CorralData
import CorralModels
import CorralVectors

extension Split {
  /// A hash of everything that training and validation read.
  ///
  /// FNV-1a over the interactions, their rows, weights, contexts and labels, and the impressions if they
  /// are read. It takes O(interactions).
  func fingerprint(readingImpressions: Bool) -> String {
    var hash = FNVHash()
    func mix(_ value: UInt64) { hash.combine(value) }
    mix(UInt64(itemCount))
    for part in [training, validation] {
      part.values.withUnsafeBufferPointer { values in
        for item in values { mix(UInt64(UInt32(bitPattern: item.rawValue))) }
      }
      part.offsets.withUnsafeBufferPointer { offsets in
        for offset in offsets { mix(UInt64(bitPattern: Int64(offset))) }
      }
    }
    weights.withUnsafeBufferPointer { weights in
      for weight in weights { mix(UInt64(weight.bitPattern)) }
    }
    func mix(_ labels: LabelTable) {
      for column in labels.columns { for value in column { mix(UInt64(value.bitPattern)) } }
    }
    for columns in [trainingColumns, validationColumns] {
      for column in columns.context.columns {
        switch column.values {
        case .categories(let codes, _): for code in codes { mix(UInt64(UInt32(bitPattern: code))) }
        case .numbers(let numbers): for number in numbers { mix(UInt64(number.bitPattern)) }
        }
      }
      mix(columns.labels)
    }
    if readingImpressions {
      for item in impressions.items.values { mix(UInt64(UInt32(bitPattern: item.rawValue))) }
      mix(impressions.labels)
    }
    return String(hash.value, radix: 16)
  }
}

extension Partition {
  /// A hash of the cluster of each item, and of how a retriever is told of the clusters.
  func fingerprint(of tasks: ItemTasks?) -> String {
    var hash = FNVHash()
    hash.combine(UInt64(count))
    for cluster in clusters { hash.combine(UInt64(UInt32(bitPattern: cluster))) }
    return String(hash.value, radix: 16) + " " + (tasks?.identity ?? .none).rawValue
  }
}
