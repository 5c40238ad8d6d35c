/// `tamper`: messages that are not what was said.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Rewrites a header or the body of HTTP messages: sets the header to the value, or removes it
/// where there is no value; puts `body` in the place of the body.
///
/// Where several hit one message, they act in the order of their ids. In the simulator the answer
/// is an error. The ramp scales the share. Draws once.
struct Tamper {
    static constexpr std::string_view kind = "tamper";
    static constexpr std::string_view summary = "rewrites headers or bodies";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    std::string header{};                ///< "" = none; not one that says where the message ends
    std::optional<std::string> value{};  ///< absent: the header is removed
    std::optional<std::string> body{};   ///< absent: the body stays
    Direction direction = Direction::response;  ///< whose bytes
    Share share{1};                             ///< of what `of` says
    Of of = Of::request;                        ///< what the share counts

    static constexpr auto fields() {
        return fields_of(
            field("header", &Tamper::header, "header to set, or to remove"),
            field("value", &Tamper::value, "what the header is set to"),
            field("body", &Tamper::body, "what the body becomes"),
            field("direction", &Tamper::direction, "what is rewritten: request, response or both"),
            field("share", &Tamper::share, "part that is rewritten"),
            field("of", &Tamper::of, "percent of what: request or connection"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const Tamper&) const = default;
};
static_assert(TrafficFault<Tamper>);

}  // namespace shaketable::faults
