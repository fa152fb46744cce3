/// The bounds of a store.
package struct StoreSettings: Sendable {
  /// The most events that wait for the disk at once; past it `append` throws `StoreError.full`.
  ///
  /// A batch is taken whole when nothing waits, however long it is. A waiting event holds about 200
  /// bytes and its strings.
  package var waiting = 65_536
  /// The most items of exposures that are held in memory before they are written; past it exposures
  /// are dropped and counted.
  package var exposureItems = 200_000
  /// The most seconds that an exposure stays in memory when no event takes it along to the disk.
  package var exposureDelay = 1.0
  /// The seconds that a write waits for another program that holds the file's lock.
  package var patience = 5.0
  /// The most bytes that the file of the store may have; `nil` for what the disk holds.
  ///
  /// Past it, writing throws `StoreError.diskFull`.
  package var largestFile: Int?

  /// The bounds that suit a server.
  package init() {}
}
