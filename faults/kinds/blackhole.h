/// `blackhole`: accepted and never answered.
#pragma once

#include <optional>
#include <string_view>

#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Swallows crossings: connections are accepted, requests are taken, no answer ever comes. Callers
/// notice by timeout only.
///
/// With `existing`, what is in flight when it starts is judged too. With `close_after`, callers
/// notice by a reset after so long a silence, if they wait that long. The ramp scales the share.
/// Draws once.
///
/// Source: Toxiproxy's `timeout` toxic; `close_after` is its timeout, without it 0.
struct Blackhole {
    static constexpr std::string_view kind = "blackhole";
    static constexpr std::string_view summary = "swallows requests without an answer";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Share share{1};
    Of of = Of::request;                    ///< what the share counts
    bool existing = true;                   ///< connections opened before it started are hit too
    std::optional<Duration> close_after{};  ///< > 0; absent: silence for ever

    static constexpr auto fields() {
        return fields_of(
            field("share", &Blackhole::share, "part that is swallowed"),
            field("of", &Blackhole::of, "percent of what: request or connection"),
            field("existing", &Blackhole::existing, "also what is open and in flight already"),
            field("close_after", &Blackhole::close_after,
                  "reset the connection after such a silence; absent: never"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const Blackhole&) const = default;
};
static_assert(TrafficFault<Blackhole>);

}  // namespace shaketable::faults
