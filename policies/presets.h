/// What well-known libraries do, by name: `preset: resilience4j`.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "policies/chain.h"

namespace shaketable::policies {

/// One library's settings as its sources have them.
struct Preset {
    std::string_view name;
    std::string_view summary;
    std::string_view source;
    EdgePolicy (*make)();
};

/// All of them, in the order of their names.
[[nodiscard]] std::span<const Preset> presets() noexcept;

/// **Errors:** E107 an unknown name, with the nearest one.
[[nodiscard]] Result<EdgePolicy> preset(std::string_view name);

/// The preset's settings, overridden field by field by those written: `{preset: envoy, retry:
/// {retries: 3}}` keeps Envoy's back-off. A list or a text that is written replaces the preset's.
/// The result has no `preset` left, and its breaker none either. Precondition: the name is known
/// (`EdgePolicy::find_problem` says so) or empty.
[[nodiscard]] EdgePolicy with_preset(const EdgePolicy& written);

}  // namespace shaketable::policies
