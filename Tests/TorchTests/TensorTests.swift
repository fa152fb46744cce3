import CorralVectors
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
  #expect("\(x)" == "Tensor(float32 [2, 3] on cpu)")
  #expect(x.floats() == [1, 2, 3, 4, 5, 6])
  #expect(x.matrix() == Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6]))
  #expect(Tensor(x.matrix()).floats() == x.floats())
  #expect(x.transpose().floats() == [1, 4, 2, 5, 3, 6])
  #expect(Tensor(2.5).item() == 2.5)
  #expect(Tensor(2.5).shape == [])
}

@Test func `elements keep their type until they are converted`() {
  #expect(Tensor([3, 1] as [Int32]).type == .int32)
  #expect(Tensor([3, 1] as [Int32]).to(.int64).type == .int64)
  #expect(Tensor([3, 1] as [Int32]).integers() == [3, 1])
  #expect(Tensor([1 << 40] as [Int]).integer() == 1 << 40)
  #expect(Tensor([true, false]).type == .bool)
  #expect(Tensor([true, false]).floats() == [1, 0])
  #expect(Tensor([0.1] as [Double]).elements(as: Double.self) == [0.1])
  #expect(Tensor.range(2..<5).integers() == [2, 3, 4])
  #expect(Tensor.full([2], 7, type: .int64).integers() == [7, 7])
  #expect(Tensor.zeros([0, 4]).floats() == [])
  let ids: [Int32] = [4, 5]
  let copied = ids.withUnsafeBytes { Tensor(copying: $0, as: Int32.self, shape: [2, 1]) }
  #expect(copied.integers() == [4, 5])
}

@Test func `views and joins put every element where it belongs`() {
  let x = Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3])
  #expect(x.reshape([3, -1]).floats() == [0, 1, 2, 3, 4, 5])
  #expect(x.permute([1, 0]).shape == [3, 2])
  #expect(x[1].floats() == [3, 4, 5])
  #expect(x[0..<1].shape == [1, 3])
  #expect(x.narrow(1, 1..<3).floats() == [1, 2, 4, 5])
  #expect(x.unsqueeze(1).shape == [2, 1, 3])
  #expect(x.unsqueeze(1).squeeze(1).shape == [2, 3])
  #expect(x[0].unsqueeze(0).expand([2, 3]).floats() == [0, 1, 2, 0, 1, 2])
  #expect(x.narrow(1, 0..<2).diagonal().floats() == [0, 4])
  #expect(x.transpose().contiguous().floats() == [0, 3, 1, 4, 2, 5])
  #expect(Tensor.cat([x, x[0..<1]]).floats() == [0, 1, 2, 3, 4, 5, 0, 1, 2])
  #expect(Tensor.cat([x, x], -1).shape == [2, 6])
  #expect(Tensor.stack([x[0], x[1]], 1).floats() == [0, 3, 1, 4, 2, 5])
}

@Test func `the parts of a split have one gradient`() throws {
  let x = Tensor([0, 1, 2, 3, 4, 5, 6, 7] as [Float], shape: [4, 2])
  x.requiresGradient = true
  let parts = x.split([1, 0, 3])
  #expect(parts.map(\.shape) == [[1, 2], [0, 2], [3, 2]])
  #expect(parts[0].floats() == [0, 1] && parts[2].floats() == [2, 3, 4, 5, 6, 7])
  (parts[0].sum() * 2 + (parts[2] * parts[2]).sum()).backward()
  #expect(try #require(x.gradient).floats() == [2, 2, 4, 6, 8, 10, 12, 14])
}

@Test func `numbers stand on either side of an operator`() {
  let x = Tensor([1, 2, 4] as [Float])
  #expect((x + 1).floats() == [2, 3, 5])
  #expect((1 + x).floats() == [2, 3, 5])
  #expect((x - 1).floats() == [0, 1, 3])
  #expect((1 - x).floats() == [0, -1, -3])
  #expect((x * 2).floats() == [2, 4, 8])
  #expect((2 * x).floats() == [2, 4, 8])
  #expect((x / 2).floats() == [0.5, 1, 2])
  #expect((2 / x).floats() == [2, 1, 0.5])
}

