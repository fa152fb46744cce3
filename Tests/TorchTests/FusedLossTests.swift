import Testing
import Torch

@Suite struct `losses that never hold all products` {
  /// One row at a time, some at a time with a rest, all at once.
  @Test(arguments: [1, 2, 64])
  func `the softmax loss equals PyTorch's`(rowsAtOnce: Int) throws {
    let golden = try Golden("sequences")
    try golden.check("softmaxLoss", ["queries", "items", "targets"]) { inputs in
      guard let columns = try? golden["softmaxLoss/column_shifts"],
        let rows = try? golden["softmaxLoss/row_shifts"],
        let weights = try? golden["softmaxLoss/weights"]
      else { return Tensor(0) }
      return Tensor.softmaxLoss(
        inputs[0], inputs[1], targets: inputs[2], columnShifts: columns, rowShifts: rows,
        weights: weights, rowsAtOnce: rowsAtOnce
      ).total
    }
  }

  @Test func `its rows are those of cross entropy, near 0 and far from it`() {
    let queries = Tensor([0, 30, -30, 1] as [Float], shape: [4, 1])
    let items = Tensor([1, 0, -1] as [Float], shape: [3, 1])
    let targets = Tensor([0, 0, 0, 2])
    let rows = Tensor.softmaxLoss(queries, items, targets: targets, weights: .ones([4])).rows
    let plain = queries.matmul(transposed: items).crossEntropy(targets, reduction: .none)
    expectClose(rows, plain)
    #expect(!rows.requiresGradient)
  }

  @Test func `a row whose only negatives are excluded has a loss and a gradient of 0`() throws {
    let queries = Tensor.normal([1, 4], seed: 1)
    queries.requiresGradient = true
    let (total, _) = Tensor.softmaxLoss(
      queries, .normal([3, 4], seed: 2), targets: Tensor([1]),
      columnShifts: Tensor([-1e9, 0, -1e9] as [Float]), weights: .ones([1]))
    total.backward()
    #expect(total.item() == 0)
    #expect(try #require(queries.gradient).floats() == [0, 0, 0, 0])
  }

  @Test func `products with named rows equal PyTorch's`() throws {
    try Golden("sequences").check("products", ["rows", "table", "columns"]) {
      $0[0].products(with: $0[1], at: $0[2])
    }
  }

  @Test func `a row that the table does not have stops the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3]).products(with: .zeros([2, 3]), at: Tensor([0, 2], shape: [1, 2]))
    }
    expectMessage(result, "products: index out of range in self; shapes [1, 3], [2, 3], [1, 2]")
  }
}
