#include <CKernelsRandom.h>

#include <atomic>
#include <cmath>
#include <memory>
#include <thread>
#include <vector>

#include "Insertion.h"

namespace {

/// The level of an item: geometric with mean 1 / ln(links), from the seed and the item alone, so that
/// it does not depend on which thread comes first.
int level(uint64_t seed, int64_t item, double links) {
  uint64_t bits = ck_finalised(seed + (static_cast<uint64_t>(item) + 1) * CK_GOLDEN_GAMMA);
  double uniform = (static_cast<double>(bits >> 11) + 1) * 0x1p-53;  // in (0, 1]
  return static_cast<int>(-std::log(uniform) / std::log(links));
}

}  // namespace

const char *chnsw_last_error(void) { return corral::last_error().c_str(); }

bool chnsw_build(
    const float *vectors, int64_t count, int64_t dimension, const chnsw_settings *settings,
    const chnsw_kernels *kernels, chnsw_graph **graph) {
  return corral::guarded([&] {
    auto made = std::make_unique<chnsw_graph>(
        count, dimension, settings->links, settings->ef_construction, *kernels);
    std::atomic<int64_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_lock;
    auto work = [&] {
      try {
        corral::Insertion insertion(*made);
        for (int64_t item = next++; item < count; item = next++) {
          int height = level(settings->seed, item, static_cast<double>(settings->links));
          insertion.insert(static_cast<uint32_t>(item), vectors + item * dimension, height);
        }
      } catch (...) {
        std::lock_guard<std::mutex> lock(failure_lock);
        failure = std::current_exception();
        next = count;
      }
    };
    std::vector<std::thread> others;
    for (int64_t i = 1; i < settings->threads; i++) others.emplace_back(work);
    work();
    for (auto &thread : others) thread.join();
    if (failure) std::rethrow_exception(failure);
    made->finish();
    *graph = made.release();
  });
}

void chnsw_free(chnsw_graph *graph) { delete graph; }

int64_t chnsw_bytes(const chnsw_graph *graph) {
  const auto &nodes = graph->nodes;
  int64_t node = static_cast<int64_t>(nodes.size_data_per_element_ + sizeof(char *) + sizeof(int));
  return graph->count() * node +
         chnsw_upper_rows(graph) * static_cast<int64_t>(nodes.size_links_per_element_);
}
