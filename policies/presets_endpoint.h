/// Presets of the words that carry a `preset:` of their own: `breaker` and `outlier_ejection`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "policies/breaker.h"
#include "policies/outlier_ejection.h"

namespace shaketable::policies {

/// hystrix, resilience4j, polly, linkerd; every field that decides anything is set, `preset` is
/// not.
[[nodiscard]] std::optional<Breaker> breaker_preset(std::string_view name);
/// envoy, finagle, linkerd.
[[nodiscard]] std::optional<OutlierEjection> ejection_preset(std::string_view name);
[[nodiscard]] std::vector<std::string> breaker_preset_names();
[[nodiscard]] std::vector<std::string> ejection_preset_names();

/// E107 at the field `preset`, with the nearest name.
[[nodiscard]] Problem unknown_preset(std::string_view name, const std::vector<std::string>& known);

}  // namespace shaketable::policies
