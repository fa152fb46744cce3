import Testing
import Torch

/// Expects the standard error of a process that stopped to hold a message.
func expectMessage(
  _ result: ExitTest.Result?, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(text.contains(message), "\(text)", sourceLocation: sourceLocation)
}

@Test func `matmul of shapes that do not fit stops with both shapes`() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let x = Tensor.zeros([2, 3])
    _ = x.matmul(x)
  }
  expectMessage(
    result,
    "Fatal error: matmul: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3); "
      + "shapes [2, 3], [2, 3]")
}

@Test func `adding shapes that do not broadcast stops with both shapes`() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    _ = Tensor.zeros([2, 3]) + Tensor.zeros([4])
  }
  expectMessage(
    result,
    "add: The size of tensor a (3) must match the size of tensor b (4) at non-singleton "
      + "dimension 1; shapes [2, 3], [4]")
}

@Test func `a row that a table does not have stops the program`() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    _ = Tensor.zeros([2, 3]).rows(Tensor([0, 2] as [Int32]))
  }
  expectMessage(result, "rows: index out of range in self; shapes [2, 3], [2]")
}

@Test func `elements that do not fill the shape stop with both`() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    _ = Tensor([1, 2, 3] as [Float], shape: [2, 2])
  }
  expectMessage(result, "Tensor: 3 elements do not fill the shape [2, 2]")
}

@Test func `backward from more than one number stops the program`() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let x = Tensor.zeros([2])
    x.requiresGradient = true
    (x * 2).backward()
  }
  expectMessage(result, "backward: grad can be implicitly created only for scalar outputs")
}

@Test func `a tensor with two elements is no item`() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    _ = Tensor.zeros([2]).item()
  }
  expectMessage(result, "item: a Tensor with 2 elements cannot be converted to Scalar")
}
