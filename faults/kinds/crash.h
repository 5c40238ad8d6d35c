/// `crash`: replicas die.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"

namespace shaketable::faults {

/// Kills replicas: what they had in hand is reset, their queue and memory (caches, breaker states)
/// are lost. They come back, cold, after `restart_after` plus the service's own startup; without
/// it, when the fault ends.
///
/// With `restart_after` and no `for`, the fault's window ends when they restart.
struct Crash {
    static constexpr std::string_view kind = "crash";
    static constexpr std::string_view summary = "kills replicas";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = service_targets;
    static constexpr bool ramps = false;

    std::optional<Duration> restart_after{};  ///< > 0, <= the fault's `for`

    static constexpr auto fields() {
        return fields_of(
            field("restart_after", &Crash::restart_after,
                  "down for so long, then starting up; absent: while the fault lasts"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Condition condition(double strength) const;
    bool operator==(const Crash&) const = default;
};
static_assert(ServiceFault<Crash>);

}  // namespace shaketable::faults
