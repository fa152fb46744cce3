#include "CTorch.h"
#include <torch/torch.h>
int64_t ct_threads(void) { return at::get_num_threads(); }
