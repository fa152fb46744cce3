// Memory for large tensors, apart from everything small.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>

namespace corral {

/// Large blocks from regions of their own, which the process keeps.
///
/// In a heap for everything, small blocks that outlive a training step lie between its large ones, and when those are
/// freed keep them apart: where every step has other sizes, ever less of what is free fits, and the heap grows for
/// hours. Here nothing small is in the way. What is free is one block wherever it touches, the smallest that suffices
/// is taken, and a process has as much as its largest step needed at once, and some per cent.
class LargeBlocks {
 public:
  /// A block that begins at a page; null where the system has no more.
  void *take(std::size_t bytes);
  /// Takes a block back; false for memory that is none of these.
  bool give(void *block);

  /// The bytes in use and those asked of the system.
  struct Sizes {
    std::size_t used, mapped;
  };
  Sizes sizes();

 private:
  static constexpr std::size_t page = 4096, region = std::size_t{64} << 20;

  void add(char *start, std::size_t bytes);

  std::mutex lock_;
  std::map<char *, std::size_t> free_;                    // by address
  std::set<std::pair<std::size_t, char *>> by_size_;      // the same
  std::unordered_map<void *, std::size_t> used_;
  Sizes sizes_{};
};

}  // namespace corral
