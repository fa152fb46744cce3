// How a node gets into a graph.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "Walk.h"

namespace corral {

/// Inserts nodes into one graph (Malkov and Yashunin, 2016, algorithms 1 and 4), as hnswlib does, with
/// distances of several nodes at a time. Every thread that inserts has its own.
class Insertion {
 public:
  explicit Insertion(chnsw_graph &graph) : graph_(graph), walk_(graph, &graph.nodes.link_list_locks_) {}

  /// Inserts an item as the node of the same number, linked on the levels up to `height`.
  void insert(uint32_t node, const float *vector, int height) {
    HNSW &nodes = graph_.nodes;
    // Held to the end: nobody may come by while lists that others will start from are empty.
    std::lock_guard<std::mutex> own(nodes.link_list_locks_[node]);
    graph_.place(node, static_cast<int64_t>(node), vector, height);
    // Held to the end by whoever raises the graph, so that there is one entry at a time.
    std::unique_lock<std::mutex> global(nodes.global);
    const int highest = nodes.maxlevel_;
    uint32_t entry = nodes.enterpoint_node_;
    if (height <= highest) global.unlock();
    if (highest >= 0) {
      entry = walk_.descend(vector, entry, highest, height + 1);
      for (int level = std::min(height, highest); level >= 0; level--) {
        entry = connect(node, vector, entry, level);
      }
    }
    if (height > highest) {
      nodes.enterpoint_node_ = node;
      nodes.maxlevel_ = height;
    }
  }

 private:
  chnsw_graph &graph_;
  Walk walk_;
  Pool pool_;
  std::vector<Near> found_, linked_;
  std::vector<uint32_t> kept_;

  /// Links a node on one level, both ways; returns the nearest of those it is linked to.
  uint32_t connect(uint32_t node, const float *vector, uint32_t entry, int level) {
    pool_.reset(graph_.nodes.ef_construction_);
    walk_.collect(vector, entry, level, pool_, [](uint32_t) { return true; });
    found_.clear();
    pool_.for_each([&](Near near) { found_.push_back(near); });
    select(found_, static_cast<size_t>(graph_.links));
    graph_.set_links(node, level, found_);
    for (const Near &near : found_) {
      std::lock_guard<std::mutex> lock(graph_.nodes.link_list_locks_[near.node]);
      link(near.node, {near.distance, node}, level);
    }
    return found_.front().node;
  }

  /// Adds a link to a node, whose links are chosen anew when it has too many.
  void link(uint32_t node, Near to, int level) {
    const size_t most = static_cast<size_t>(graph_.links) * (level == 0 ? 2 : 1);
    auto *list = graph_.nodes.get_linklist_at_level(node, level);
    const size_t count = graph_.nodes.getListCount(list);
    if (count < most) {
      list[1 + count] = to.node;
      graph_.nodes.setListCount(list, static_cast<unsigned short>(count + 1));
      return;
    }
    std::vector<float> distances(count);
    walk_.distances(graph_.vector(node), list + 1, static_cast<int64_t>(count), distances.data());
    linked_.clear();
    for (size_t i = 0; i < count; i++) linked_.push_back({distances[i], list[1 + i]});
    linked_.push_back(to);
    std::sort(linked_.begin(), linked_.end(), [](const Near &a, const Near &b) {
      return a.distance < b.distance || (a.distance == b.distance && a.node < b.node);
    });
    select(linked_, most);
    graph_.set_links(node, level, linked_);
  }

  /// Keeps at most `most` of some nodes, the nearest first. A node that is nearer to one that is kept is
  /// passed over, so that links lead in all directions.
  void select(std::vector<Near> &near, size_t most) {
    if (near.size() < most) return;
    kept_.clear();
    for (const Near &candidate : near) {
      if (kept_.size() == most) break;
      if (!is_near_kept(candidate)) {
        near[kept_.size()] = candidate;
        kept_.push_back(candidate.node);
      }
    }
    near.resize(kept_.size());
  }

  /// Whether a node is nearer to one that is kept than to what is linked.
  bool is_near_kept(Near candidate) {
    constexpr size_t block = 8;
    const float *vector = graph_.vector(candidate.node);
    for (size_t first = 0; first < kept_.size(); first += block) {
      float distances[block];
      const size_t count = std::min(block, kept_.size() - first);
      walk_.distances(vector, kept_.data() + first, static_cast<int64_t>(count), distances);
      for (size_t i = 0; i < count; i++) {
        if (distances[i] < candidate.distance) return true;
      }
    }
    return false;
  }
};

}  // namespace corral
