#include "faults/kinds/pause.h"

namespace shaketable::faults {

Condition Pause::condition(double) const {
    return {.paused = true};
}

}  // namespace shaketable::faults
