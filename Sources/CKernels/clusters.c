#include <stdlib.h>

#include "levels.h"

static int64_t rounded(int64_t bytes) { return (bytes + 63) & ~(int64_t)63; }

bool ck_assign(ck_level level, const ck_assignment *assignment) {
  const ck_kernels *kernels = ck_kernels_at(level);
  const int64_t lanes = kernels->lanes, dimension = assignment->dimension;
  const int64_t panels = (assignment->centre_count + lanes - 1) / lanes;
  // What each sum starts from, then the centres, in the lanes that hold them.
  const int64_t width = lanes * (dimension + 1);
  float *memory = aligned_alloc(64, (size_t)rounded(panels * width * 4));
  if (!memory) return false;
  for (int64_t panel = 0; panel < panels; panel++) {
    float *start = memory + panel * width;
    for (int64_t lane = 0; lane < lanes; lane++) {
      const int64_t centre = panel * lanes + lane;
      const bool used = centre < assignment->centre_count;
      const float *row = assignment->centres + centre * dimension;
      float square = 0;
      for (int64_t k = 0; k < dimension; k++) {
        start[(k + 1) * lanes + lane] = used ? row[k] : 0;
        if (used) square += row[k] * row[k];
      }
      start[lane] = used ? -0.5f * square : -__builtin_inff();
    }
  }
  kernels->assign(assignment, memory, panels);
  free(memory);
  return true;
}
