import CorralVectors
import Testing

@Suite struct FNVHashTests {
  /// The values of the authors' test program.
  @Test(arguments: [
    ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
  ])
  func `bytes have the published hashes`(text: String, value: UInt64) {
    #expect(FNVHash(text.utf8).value == value)
    var hash = FNVHash()
    for byte in text.utf8 { hash.combine(UInt64(byte)) }
    #expect(hash.value == value)
  }
}
