import Testing
import Torch

@Test func `the gradient of a table names the rows that were looked up`() throws {
  let parameters = Parameters(seed: 1)
  let table = try parameters.build { try Embedding(100, 4, rows: .items, in: $0 / "items") }
  table(Tensor([7, 3, 7] as [Int32])).sum().backward()
  let gradient = try #require(table.weight.gradient)
  #expect(gradient.isSparse)
  let rows = gradient.sparseRows()
  #expect(rows.indices.integers() == [3, 7])
  #expect(rows.values.floats() == [1, 1, 1, 1, 2, 2, 2, 2])
}

@Test func `the gradients of several uses of a table add up, by rows or not`() throws {
  func gradient(_ layout: GradientLayout, product: Bool) throws -> Tensor {
    let table = Tensor.normal([9, 4], seed: 1)
    table.requiresGradient = true
    let ids = Tensor([7, 3, 7, 1] as [Int32])
    let history = table.bags(
      ids, offsets: Tensor([0, 1, 4]), reduction: .mean, gradient: layout)
    var loss = (history * table.rows(Tensor([3, 3] as [Int32]), gradient: layout)).sum()
    if product { loss = loss + history.matmul(transposed: table).power(2).sum() }
    loss.backward()
    return try #require(table.gradient)
  }
  #expect(try gradient(.rows, product: false).isSparse)
  #expect(try !gradient(.rows, product: true).isSparse)
  for product in [false, true] {
    expectClose(
      try gradient(.rows, product: product).dense(), try gradient(.dense, product: product))
  }
}

@Test func `gradients gather until they are cleared`() throws {
  let x = Tensor([1, 2] as [Float])
  #expect(!x.requiresGradient)
  x.requiresGradient = true
  #expect(x.gradient == nil)
  x.power(2).sum().backward()
  x.power(2).sum().backward()
  #expect(x.gradient?.floats() == [4, 8])
  x.clearGradient()
  #expect(x.gradient == nil)
  (x * 3).backward(Tensor([1, 10] as [Float]))
  #expect(x.gradient?.floats() == [3, 30])
}

@Test func `nothing flows through what is detached or made without gradients`() {
  let x = Tensor([1, 2] as [Float])
  x.requiresGradient = true
  #expect(!x.detach().requiresGradient)
  #expect(!withoutGradients { (x * 2).requiresGradient })
  #expect((x * 2).requiresGradient)
}

@Test func `recording goes on after an error`() {
  struct Stop: Error {}
  let x = Tensor([1] as [Float])
  x.requiresGradient = true
  func stop() throws(Stop) { throw Stop() }
  #expect(throws: Stop.self) { try withoutGradients { () throws(Stop) in try stop() } }
  #expect((x * 2).requiresGradient)
}
