// The nodes that a walk has met and still cares about.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

namespace corral {

/// A node and its distance from what is searched.
struct Near {
  float distance;
  uint32_t node;
};

/// Nodes in order of distance, the nearest first, cut off behind the `width` nearest that count.
///
/// The same nodes as in hnswlib's two heaps (those that were found, and those that wait to be
/// expanded): what lies behind the cut is never expanded in either. A sorted array serves both ends,
/// and at these widths moving a few hundred bytes costs less than a heap's unpredictable branches.
class Pool {
 public:
  /// Forgets all nodes; from now on `width` nodes count at most.
  void reset(size_t width) {
    width_ = width;
    counted_ = size_ = next_ = 0;
    bound_ = std::numeric_limits<float>::infinity();
    if (entries_.size() < width + 2) entries_.resize(width + 2);
  }

  /// Nodes from this distance on are of no use.
  float bound() const { return bound_; }

  /// Adds a node that is nearer than the bound; one that does not count is only passed through.
  void add(float distance, uint32_t node, bool counts) {
    if (size_ == entries_.size()) entries_.resize(2 * size_);
    // The first that is farther, by halves that are added or not: no branch to predict wrongly.
    size_t first = 0;
    for (size_t length = size_; length > 0;) {
      const size_t half = (length + 1) / 2;
      first += entries_[first + half - 1].distance <= distance ? half : 0;
      length -= half;
    }
    Entry *at = entries_.data() + first;
    std::memmove(at + 1, at, (size_ - first) * sizeof(Entry));
    *at = {distance, node << 2 | (counts ? counted : 0)};
    size_++;
    next_ = std::min(next_, first);
    if (counts) counted_++;
    if (counted_ < width_) return;
    // What ends the pool is the last node that counts.
    while (counted_ > width_ || !(entries_[size_ - 1].state & counted)) {
      counted_ -= entries_[--size_].state & counted;
    }
    bound_ = entries_[size_ - 1].distance;
  }

  /// Takes the nearest node that was not taken before; false if there is none.
  bool take(uint32_t *node) {
    while (next_ < size_ && entries_[next_].state & taken) next_++;
    if (next_ == size_) return false;
    entries_[next_].state |= taken;
    *node = entries_[next_++].state >> 2;
    return true;
  }

  /// Calls the body with each node that counts, the nearest first.
  template <typename Body>
  void for_each(Body &&body) const {
    for (size_t i = 0; i < size_; i++) {
      if (entries_[i].state & counted) body(Near{entries_[i].distance, entries_[i].state >> 2});
    }
  }

 private:
  enum : uint32_t { counted = 1, taken = 2 };
  struct Entry {
    float distance;
    uint32_t state;  // The node, above two flags.
  };
  std::vector<Entry> entries_;
  size_t width_ = 0, size_ = 0, counted_ = 0;
  size_t next_ = 0;  // All before it are taken.
  float bound_ = 0;
};

}  // namespace corral
