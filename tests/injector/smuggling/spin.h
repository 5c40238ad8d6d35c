/// Thousands of short talks: on loopback nearly all that is waited for is there at once, so the
/// worker is asked again some times before anybody sleeps.
#pragma once

#include "tests/injector/proxy/rig.h"

namespace shaketable::injector::smuggling {

inline void let_run(proxy::Rig& rig) {
    rig.worker.io().restart();
    rig.worker.io().poll();
}

/// As Rig::until.
template <class IsSo>
void spin_until(proxy::Rig& rig, IsSo is_so) {
    for (int i = 0; i < 100; ++i) {
        if (is_so()) return;
        let_run(rig);
    }
    rig.until(is_so);
}

}  // namespace shaketable::injector::smuggling
