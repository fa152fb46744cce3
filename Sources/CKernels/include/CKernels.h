// The inner loops that profiling proves, in C, for whatever the processor can do.
#ifndef CORRAL_CKERNELS_H
#define CORRAL_CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// What the processor can do. A kernel exists at each level and takes the level first; `plain` is the
/// twin of the others, and stands in for levels that this processor does not run.
typedef enum ck_level : int32_t {
  CK_PLAIN = 0,
  CK_NEON = 1,
  CK_AVX2 = 2,
  CK_AVX512 = 3,
} ck_level;

/// The best level of this processor.
ck_level ck_active_level(void);

/// Whether the kernels of a level run on this processor.
bool ck_supports(ck_level level);

/// Asks the system to hold memory that is searched from end to end in large pages, which halves the
/// time that a single query needs. A hint: nothing happens where the system has no such thing.
void ck_prefer_large_pages(const void *start, int64_t bytes);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#include "CKernelsALS.h"
#include "CKernelsClusters.h"
#include "CKernelsLayers.h"
#include "CKernelsProducts.h"
#include "CKernelsRandom.h"
#include "CKernelsSearch.h"
#include "CKernelsSkipGram.h"

#endif
