/// What the proxies count, as Prometheus reads it.
#pragma once

#include <string>

#include "injector/control/exposition.h"
#include "injector/control/proxies.h"

namespace shaketable::injector::control {

/// Counters move with every byte and connection, not at the end of one.
[[nodiscard]] std::string write_metrics(Proxies& proxies);

}  // namespace shaketable::injector::control
