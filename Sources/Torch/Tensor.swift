import CTorch
import CorralVectors

/// An n-dimensional array on a device, which takes part in automatic differentiation.
///
/// A reference to libtorch's tensor. Operations trap on shapes that do not fit, with the operation,
/// libtorch's reason and the shapes. Not `Sendable`: one thread at a time uses a tensor.
package final class Tensor {
  let handle: OpaquePointer

  init(owning handle: OpaquePointer) {
    self.handle = handle
  }

  deinit {
    ct_release(handle)
  }

  /// The number of dimensions.
  package var rank: Int { ct_rank(handle) }

  /// The number of elements.
  package var count: Int { ct_count(handle) }

  /// The length of every dimension.
  package var shape: [Int] {
    let rank = self.rank
    return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
      if let start = buffer.baseAddress { ct_shape(handle, start) }
      count = rank
    }
  }

  /// The length of one dimension; negative ones count from the end.
  package func size(_ dimension: Int) -> Int {
    var size = 0
    check(ct_size(handle, dimension, &size), "size(\(dimension))", self)
    return size
  }

  /// The type of the elements.
  package var type: ElementType { ElementType(ct_type(handle)) }

  /// The device that holds the elements.
  package var device: Device { Device(ct_where_is(handle)) }
}

@available(*, unavailable)
extension Tensor: Sendable {}

extension Tensor: CustomStringConvertible {
  /// The type, shape and device; the elements are not listed.
  package var description: String { "Tensor(\(type) \(shape) on \(device))" }
}

// MARK: - How operations are called

/// Traps with the operation, libtorch's reason and the operands' shapes when a call has failed.
@inline(__always)
func check(
  _ succeeded: Bool, _ operation: @autoclosure () -> String,
  _ x: Tensor? = nil, _ y: Tensor? = nil, _ z: Tensor? = nil
) {
  if !succeeded { fail(operation(), [x, y, z]) }
}

@inline(never)
private func fail(_ operation: String, _ operands: [Tensor?]) -> Never {
  let shapes = operands.compactMap { $0.map { "\($0.shape)" } }.joined(separator: ", ")
  let reason = String(cString: ct_last_error())
  if ct_ran_out_of_memory() {
    MachineMemory.exhausted(
      operation + (shapes.isEmpty ? "" : " of \(shapes)"), bytes: bytes(namedIn: reason))
  }
  fatalError("\(operation): \(reason)" + (shapes.isEmpty ? "" : "; shapes \(shapes)"))
}

/// The number of bytes that a message of libtorch says were asked for.
private func bytes(namedIn reason: String) -> Int? {
  reason.firstMatch(of: /(\d+) bytes/).flatMap { Int($0.1) }
}

/// The place where a C function puts the tensor that it makes.
typealias Out = UnsafeMutablePointer<OpaquePointer?>

extension Tensor {
  /// The tensor that a C function makes; the operands are given for its error message only.
  @inline(__always)
  static func made(
    _ operation: StaticString, _ x: Tensor? = nil, _ y: Tensor? = nil, _ z: Tensor? = nil,
    by body: (Out) -> Bool
  ) -> Tensor {
    var result: OpaquePointer?
    guard body(&result), let result else { fail("\(operation)", [x, y, z]) }
    return Tensor(owning: result)
  }

  /// The two tensors that a C function makes.
  @inline(__always)
  static func madeTwo(
    _ operation: StaticString, _ x: Tensor, _ y: Tensor? = nil, _ z: Tensor? = nil,
    by body: (Out, Out) -> Bool
  ) -> (Tensor, Tensor) {
    var first: OpaquePointer?
    var second: OpaquePointer?
    guard body(&first, &second), let first, let second else {
      fail("\(operation)", [x, y, z])
    }
    return (Tensor(owning: first), Tensor(owning: second))
  }
}
