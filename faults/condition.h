/// The state a service fault puts a replica in, or `load` a workload, for as long as it acts.
#pragma once

#include <cstdint>

#include "base/units.h"

namespace shaketable::faults {

/// A part of some capacity that is gone: a share of it, a number of it, or both. Exact, so that
/// sums have no order.
struct Taken {
    std::uint32_t share = 0;  ///< in billionths, 0 .. 1,000,000,000
    std::uint64_t count = 0;  ///< Count::unlimited().value takes all

    [[nodiscard]] static Taken of(Share part) noexcept;
    /// What is left of `total`; the share is rounded up, so that a share above 0 takes at least
    /// one.
    [[nodiscard]] std::uint64_t left_of(std::uint64_t total) const noexcept;
    bool operator==(const Taken&) const = default;
};

/// `Condition{}` is health.
struct Condition {
    bool up =
        true;  ///< false: crashed; whatever it had in hand is reset, memory and queue are lost
    bool paused =
        false;  ///< neither works nor answers, keeps its connections and what it has in hand
    double slowdown = 1;  ///< work takes so many times as long; >= 1
    Taken workers{};      ///< of each replica
    Taken
        connections{};  ///< of each caller replica's pool (bulkhead) on the edges into the service
    Taken replicas{};   ///< of the service: taken out of balance, highest numbers first
    double cold = 0;    ///< share of cache look-ups that find nothing, 0 .. 1
    double load = 1;    ///< a workload's arrivals times this (open), its users (closed); >= 0
    double load_extra = 0;  ///< and so many arrivals a second more; >= 0

    bool operator==(const Condition&) const = default;
};

/// Both at once: down and paused win, factors multiply, what is taken adds up, the colder cache.
/// Commutative; associative but for the last bit of the factors and rates, so fold in order of
/// fault id, not of the file.
[[nodiscard]] Condition combine(const Condition& a, const Condition& b) noexcept;

}  // namespace shaketable::faults
