import CorralVectors
import Testing
import Torch

// Each in a process of its own: what is kept is the whole process's.
@Suite struct `keeping memory` {
  @Test func `changes no result`() async {
    await #expect(processExitsWith: .success) {
      let before = Tensor.ones([1 << 20])
      Torch.keepMemory()
      let tensors = (1...40).map { Tensor.full([$0 * 9973], Double($0)) }
      for (tensor, value) in zip(tensors, 1...40) {
        let least = tensor.min(0).values.item()
        let most = tensor.max(0).values.item()
        guard least == Float(value), most == Float(value) else {
          fatalError("a tensor of \(value) holds \(least) to \(most)")
        }
      }
      guard before.sum().item() == Float(1 << 20) else { fatalError("an older tensor changed") }
    }
  }

  @Test func `takes what the largest step needs, however the sizes of steps differ`() async {
    await #expect(processExitsWith: .success) {
      Torch.keepMemory()
      var generator = SeededGenerator(seed: 1)
      var survivors: [Tensor] = []
      // 20 large tensors of up to 1 MB at a time, and small ones between them that stay.
      for _ in 0..<200 {
        var step: [Tensor] = []
        for _ in 0..<20 {
          step.append(.zeros([1 << 14 + generator.next(below: 250_000 - 1 << 14)]))
          survivors.append(.zeros([64]))
        }
      }
      let (used, mapped) = Torch.keptMemory
      guard used == 0, mapped == 64 << 20, survivors.count == 4000 else {
        fatalError("\(used) bytes in use, \(mapped) mapped")
      }
    }
  }
}
