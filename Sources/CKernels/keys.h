// Keys of candidates, which sort like the candidates; private to the target.
#ifndef CORRAL_KEYS_H
#define CORRAL_KEYS_H

#include <stdint.h>

// Moves the `wanted` largest keys to the front, in any order.
void ck_select_keys(uint64_t *keys, int64_t count, int64_t wanted);

#endif
