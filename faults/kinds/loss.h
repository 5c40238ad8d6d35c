/// `loss`: transmissions get lost; TCP sends them again.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"

namespace shaketable::faults {

/// Loses transmissions of requests and responses. A lost one is sent again after a timeout of 200
/// ms, doubling, so a crossing arrives late rather than never; after 16 losses in a row TCP gives
/// up and nothing arrives.
///
/// Either each transmission is lost by `share`, or the edge is a Gilbert-Elliott channel: per
/// transmission it turns from good to bad by `p` and back by `r`, and loses `loss_good` or
/// `loss_bad`. A retransmission meets the channel at a later moment, one more step on; between
/// crossings the channel takes one step for the request and one for the response. The ramp scales
/// the probabilities of loss, not `p` and `r`. Draws four times whatever the settings.
///
/// Source: tc-netem(8), `loss random` and `loss gemodel p r 1-h 1-k`; loss_bad is its 1-h,
/// loss_good its 1-k.
struct Loss {
    static constexpr std::string_view kind = "loss";
    static constexpr std::string_view summary = "loses transmissions, which TCP sends again later";
    static constexpr Worlds worlds{.simulator = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    std::optional<Share> share{};      ///< of the transmissions; excludes the four below
    std::optional<Share> p{};          ///< good to bad, per transmission
    std::optional<Share> r{};          ///< bad to good; absent: 1 - p, a channel without memory
    std::optional<Share> loss_good{};  ///< lost while good; absent: 0%
    std::optional<Share> loss_bad{};   ///< lost while bad; absent: 100%

    static constexpr auto fields() {
        return fields_of(field("share", &Loss::share, "part of the transmissions that is lost"),
                         field("p", &Loss::p, "bursts: from good to bad, per transmission"),
                         field("r", &Loss::r, "bursts: from bad to good (100% - p)"),
                         field("loss_good", &Loss::loss_good, "bursts: part lost while good (0%)"),
                         field("loss_bad", &Loss::loss_bad, "bursts: part lost while bad (100%)"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const Loss&) const = default;
};
static_assert(TrafficFault<Loss>);

}  // namespace shaketable::faults
