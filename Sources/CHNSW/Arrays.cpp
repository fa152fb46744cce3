#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include "Graph.h"

namespace {

using hnswlib::linklistsizeint;
using hnswlib::tableint;

void copy_links(const corral::HNSW &nodes, const linklistsizeint *list, int64_t most, int32_t *to) {
  int64_t size = nodes.getListCount(const_cast<linklistsizeint *>(list));
  for (int64_t i = 0; i < most; i++) to[i] = i < size ? static_cast<int32_t>(list[1 + i]) : -1;
}

void require(bool condition, const char *message) {
  if (!condition) throw std::runtime_error(message);
}

/// Fills one list of links, each to a node that is there and reaches the level.
void set_links(
    corral::HNSW &nodes, linklistsizeint *list, int level, const int32_t *from, int64_t most,
    const chnsw_arrays *arrays, int64_t count) {
  int64_t size = 0;
  while (size < most && from[size] != -1) size++;
  for (int64_t i = 0; i < most; i++) {
    require(i < size || from[i] == -1, "a link follows the end of a list");
    if (i >= size) continue;
    require(from[i] >= 0 && from[i] < count, "a link leads to a node that does not exist");
    require(arrays->levels[from[i]] >= level, "a link leads to a node that is not on its level");
    list[1 + i] = static_cast<tableint>(from[i]);
  }
  nodes.setListCount(list, static_cast<unsigned short>(size));
}

}  // namespace

int64_t chnsw_upper_rows(const chnsw_graph *graph) {
  int64_t rows = 0;
  for (int64_t node = 0; node < graph->count(); node++) {
    rows += graph->nodes.element_levels_[static_cast<size_t>(node)];
  }
  return rows;
}

void chnsw_export(const chnsw_graph *graph, chnsw_arrays *arrays) {
  const auto &nodes = graph->nodes;
  const int64_t links = graph->links;
  int64_t row = 0;
  for (int64_t node = 0; node < graph->count(); node++) {
    const auto id = static_cast<tableint>(node);
    arrays->items[node] = static_cast<int32_t>(graph->item(node));
    arrays->levels[node] = nodes.element_levels_[id];
    copy_links(nodes, nodes.get_linklist0(id), 2 * links, arrays->lowest + node * 2 * links);
    for (int level = 1; level <= arrays->levels[node]; level++, row++) {
      copy_links(nodes, nodes.get_linklist(id, level), links, arrays->upper + row * links);
    }
  }
  arrays->entry = static_cast<int32_t>(nodes.enterpoint_node_);
}

bool chnsw_import(
    const float *vectors, int64_t count, int64_t dimension, int64_t links,
    const chnsw_arrays *arrays, const chnsw_kernels *kernels, chnsw_graph **graph) {
  return corral::guarded([&] {
    auto made = std::make_unique<chnsw_graph>(count, dimension, links, links, *kernels);
    auto &nodes = made->nodes;
    require(arrays->entry >= 0 && arrays->entry < count, "the entry is a node that does not exist");
    const int32_t highest = arrays->levels[arrays->entry];
    std::vector<bool> seen(static_cast<size_t>(count));
    int64_t row = 0;
    for (int64_t node = 0; node < count; node++) {
      const auto id = static_cast<tableint>(node);
      const int32_t item = arrays->items[node], level = arrays->levels[node];
      require(item >= 0 && item < count && !seen[static_cast<size_t>(item)],
              "the nodes are not the items, each once");
      require(level >= 0 && level <= highest, "a node is above the entry");
      seen[static_cast<size_t>(item)] = true;
      made->place(id, item, vectors + item * dimension, level);
      set_links(nodes, nodes.get_linklist0(id), 0, arrays->lowest + node * 2 * links, 2 * links,
                arrays, count);
      for (int above = 1; above <= level; above++, row++) {
        set_links(nodes, nodes.get_linklist(id, above), above, arrays->upper + row * links, links,
                  arrays, count);
      }
    }
    nodes.enterpoint_node_ = static_cast<tableint>(arrays->entry);
    nodes.maxlevel_ = highest;
    made->finish();
    *graph = made.release();
  });
}
