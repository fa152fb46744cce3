import CorralCLI
import Testing

@Suite struct ProgressBarTests {
  @Test func `a progress line shows share, rate and time left`() {
    let console = Console(isJSON: false, verbosity: .normal)
    let bar = ProgressBar("epoch 1/2", of: 200, unit: "examples", console: console)
    let line = bar.line(50, elapsed: 10, "loss 2.5")
    #expect(line.contains(" 25%  5.00 examples/s  loss 2.5  30 s left"))
  }
}
