import Testing
import Torch

@Test func `a tensor gives back the elements and the shape it was made with`() {
  let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
  #expect(x.shape == [2, 3])
  #expect(x.rank == 2)
  #expect(x.count == 6)
  #expect(x.size(-1) == 3)
  #expect(x.type == .float32)
  #expect(x.device == .cpu)
  #expect(x.floats() == [1, 2, 3, 4, 5, 6])
  #expect(x.transpose().floats() == [1, 4, 2, 5, 3, 6])
  #expect(Tensor([3, 1] as [Int32]).integers() == [3, 1])
  #expect(Tensor(2.5).item() == 2.5)
}

@Test func `matmul of shapes that do not fit stops with both shapes`() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let x = Tensor.zeros([2, 3])
    _ = x.matmul(x)
  }
  let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(
    message.contains("matmul: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"),
    "\(message)")
}

@Test func `the gradient of a table names the rows that were looked up`() throws {
  let parameters = Parameters(seed: 1)
  let table = try parameters.build { try Embedding(100, 4, in: $0 / "items") }
  table(Tensor([7, 3, 7] as [Int32])).sum().backward()
  let gradient = try #require(table.weight.gradient)
  #expect(gradient.isSparse)
  let rows = gradient.sparseRows()
  #expect(rows.indices.integers() == [3, 7])
  #expect(rows.values.floats() == [1, 1, 1, 1, 2, 2, 2, 2])
}

@Test func `an optimizer finds the least of a quadratic`() throws {
  let parameters = Parameters(seed: 1)
  let x = try parameters.build { try $0.parameter("x", shape: [3], initializer: .ones) }
  var optimizer = Optimizer(.adam(), rate: 0.1, of: parameters)
  let goal = Tensor([1, -2, 0.5] as [Float])
  for _ in 0..<300 {
    (x - goal).power(2).sum().backward()
    optimizer.step()
  }
  #expect((x - goal).norm().item() < 1e-2)
}
