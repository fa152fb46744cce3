import CKernels
import CorralTesting
import CorralVectors
import Testing

struct LayerKernelTests {
  @Test(arguments: KernelTests.levels, [1, 5, 8, 17, 40, 64, 70])
  func `every level applies a layer, whatever rows are beside a row`(
    level: ck_level, outputs: Int
  ) {
    for (inputs, isRectified) in [(1, false), (13, true), (64, false), (70, true)] {
      // Small whole numbers: no sum is rounded.
      let weight = wholeNumbers(rows: outputs, columns: inputs, below: 9)
      let bias = wholeNumbers(rows: 1, columns: outputs, below: 9, seed: 3).values
      let stride = inputs + 3
      let width = Int(ck_layer_width(level, Int64(outputs)))
      var panels = [Float](
        repeating: .nan, count: Int(ck_layer_size(level, Int64(inputs), Int64(outputs))))
      ck_pack_layer(level, weight.values, bias, Int64(inputs), Int64(outputs), &panels)
      for count in [0, 1, 5, 12, 13, 25, 101] {
        let rows = wholeNumbers(rows: count, columns: stride, below: 9, seed: 2)
        var out = [Float](repeating: -1, count: count * (width + 2) + 1)
        panels.withUnsafeBufferPointer { panels in
          guard let start = panels.baseAddress else { return }
          var layer = ck_layer(
            panels: start, inputs: Int64(inputs), outputs: Int64(outputs),
            is_rectified: isRectified)
          ck_apply_layer(
            level, &layer, rows.values, Int64(stride), Int64(count), &out, Int64(width + 2))
        }
        for row in 0..<count {
          let expected = (0..<outputs).map { output in
            let sum = zip(rows[row].prefix(inputs), weight[output])
              .reduce(bias[output]) { $0 + $1.0 * $1.1 }
            return isRectified ? max(0, sum) : sum
          }
          let found = Array(out[row * (width + 2)..<(row + 1) * (width + 2)])
          #expect(Array(found.prefix(outputs)) == expected)
          #expect(found[outputs..<width].allSatisfy { $0 == 0 })
          #expect(Array(found.suffix(2)) == [-1, -1])
        }
        #expect(out.last == -1)
      }
    }
  }

  @Test(arguments: KernelTests.levels, [1, 7, 16, 37])
  func `every level adds a vector to rows`(level: ck_level, width: Int) {
    let rows = wholeNumbers(rows: 9, columns: width, below: 9)
    let vector = wholeNumbers(rows: 1, columns: width, below: 9, seed: 2).values
    let order = [3, 0, 8, 3]
    for isRectified in [false, true] {
      var sums = [Float](repeating: -1, count: order.count * (width + 1))
      rows.values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        ck_add_rows(
          level, vector, order.map { start + $0 * width }, Int64(order.count), Int64(width),
          isRectified, &sums, Int64(width + 1))
      }
      for (place, row) in order.enumerated() {
        let expected = zip(vector, rows[row]).map { isRectified ? max(0, $0 + $1) : $0 + $1 }
        #expect(Array(sums[place * (width + 1)..<(place + 1) * (width + 1)]) == expected + [-1])
      }
    }
  }

  @Test func `a layer without a bias is its weights alone`() {
    let weight = wholeNumbers(rows: 3, columns: 4, below: 9)
    let layer = DenseLayer(weight)
    var out = [Float](repeating: 0, count: layer.width)
    layer.write([1, 0, 2, 0], stride: 4, count: 1, to: &out, stride: layer.width)
    #expect(Array(out.prefix(3)) == (0..<3).map { weight[$0, 0] + 2 * weight[$0, 2] })
    #expect(layer.byteCount >= 4 * 3 * 4 && (layer.inputs, layer.outputs) == (4, 3))
  }
}
