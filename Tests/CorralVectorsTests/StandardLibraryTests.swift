import CorralVectors
import Testing

@Suite struct StandardLibraryTests {
  @Test(arguments: 0...20)
  func `a binary search finds the first position with a property`(count: Int) {
    for place in 0...count {
      let elements = (0..<count).map { $0 >= place }
      #expect(elements.partitioningIndex { $0 } == place)
      #expect(([false] + elements)[1...].partitioningIndex { $0 } == place + 1)
    }
  }

  @Test func `a duration is a number of seconds`() {
    #expect(Duration.milliseconds(1250).inSeconds == 1.25)
  }
}
