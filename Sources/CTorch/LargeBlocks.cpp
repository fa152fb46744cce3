#include "LargeBlocks.h"

#include <sys/mman.h>

#include <algorithm>

namespace corral {

void *LargeBlocks::take(std::size_t bytes) {
  const std::size_t size = (std::max<std::size_t>(bytes, 1) + page - 1) / page * page;
  std::lock_guard hold(lock_);
  auto found = by_size_.lower_bound({size, nullptr});
  if (found == by_size_.end()) {
    const std::size_t wanted = std::max(size, region);
    void *mapped = mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return nullptr;
    sizes_.mapped += wanted;
    add(static_cast<char *>(mapped), wanted);
    found = by_size_.lower_bound({size, nullptr});
  }
  const auto [length, start] = *found;
  by_size_.erase(found);
  free_.erase(start);
  if (length > size) add(start + size, length - size);
  used_[start] = size;
  sizes_.used += size;
  return start;
}

bool LargeBlocks::give(void *block) {
  std::lock_guard hold(lock_);
  const auto found = used_.find(block);
  if (found == used_.end()) return false;
  sizes_.used -= found->second;
  add(static_cast<char *>(block), found->second);
  used_.erase(found);
  return true;
}

LargeBlocks::Sizes LargeBlocks::sizes() {
  std::lock_guard hold(lock_);
  return sizes_;
}

/// Adds a free block, joined with those that it touches.
void LargeBlocks::add(char *start, std::size_t bytes) {
  auto after = free_.lower_bound(start);
  if (after != free_.end() && start + bytes == after->first) {
    bytes += after->second;
    by_size_.erase({after->second, after->first});
    after = free_.erase(after);
  }
  if (after != free_.begin()) {
    const auto before = std::prev(after);
    if (before->first + before->second == start) {
      start = before->first;
      bytes += before->second;
      by_size_.erase({before->second, before->first});
      free_.erase(before);
    }
  }
  free_[start] = bytes;
  by_size_.insert({bytes, start});
}

}  // namespace corral
