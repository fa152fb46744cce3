// What the entry points share: the graph itself, and how exceptions become messages.
#pragma once

#include <hnswlib/hnswlib.h>

#include <cstring>
#include <exception>
#include <stdexcept>
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

/// What hnswlib asks of a space. It computes no distance here: walks and insertions are our own, over
/// its memory.
class Space final : public hnswlib::SpaceInterface<float> {
 public:
  explicit Space(int64_t dimension) : dimension_(dimension) {}
  size_t get_data_size() override { return static_cast<size_t>(dimension_) * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return nullptr; }
  void *get_dist_func_param() override { return nullptr; }

 private:
  int64_t dimension_;
};

using HNSW = hnswlib::HierarchicalNSW<float>;

}  // namespace corral

struct chnsw_graph {
  corral::Space space;
  corral::HNSW nodes;
  chnsw_kernels kernels;
  int64_t dimension;
  int64_t links;

  chnsw_graph(
      int64_t count, int64_t dimension, int64_t links, int64_t ef_construction,
      const chnsw_kernels &kernels)
      : space(dimension),
        nodes(&space, static_cast<size_t>(count), static_cast<size_t>(links),
              static_cast<size_t>(ef_construction)),
        kernels(kernels),
        dimension(dimension),
        links(links) {
    if (count >= INT64_C(1) << 30) throw std::runtime_error("a graph holds at most 2^30 - 1 items");
    // Every node exists from the start, so that a failure frees what was allocated for it.
    nodes.cur_element_count = static_cast<size_t>(count);
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

  /// Prefetches a node's vector.
  void prefetch(uint32_t node) const {
    const char *start = nodes.getDataByInternalId(node);
    for (int64_t byte = 0; byte < dimension * 4; byte += 64) __builtin_prefetch(start + byte);
  }

  /// Puts an item where a node is, without links yet, on the levels up to `height`.
  void place(uint32_t node, int64_t item, const float *vector, int height) {
    std::memset(nodes.get_linklist0(node), 0, nodes.size_links_level0_);
    nodes.setExternalLabel(node, static_cast<hnswlib::labeltype>(item));
    std::memcpy(
        nodes.getDataByInternalId(node), vector, static_cast<size_t>(dimension) * sizeof(float));
    if (height == 0) return;
    void *lists = std::calloc(static_cast<size_t>(height), nodes.size_links_per_element_);
    if (!lists) throw std::runtime_error("there is no memory for the links");
    nodes.linkLists_[node] = static_cast<char *>(lists);
    nodes.element_levels_[node] = height;
  }

  /// Replaces the links of a node on a level.
  template <typename Nodes>
  void set_links(uint32_t node, int level, const Nodes &linked) {
    auto *list = nodes.get_linklist_at_level(node, level);
    for (size_t i = 0; i < linked.size(); i++) list[1 + i] = linked[i].node;
    nodes.setListCount(list, static_cast<unsigned short>(linked.size()));
  }

  /// Frees what only insertions need.
  void finish() {
    std::unordered_map<hnswlib::labeltype, hnswlib::tableint>().swap(nodes.label_lookup_);
    std::vector<std::mutex>().swap(nodes.link_list_locks_);
    std::vector<std::mutex>().swap(nodes.label_op_locks_);
  }
};
