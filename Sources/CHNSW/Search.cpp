#include <algorithm>
#include <cmath>
#include <vector>

#include "Walk.h"

namespace {

struct Candidate {
  float score;
  int32_t item;
  bool operator<(const Candidate &other) const {
    return score > other.score || (score == other.score && item < other.item);
  }
};

/// Scores nodes a block at a time, with the bits that an exact search finds, and keeps the best.
class Scores {
 public:
  Scores(const chnsw_graph *graph, const float *query) : graph_(graph), query_(query) {}

  void add(int64_t node) {
    nodes_[waiting_] = node;
    vectors_[waiting_++] = graph_->vector(node);
    if (waiting_ == block) flush();
  }

  /// Writes the best, in order; returns how many there are.
  int64_t best(int64_t wanted, int32_t *items, float *scores) {
    flush();
    int64_t count = std::min<int64_t>(wanted, static_cast<int64_t>(kept_.size()));
    std::partial_sort(kept_.begin(), kept_.begin() + count, kept_.end());
    for (int64_t i = 0; i < count; i++) {
      items[i] = kept_[static_cast<size_t>(i)].item;
      scores[i] = kept_[static_cast<size_t>(i)].score;
    }
    return count;
  }

 private:
  static constexpr int64_t block = 64;
  const chnsw_graph *graph_;
  const float *query_;
  const float *vectors_[block];
  int64_t nodes_[block];
  int64_t waiting_ = 0;
  std::vector<Candidate> kept_;

  void flush() {
    float scores[block];
    if (waiting_ > 0) {
      graph_->kernels.score(vectors_, waiting_, graph_->dimension, query_, scores);
    }
    for (int64_t i = 0; i < waiting_; i++) {
      // Neither nan nor minus infinity is ever found.
      if (!(scores[i] > -HUGE_VALF)) continue;
      kept_.push_back({scores[i] + 0.0f, static_cast<int32_t>(graph_->item(nodes_[i]))});
    }
    waiting_ = 0;
  }
};

/// Whether a filter lets through none of some items spread over the catalogue: then a scan is faster
/// than a walk that finds nothing.
bool is_strict(chnsw_filter filter, void *context, int64_t count) {
  constexpr int64_t samples = 64;
  if (count <= samples) return true;
  for (int64_t i = 0; i < samples; i++) {
    if (filter(context, i * count / samples)) return false;
  }
  return true;
}

}  // namespace

bool chnsw_search(
    const chnsw_graph *graph, const float *query, int64_t wanted, int64_t ef,
    chnsw_filter filter, void *context, int32_t *items, float *scores,
    int64_t *found) {
  return corral::guarded([&] {
    *found = 0;
    const int64_t count = graph->count();
    if (wanted <= 0) return;
    if (!filter || !is_strict(filter, context, count)) {
      const corral::HNSW &nodes = graph->nodes;
      corral::Walk walk(*graph);
      const auto start = walk.descend(query, nodes.enterpoint_node_, nodes.maxlevel_, 1);
      corral::Pool pool;
      pool.reset(static_cast<size_t>(std::max(ef, wanted)));
      walk.collect(query, start, 0, pool, [&](uint32_t node) {
        return !filter || filter(context, graph->item(node));
      });
      Scores scores_of_walk(graph, query);
      pool.for_each([&](corral::Near near) { scores_of_walk.add(near.node); });
      *found = scores_of_walk.best(wanted, items, scores);
      if (*found == std::min(wanted, count)) return;
    }
    Scores scan(graph, query);
    for (int64_t node = 0; node < count; node++) {
      if (!filter || filter(context, graph->item(node))) scan.add(node);
    }
    *found = scan.best(wanted, items, scores);
  });
}
