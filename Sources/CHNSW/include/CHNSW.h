#ifndef CORRAL_CHNSW_H
#define CORRAL_CHNSW_H
#endif
