#ifndef CORRAL_CTORCH_H
#define CORRAL_CTORCH_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
int64_t ct_threads(void);
#ifdef __cplusplus
}
#endif
#endif
