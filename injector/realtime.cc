#include "injector/realtime.h"

#include <sched.h>

namespace shaketable::injector {

bool run_in_real_time() noexcept {
    sched_param first{};
    first.sched_priority = ::sched_get_priority_min(SCHED_FIFO);
    return ::sched_setscheduler(0, SCHED_FIFO, &first) == 0;
}

void run_as_others() noexcept {
    const sched_param plain{};
    (void)::sched_setscheduler(0, SCHED_OTHER, &plain);
}

}  // namespace shaketable::injector
