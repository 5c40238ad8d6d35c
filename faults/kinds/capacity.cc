#include "faults/kinds/capacity.h"

namespace shaketable::faults {

Condition Capacity::condition(double strength) const {
    return {.replicas = removed.taken(strength)};
}

}  // namespace shaketable::faults
