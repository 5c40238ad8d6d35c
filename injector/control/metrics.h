/// What the proxies count, as Prometheus reads it.
///
/// Source: Prometheus, "Exposition formats", text format 0.0.4.
#pragma once

#include <string>

#include "injector/control/proxies.h"

namespace shaketable::injector::control {

inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// Counters move with every byte and connection, not at the end of one.
[[nodiscard]] std::string write_metrics(Proxies& proxies);

}  // namespace shaketable::injector::control
