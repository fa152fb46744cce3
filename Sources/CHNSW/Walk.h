// A walk over a graph: how searches and insertions find what is near.
#pragma once

#include <mutex>
#include <vector>

#include "Graph.h"
#include "Pool.h"

namespace corral {

/// Walks over one graph, with buffers that are used again at every node. For one thread at a time.
class Walk {
 public:
  /// `locks` has a lock for each node's links, if other threads change them meanwhile.
  explicit Walk(const chnsw_graph &graph, std::vector<std::mutex> *locks = nullptr)
      : graph_(graph), locks_(locks), nodes_(most()), vectors_(most()), distances_(most()) {}

  /// The distances of some nodes from a vector.
  void distances(const float *from, const uint32_t *nodes, int64_t count, float *to) {
    for (int64_t i = 0; i < count; i++) vectors_[static_cast<size_t>(i)] = graph_.vector(nodes[i]);
    graph_.kernels.distances(from, vectors_.data(), count, graph_.dimension, to);
  }

  /// From a node to a nearest one on each of the levels from `highest` down to `lowest`.
  uint32_t descend(const float *to, uint32_t start, int highest, int lowest) {
    uint32_t best = start;
    float distance;
    distances(to, &best, 1, &distance);
    for (int level = highest; level >= lowest; level--) {
      for (bool changed = true; changed;) {
        changed = false;
        int64_t count = links(best, level);
        distances(to, nodes_.data(), count, distances_.data());
        for (size_t i = 0; i < static_cast<size_t>(count); i++) {
          if (!(distances_[i] < distance)) continue;
          distance = distances_[i];
          best = nodes_[i];
          changed = true;
        }
      }
    }
    return best;
  }

  /// Fills the pool with the nodes near a vector that can be reached on a level.
  template <typename Counts>
  void collect(
      const float *near, uint32_t start, int level, Pool &pool, const Counts &counts) {
    hnswlib::VisitedList *list = graph_.nodes.visited_list_pool_->getFreeVisitedList();
    const hnswlib::vl_type visit = list->curV;
    float distance;
    distances(near, &start, 1, &distance);
    list->mass[start] = visit;
    pool.add(distance, start, counts(start));
    for (uint32_t node; pool.take(&node);) {
      const int64_t linked = links(node, level);
      // Without a branch that depends on what was visited: nothing predicts that.
      int64_t count = 0;
      for (int64_t i = 0; i < linked; i++) {
        const uint32_t next = nodes_[static_cast<size_t>(i)];
        nodes_[static_cast<size_t>(count)] = next;
        count += list->mass[next] != visit;
        list->mass[next] = visit;
      }
      for (int64_t i = 0; i < count; i++) graph_.prefetch(nodes_[static_cast<size_t>(i)]);
      distances(near, nodes_.data(), count, distances_.data());
      for (size_t i = 0; i < static_cast<size_t>(count); i++) {
        if (distances_[i] < pool.bound()) pool.add(distances_[i], nodes_[i], counts(nodes_[i]));
      }
    }
    graph_.nodes.visited_list_pool_->releaseVisitedList(list);
  }

 private:
  const chnsw_graph &graph_;
  std::vector<std::mutex> *const locks_;
  std::vector<uint32_t> nodes_;
  std::vector<const float *> vectors_;
  std::vector<float> distances_;

  size_t most() const { return 2 * static_cast<size_t>(graph_.links) + 1; }

  /// Copies the links of a node to `nodes_`; returns how many there are.
  int64_t links(uint32_t node, int level) {
    std::unique_lock<std::mutex> lock;
    if (locks_) lock = std::unique_lock((*locks_)[node]);
    const hnswlib::linklistsizeint *list = graph_.nodes.get_linklist_at_level(node, level);
    const int64_t count = *reinterpret_cast<const unsigned short *>(list);
    std::memcpy(nodes_.data(), list + 1, static_cast<size_t>(count) * sizeof(uint32_t));
    return count;
  }
};

}  // namespace corral
