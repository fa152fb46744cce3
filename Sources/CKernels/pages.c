#include "CKernels.h"

#if defined(__linux__)
#include <sys/mman.h>

// In the kernel since Linux 6.1; older headers lack the name, and older kernels refuse the number.
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

void ck_prefer_large_pages(const void *start, int64_t bytes) {
  const uintptr_t page = (uintptr_t)1 << 21;
  uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1);
  uintptr_t end = ((uintptr_t)start + (uintptr_t)bytes) & ~(page - 1);
  if (end > first) (void)madvise((void *)first, end - first, MADV_COLLAPSE);
}
#else
void ck_prefer_large_pages(const void *start, int64_t bytes) {
  (void)start;
  (void)bytes;
}
#endif
