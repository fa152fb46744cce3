// SplitMix64 (Steele, Lea and Flood, 2014), for everything that draws or hashes.
#ifndef CORRAL_CKERNELS_RANDOM_H
#define CORRAL_CKERNELS_RANDOM_H

#include <stdint.h>

/// What the state grows by from one number to the next.
static const uint64_t CK_GOLDEN_GAMMA = 0x9E3779B97F4A7C15u;

/// The number of a state: every bit of it depends on every bit of the state.
static inline uint64_t ck_finalised(uint64_t state) {
  state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9u;
  state = (state ^ (state >> 27)) * 0x94D049BB133111EBu;
  return state ^ (state >> 31);
}

#endif
