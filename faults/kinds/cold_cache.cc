#include "faults/kinds/cold_cache.h"

namespace shaketable::faults {

Condition ColdCache::condition(double) const {
    return {.cold = share.fraction};
}

}  // namespace shaketable::faults
