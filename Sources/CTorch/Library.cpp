// The library as a whole: version, threads, memory, gradient recording.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/CPUAllocator.h>
#include <torch/csrc/api/include/torch/version.h>

#include "Guard.h"
#include "LargeBlocks.h"

#if defined(__GLIBC__)
#include <malloc.h>

#include <climits>
#endif

using namespace corral;

namespace {

/// Tensors' memory: large blocks from regions of their own, small ones from where libtorch gets them.
class TensorMemory final : public c10::Allocator {
 public:
  /// The one of the process; it outlives every tensor.
  static TensorMemory &shared() {
    static auto *memory = new TensorMemory;
    return *memory;
  }

  c10::DataPtr allocate(size_t bytes) override {
    if (bytes < large) return small_->allocate(bytes);
    void *block = blocks.take(bytes);
    TORCH_CHECK_WITH(OutOfMemoryError, block, "not enough memory: ", bytes, " bytes were asked for");
    return {block, block, &release, at::kCPU};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void *to, const void *from, size_t bytes) const override { default_copy_data(to, from, bytes); }

  LargeBlocks blocks;

 private:
  static constexpr size_t large = 64 << 10;

  static void release(void *block) {
    auto &memory = shared();
    if (block && !memory.blocks.give(block)) memory.small_->raw_deleter()(block);
  }

  c10::Allocator *small_ = c10::GetDefaultCPUAllocator();
};

}  // namespace

const char *ct_last_error(void) { return last_error().c_str(); }
bool ct_ran_out_of_memory(void) { return out_of_memory(); }
const char *ct_version(void) { return TORCH_VERSION; }

bool ct_has_cuda(void) {
  bool has = false;
  guarded([&] { has = at::hasCUDA(); });
  return has;
}

ct_int ct_cuda_devices(void) {
  ct_int count = 0;
  guarded([&] {
    if (at::hasCUDA()) count = static_cast<ct_int>(at::detail::getCUDAHooks().deviceCount());
  });
  return count;
}

ct_int ct_threads(void) { return at::get_num_threads(); }
bool ct_set_threads(ct_int count) {
  return guarded([&] { at::set_num_threads(static_cast<int>(count)); });
}

void ct_keep_memory(void) {
  c10::SetCPUAllocator(&TensorMemory::shared(), /*priority=*/1);
#if defined(__GLIBC__)
  // By default every block over 128 KiB (32 MiB at most) is a mapping of its own, given back when it is freed:
  // a training step then asks the system for the same pages again and again, zeroed each time.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

void ct_kept_memory(ct_int *used, ct_int *mapped) {
  const auto sizes = TensorMemory::shared().blocks.sizes();
  *used = static_cast<ct_int>(sizes.used);
  *mapped = static_cast<ct_int>(sizes.mapped);
}

bool ct_records_gradients(void) { return c10::GradMode::is_enabled(); }
void ct_set_records_gradients(bool records) { c10::GradMode::set_enabled(records); }
