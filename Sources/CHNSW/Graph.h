// What the entry points share: the graph itself, and how exceptions become messages.
#pragma once

#include <hnswlib/hnswlib.h>

#include <exception>
#include <string>

#include "CHNSW.h"

namespace corral {

inline std::string &last_error() {
  thread_local std::string message;
  return message;
}

/// Runs the body. No exception leaves: unwinding through a Swift frame is undefined.
template <typename Body>
bool guarded(Body &&body) noexcept {
  try {
    body();
    return true;
  } catch (const std::exception &error) {
    last_error() = error.what();
  } catch (...) {
    last_error() = "an unknown exception";
  }
  return false;
}

/// Minus the inner product as a distance, by a kernel that is chosen at run time: hnswlib's own
/// spaces choose theirs when they are compiled.
class InnerProductSpace final : public hnswlib::SpaceInterface<float> {
 public:
  InnerProductSpace(int64_t dimension, const chnsw_kernels &kernels)
      : dimension_(dimension), distance_(kernels.distance) {}
  size_t get_data_size() override { return static_cast<size_t>(dimension_) * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return distance_; }
  void *get_dist_func_param() override { return &dimension_; }

 private:
  int64_t dimension_;
  hnswlib::DISTFUNC<float> distance_;
};

using HNSW = hnswlib::HierarchicalNSW<float>;

}  // namespace corral

struct chnsw_graph {
  corral::InnerProductSpace space;
  corral::HNSW nodes;
  chnsw_kernels kernels;
  int64_t dimension;
  int64_t links;

  chnsw_graph(
      int64_t count, int64_t dimension, int64_t links, int64_t ef_construction,
      const chnsw_kernels &kernels)
      : space(dimension, kernels),
        nodes(&space, static_cast<size_t>(count), static_cast<size_t>(links),
              static_cast<size_t>(ef_construction)),
        kernels(kernels),
        dimension(dimension),
        links(links) {
    kernels.prefer_large_pages(
        nodes.data_level0_memory_,
        static_cast<int64_t>(nodes.max_elements_ * nodes.size_data_per_element_));
  }

  int64_t count() const { return static_cast<int64_t>(nodes.cur_element_count.load()); }

  const float *vector(int64_t node) const {
    return reinterpret_cast<const float *>(
        nodes.getDataByInternalId(static_cast<hnswlib::tableint>(node)));
  }

  int64_t item(int64_t node) const {
    return static_cast<int64_t>(
        nodes.getExternalLabel(static_cast<hnswlib::tableint>(node)));
  }

  /// Gives back what only insertions need.
  void finish() {
    std::unordered_map<hnswlib::labeltype, hnswlib::tableint>().swap(nodes.label_lookup_);
    std::vector<std::mutex>().swap(nodes.link_list_locks_);
    std::vector<std::mutex>().swap(nodes.label_op_locks_);
  }
};
