/// One entry to all kinds, for a world that has them mixed. No virtual call; no allocation when
/// judging.
#pragma once

#include <optional>
#include <variant>

#include "faults/catalogue.h"

namespace shaketable::faults {

[[nodiscard]] bool is_traffic_fault(const AnyKind& kind) noexcept;
[[nodiscard]] bool is_service_fault(const AnyKind& kind) noexcept;

/// Calls in flight when the fault starts are judged too, once, as crossings: `swallow` means that
/// their answer never comes, `reset` and `refuse` that their caller learns now.
[[nodiscard]] bool judges_in_flight(const AnyKind& kind) noexcept;

/// How long it acts where that is shorter than its window: `restart_after` of a crash.
[[nodiscard]] std::optional<Duration> acts_for(const AnyKind& kind) noexcept;

/// What a service fault does at `strength` 0 .. 1 of its ramp. Precondition:
/// is_service_fault(kind).
[[nodiscard]] Condition condition(const AnyKind& kind, double strength);

/// The dice of a fault: judge the n-th crossing of an edge with `Random::at(judge_key(...), n)`,
/// where `edge` is the stable name of the edge ("payments -> ledger"): unrelated changes never
/// re-roll them.
[[nodiscard]] RandomKey judge_key(std::uint64_t seed, std::uint64_t repeat,
                                  std::string_view fault_id, std::string_view edge) noexcept;

using AnyReady =
    std::variant<Latency::Ready, Loss, BandwidthCap, Partition, Blackhole, Refuse, Reset, Error,
                 SlowClose, Slice, LimitData, Corrupt, ThrottleResponse, Tamper>;

/// A traffic fault ready to judge. Make it once, before the run; it does not refer to the fault it
/// was made of.
class Judge {
  public:
    /// Precondition: is_traffic_fault(kind), and the kind has no problem.
    explicit Judge(const AnyKind& kind);

    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const {
        return std::visit([&](const auto& ready) { return ready.judge(crossing, state, random); },
                          ready_);
    }

  private:
    AnyReady ready_;
};

}  // namespace shaketable::faults
