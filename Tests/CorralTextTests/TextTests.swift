import CorralText
import Testing

@Suite struct TextTests {
  @Test(arguments: [
    ("abc", 3), ("", 0), ("é", 1), ("e\u{301}", 1), ("七人の侍", 8), ("🎬", 2),
    ("\u{1B}[1mbold\u{1B}[0m", 4),
  ])
  func `width is counted in terminal columns`(text: String, width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test func `text is padded or cut to a width`() {
    #expect("ab".fitted(to: 4) == "ab  ")
    #expect("abcdef".fitted(to: 4) == "abc…")
    #expect("七人の侍".fitted(to: 4) == "七… ")
    #expect("7".rightAligned(to: 3) == "  7")
  }

  @Test func `a table lines up whatever its cells hold`() {
    var table = Table([("title", .left), ("score", .right)])
    table.add(["七人の侍", "0.5"])
    table.add(["Alien", "12.25"])
    #expect(
      table.rendered(.plain) == """
        title     score
        ────────  ─────
        七人の侍    0.5
        Alien     12.25
        """)
  }

  @Test func `a sparkline runs from the lowest block to the highest`() {
    #expect(Plot.sparkline([1, 2, 3, 8]) == "▁▂▃█")
    #expect(Plot.sparkline([.nan, 1, 2]) == " ▁█")
    #expect(Plot.sparkline([2, 2]) == "▅▅")
    #expect(Plot.sparkline([]) == "")
  }

  @Test func `bars are as long as their values are large`() {
    #expect(
      Plot.bars([("head", 0.5), ("tail", 0.25)], width: 4) == """
        head  ████  0.5000
        tail  ██    0.2500
        """)
  }

  @Test(arguments: [
    (Format.count(988_555), "988,555"), (Format.count(-1_000), "-1,000"), (Format.count(7), "7"),
    (Format.short(41_234), "41.2k"), (Format.short(1_050_000), "1.05M"),
    (Format.seconds(0.5), "0.50 s"), (Format.seconds(185), "3:05 min"),
    (Format.seconds(3_727), "1:02:07 h"), (Format.bytes(4_100_000), "4.1 MB"),
    (Format.pValue(0.0001), "<0.001"), (Format.pValue(0.0321), "0.032"),
    (Format.change(from: 0.2, to: 0.25), "+25.0%"), (Format.change(from: 0, to: 1), "-"),
  ])
  func `numbers are written for people`(text: String, expected: String) {
    #expect(text == expected)
  }
}
