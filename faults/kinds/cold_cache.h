/// `cold_cache`: the caches are empty.
#pragma once

#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"

namespace shaketable::faults {

/// Empties the caches of the replicas when it starts. A cache of real keys loses `share` of its
/// entries and fills again by itself. A cache that is only a hit ratio has no memory: while the
/// fault lasts, `share` of its hits are misses.
struct ColdCache {
    static constexpr std::string_view kind = "cold_cache";
    static constexpr std::string_view summary = "empties the caches";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = service_targets;
    static constexpr bool ramps = false;

    Share share{1};

    static constexpr auto fields() {
        return fields_of(field("share", &ColdCache::share, "part of the entries that is lost"));
    }
    [[nodiscard]] Condition condition(double strength) const;
    bool operator==(const ColdCache&) const = default;
};
static_assert(ServiceFault<ColdCache>);

}  // namespace shaketable::faults
