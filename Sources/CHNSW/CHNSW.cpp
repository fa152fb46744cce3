#include "CHNSW.h"
#include <hnswlib/hnswlib.h>
