#include "faults/judge.h"

namespace shaketable::faults {

namespace {

AnyReady make_ready(const AnyKind& kind) {
    return std::visit(
        []<class K>(const K& fault) -> AnyReady {
            if constexpr (Judges<K>)
                return fault;
            else if constexpr (TrafficFault<K>)
                return fault.ready();
            else
                fail_check(__FILE__, __LINE__, "only a traffic fault judges crossings");
        },
        kind);
}

}  // namespace

bool is_traffic_fault(const AnyKind& kind) noexcept {
    return std::visit([]<class K>(const K&) { return TrafficFault<K>; }, kind);
}

bool is_service_fault(const AnyKind& kind) noexcept {
    return std::visit([]<class K>(const K&) { return ServiceFault<K>; }, kind);
}

bool judges_in_flight(const AnyKind& kind) noexcept {
    return std::visit(
        []<class K>(const K& fault) {
            if constexpr (requires { fault.existing; })
                return fault.existing;
            else
                return std::is_same_v<K, Partition>;
        },
        kind);
}

std::optional<Duration> acts_for(const AnyKind& kind) noexcept {
    const Crash* crash = std::get_if<Crash>(&kind);
    return crash != nullptr ? crash->restart_after : std::nullopt;
}

Condition condition(const AnyKind& kind, double strength) {
    return std::visit(
        [&]<class K>(const K& fault) -> Condition {
            if constexpr (ServiceFault<K>)
                return fault.condition(strength);
            else
                fail_check(__FILE__, __LINE__,
                           "only a service fault puts a service in a condition");
        },
        kind);
}

RandomKey judge_key(std::uint64_t seed, std::uint64_t repeat, std::string_view fault_id,
                    std::string_view edge) noexcept {
    // Two names make one stream: the key of the fault is the seed of its edges.
    const RandomKey of_fault = random_key(seed, repeat, fault_id, "fault.judge");
    return random_key(of_fault.bits, repeat, edge, "fault.judge.edge");
}

Judge::Judge(const AnyKind& kind) : ready_{make_ready(kind)} {}

}  // namespace shaketable::faults