@Test func `comparisons give masks, and masks choose`() {
  let x = Tensor([1, 2, 3] as [Float])
  let y = Tensor([3, 2, 1] as [Float])
  #expect((x .== y).bools() == [false, true, false])
  #expect((x .!= y).bools() == [true, false, true])
  #expect((x .< y).bools() == [true, false, false])
  #expect((x .<= y).bools() == [true, true, false])
  #expect((x .== 2).bools() == [false, true, false])
  #expect((x .< 2).bools() == [true, false, false])
  #expect((x .> 2).bools() == [false, false, true])
  let less = x .< y
  let equal = x .== y
  #expect((less .| equal).bools() == [true, true, false])
  #expect((less .& equal).bools() == [false, false, false])
  #expect((.!less).bools() == [false, true, true])
  #expect(less.any(0).bools() == [true])
  #expect(less.all(0).bools() == [false])
  #expect(x.maskedFill(less, -1).floats() == [-1, 2, 3])
  #expect(less.choose(x, else: y).floats() == [1, 2, 1])
  #expect(
    Tensor.causalMask(3).bools() == [true, false, false, true, true, false, true, true, true])
}

@Test func `the largest, the first k and the order come with their positions`() {
  let x = Tensor([3, 1, 2, 0, 5, 5] as [Float], shape: [2, 3])
  #expect(x.max(1).values.floats() == [3, 5])
  #expect(x.max(1).indices.integers()[0] == 0)
  #expect(x.min(1, keep: true).indices.shape == [2, 1])
  #expect(x.topK(2).values.floats() == [3, 2, 5, 5])
  #expect(x.topK(1, largest: false).indices.integers() == [1, 0])
  #expect(x.sorted().indices.integers() == [1, 2, 0, 0, 1, 2])
  #expect(x.sorted(descending: true).values.floats() == [3, 2, 1, 5, 5, 0])
  #expect(x.sum([0, 1]).item() == 16)
  #expect(x.mean([0, 1], keep: true).shape == [1, 1])
  #expect(x.scatter(1, Tensor([0, 1], shape: [2, 1]), -9).floats() == [-9, 1, 2, 0, -9, 5])
}

@Test func `a number that is not finite is found wherever it is`() {
  #expect(Tensor([1, 2] as [Float]).isFinite)
  #expect(!Tensor([1, .nan] as [Float]).isFinite)
  #expect(!Tensor([-.infinity, 2] as [Float]).isFinite)
  #expect(!Tensor([.infinity, -.infinity] as [Float]).isFinite)
  #expect(Tensor([Float.greatestFiniteMagnitude, .greatestFiniteMagnitude]).isFinite)
}

@Test func `writing overwrites the elements in place`() {
  let x = Tensor.zeros([2, 2])
  let view = x[1]
  x.write([1, 2, 3, 4] as [Float])
  #expect(view.floats() == [3, 4])
  let copy = x.clone()
  x.write([0, 0, 0, 0] as [Float])
  #expect(copy.floats() == [1, 2, 3, 4])
}

@Test func `empty bags and queries that see no key give zeros, not NaN`() {
  let table = Tensor.ones([3, 2])
  let empty = Tensor([] as [Int32])
  let offsets = Tensor([0, 0, 0] as [Int])
  for reduction in [BagReduction.sum, .mean] {
    let bags = table.bags(empty, offsets: offsets, reduction: reduction)
    #expect(bags.floats() == [0, 0, 0, 0])
  }
  let x = Tensor.ones([1, 2, 2])
  let mask = Tensor([true, false, false, false], shape: [2, 2])
  #expect(Tensor.attention(x, x, x, mask: mask).floats() == [1, 1, 0, 0])
}

@Test func `a bag with a weight for each row is their weighted sum`() {
  let table = Tensor([1, 2, 4] as [Float], shape: [3, 1])
  let bags = table.bags(
    Tensor([0, 2, 1] as [Int32]), offsets: Tensor([0, 2, 3]),
    weights: Tensor([0.5, 2, 3] as [Float]), reduction: .sum)
  #expect(bags.floats() == [8.5, 6])
}

@Test func `the version is the one that the package is set up with`() {
  #expect(Torch.version.hasPrefix("2.13.0"))
  #expect(Torch.threads >= 1)
}
