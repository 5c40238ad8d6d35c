/// What every kind of fault says about itself, beside its `fields()`.
#pragma once

namespace shaketable::faults {

/// Which worlds carry a kind out. What a world cannot do is refused, never ignored.
struct Worlds {
    bool simulator = false;
    bool live = false;
};

/// What a kind can be aimed at.
struct TargetKinds {
    bool service = false;  ///< `ledger`; for a traffic fault: every crossing into it, `* -> ledger`
    bool replica = false;  ///< `ledger[0]`, `ledger[25%]`, `store[eu-1b/0]`
    bool edge = false;     ///< `a -> b`, `a <-> b`
    bool zone = false;     ///< `zone:eu-1a`
    bool workload = false;  ///< the name of a workload
    bool optional =
        false;  ///< may be left out: the kind's own keys say whom it hits, or it hits all
};

/// Where a traffic fault can strike: its crossings.
inline constexpr TargetKinds traffic_targets{
    .service = true, .replica = true, .edge = true, .zone = true};
/// Where a service fault can strike: its replicas.
inline constexpr TargetKinds service_targets{.service = true, .replica = true, .zone = true};

}  // namespace shaketable::faults
