/// Every kind of fault, listed once: reader, `explain`, schema, worlds and completeness tests walk
/// this list.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "faults/kinds/bandwidth.h"
#include "faults/kinds/blackhole.h"
#include "faults/kinds/capacity.h"
#include "faults/kinds/cold_cache.h"
#include "faults/kinds/corrupt.h"
#include "faults/kinds/crash.h"
#include "faults/kinds/error.h"
#include "faults/kinds/exhaust.h"
#include "faults/kinds/latency.h"
#include "faults/kinds/limit_data.h"
#include "faults/kinds/load.h"
#include "faults/kinds/loss.h"
#include "faults/kinds/partition.h"
#include "faults/kinds/pause.h"
#include "faults/kinds/refuse.h"
#include "faults/kinds/reset.h"
#include "faults/kinds/slice.h"
#include "faults/kinds/slow.h"
#include "faults/kinds/slow_close.h"
#include "faults/kinds/tamper.h"
#include "faults/kinds/throttle_response.h"

namespace shaketable::faults {

using AnyKind = std::variant<Latency, Loss, BandwidthCap, Partition, Blackhole, Refuse, Reset,
                             Error, SlowClose, Slice, LimitData, Corrupt, ThrottleResponse, Tamper,
                             Crash, Pause, Slow, Exhaust, Capacity, Load, ColdCache>;

/// Calls `visit.template operator()<K>()` for every kind, in the order of the catalogue:
/// `for_each_kind([]<class K>() { ... K::kind ... });`
template <class Visit>
constexpr void for_each_kind(Visit&& visit) {
    [&]<class... K>(const std::variant<K...>*) {
        (visit.template operator()<K>(), ...);
    }(static_cast<const AnyKind*>(nullptr));
}

/// A kind that the language names and that no world carries out yet.
struct KnownLater {
    std::string_view kind;
    std::string_view summary;
};
inline constexpr std::array known_later{
    KnownLater{"duplicate", "packets arrive twice"},
    KnownLater{"reorder", "packets overtake each other"},
    KnownLater{"deploy", "a new version is rolled out"},
    KnownLater{"poison", "messages that no consumer can handle"},
    KnownLater{"dns", "names do not resolve, or slowly"},
    KnownLater{"clock_skew", "clocks are wrong"},
    KnownLater{"certificate", "certificates expire"},
};

/// The name of the kind a fault is of.
[[nodiscard]] std::string_view kind_name(const AnyKind& kind) noexcept;
[[nodiscard]] std::string_view summary_of(const AnyKind& kind) noexcept;
[[nodiscard]] Worlds worlds_of(const AnyKind& kind) noexcept;
[[nodiscard]] TargetKinds targets_of(const AnyKind& kind) noexcept;
[[nodiscard]] bool can_ramp(const AnyKind& kind) noexcept;

/// The kind of that name with its defaults.
/// Errors: E010 with "not built yet" for a kind of `known_later`, else with the nearest name.
[[nodiscard]] Result<AnyKind> make_kind(std::string_view name);
/// All names, in the order of the catalogue.
[[nodiscard]] std::vector<std::string> kind_names();

}  // namespace shaketable::faults
