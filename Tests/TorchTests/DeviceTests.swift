import Testing
import Torch

@Test func `a device is found by its name`() throws {
  #expect(try Device(named: "cpu") == .cpu)
  #expect(Device.cpu.isAvailable)
  #expect("\(Device.cuda(1))" == "cuda:1")
  #expect(Device.cuda(0).isAvailable == (Device.cudaCount > 0))
}

@Test(arguments: ["gpu", "cuda:", "cuda:x", "cuda:-1", "cpu:0", ""])
func `a name that is no device's is refused`(name: String) {
  let error = #expect(throws: TorchError.self) { try Device(named: name) }
  #expect(error?.description == "unknown device '\(name)': say cpu, cuda or cuda:N")
}

@Test func `a device that is not there is refused with the way out`() {
  let name = "cuda:\(Device.cudaCount)"
  let error = #expect(throws: TorchError.self) { try Device(named: name) }
  #expect(
    error
      == TorchError.deviceMissing(
        name, builtWithCUDA: Torch.isBuiltWithCUDA, devices: Device.cudaCount))
  #expect(
    TorchError.deviceMissing("cuda", builtWithCUDA: false, devices: 0).description
      == "device 'cuda' is not available: this libtorch is built without CUDA; "
      + "set up with a CUDA build (LIBTORCH=dir), or use --device cpu")
  #expect(
    TorchError.deviceMissing("cuda:1", builtWithCUDA: true, devices: 1).description
      == "device 'cuda:1' is not available: libtorch finds 1 CUDA device; "
      + "check the driver with nvidia-smi, or use --device cpu")
}

@Test func `everything moves to the first CUDA device where there is one`() throws {
  let device = Device.cudaCount > 0 ? Device.cuda(0) : .cpu
  let parameters = Parameters(seed: 1, device: device)
  let model = try parameters.build { scope in
    (
      try Embedding(20, 4, rows: .items, in: scope / "items"),
      try MLP([4, 8, 1], in: scope / "tower")
    )
  }
  #expect(parameters.all.allSatisfy { $0.tensor.device == device })
  var optimizer = Optimizer(.adam(), rate: 0.05, clipping: .norm(1), of: parameters)
  let ids = Tensor([1, 5, 5, 7] as [Int32], device: device)
  let goal = Tensor([1, -1, -1, 2] as [Float], shape: [4, 1], device: device)
  var losses: [Float] = []
  for _ in 0..<50 {
    let loss = (model.1(model.0(ids)) - goal).power(2).mean()
    losses.append(loss.item())
    loss.backward()
    optimizer.step()
  }
  #expect(losses[49] < losses[0] / 10)
}
