/// `capacity`: fewer replicas.
#pragma once

#include <string_view>

#include "faults/concepts.h"
#include "faults/kinds/amount.h"

namespace shaketable::faults {

/// Takes replicas out of service in good order, highest numbers first: they get no new requests,
/// finish what they have, and come back when the fault ends. The ramp takes them one by one.
struct Capacity {
    static constexpr std::string_view kind = "capacity";
    static constexpr std::string_view summary = "takes replicas out of service";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets{.service = true};
    static constexpr bool ramps = true;

    Amount removed{};  ///< more than there are means all

    static constexpr auto fields() {
        return fields_of(field("removed", &Capacity::removed, "replicas taken out").must());
    }
    [[nodiscard]] Condition condition(double strength) const;
    bool operator==(const Capacity&) const = default;
};
static_assert(ServiceFault<Capacity>);

}  // namespace shaketable::faults
