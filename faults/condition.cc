#include "faults/condition.h"

#include <algorithm>
#include <limits>

namespace shaketable::faults {

namespace {

constexpr std::uint32_t whole = 1'000'000'000;

Taken combine(const Taken& a, const Taken& b) noexcept {
    constexpr std::uint64_t all = std::numeric_limits<std::uint64_t>::max();
    return {.share = std::min(a.share + b.share, whole),
            .count = a.count > all - b.count ? all : a.count + b.count};
}

}  // namespace

Taken Taken::of(Share part) noexcept {
    const double billionths = std::clamp(part.fraction, 0.0, 1.0) * whole;
    return {.share = static_cast<std::uint32_t>(billionths + 0.5)};
}

std::uint64_t Taken::left_of(std::uint64_t total) const noexcept {
    // total * share / 1e9, rounded up, without overflow: the quotient and the rest of total apart.
    const std::uint64_t by_share =
        total / whole * share + (total % whole * share + whole - 1) / whole;
    const std::uint64_t left = total - std::min(total, by_share);
    return left - std::min(left, count);
}

/// Of many faults together: more is no different, and infinity times 0 would be no number.
constexpr double factor_max = 1e12;

Condition combine(const Condition& a, const Condition& b) noexcept {
    const auto [up, paused, slowdown, workers, connections, replicas, cold, load, load_extra] = b;
    return {.up = a.up && up,
            .paused = a.paused || paused,
            .slowdown = std::min(a.slowdown * slowdown, factor_max),
            .workers = combine(a.workers, workers),
            .connections = combine(a.connections, connections),
            .replicas = combine(a.replicas, replicas),
            .cold = std::max(a.cold, cold),
            .load = std::min(a.load * load, factor_max),
            .load_extra = a.load_extra + load_extra};
}

}  // namespace shaketable::faults
