/// Two runs, figure by figure: what changed, how sure that is, and a word for it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/run_view.h"
#include "reports/statistics.h"
#include "scenarios/expectation.h"

namespace shaketable::reports {

enum class Change : std::uint8_t {
    none_seen,  ///< the interval of the difference contains 0, or it is within the tolerance
    better,
    worse,
    differs,  ///< for sure, and neither way is the good one
    outside,  ///< beyond the tolerance, of a difference that has no interval
    missing,  ///< one of the runs has no samples of it, or does not know it
};
constexpr auto enum_names(Change) {
    using P = std::pair<std::string_view, Change>;
    return std::array{P{"no difference seen", Change::none_seen},
                      P{"better", Change::better},
                      P{"worse", Change::worse},
                      P{"differs", Change::differs},
                      P{"outside", Change::outside},
                      P{"missing", Change::missing}};
}

/// How far two figures may lie apart that have no interval. What a run on a real machine adds to
/// one in virtual time (its scheduler, its sockets) lies within these on loopback.
struct Tolerances {
    double latency = 0.10;  ///< of means and quantiles up to 95%, relative
    double tail = 0.20;     ///< of quantiles above and of the slowest, relative
    double share = 0.02;    ///< of shares, absolute: 2 points
    double other = 0.10;    ///< of rates, counts and ratios, relative
    bool operator==(const Tolerances&) const = default;
};

/// One figure of both runs.
struct Difference {
    std::string figure;  ///< "p99(users -> web.get)"; of an expectation, the left side of its claim
    scenarios::Unit unit = scenarios::Unit::seconds;
    Estimate a, b;        ///< n = 0: no value
    Estimate difference;  ///< b - a; n = 0 where there is none, n >= 2 where it has an interval
    bool paired = false;  ///< by repeat: both runs had the same dice
    double allowed = 0;   ///< of a difference without interval: how large it may be
    bool to_the_worse = false;  ///< the direction of the difference, whatever the word
    Change change = Change::none_seen;
    std::string note;  ///< of what is missing: why
    bool operator==(const Difference&) const = default;
};

/// Success, p50, p99 and goodput of every endpoint that a workload calls; attempts of the edges
/// that made more than one; wasted work of the services that had any; what the scenarios expect.
/// All over the whole run after its warm-up, but for claims, which say their own window.
///
/// Where both runs have repeats, a difference has a 95% interval: of the pairs, where both are
/// simulated with the same seed and as many repeats (they had the same dice); else by Welch. A word
/// other than "no difference seen" is said only where the difference is sure at 5% over *all*
/// figures together (Bonferroni), so that one run in twenty, and not one figure in twenty, is
/// called better or worse by chance. Where one has a single repeat, the tolerances judge.
/// Source: B. L. Welch, "The generalization of Student's problem", 1947.
[[nodiscard]] std::vector<Difference> compare(const RunView& a, const RunView& b,
                                              const Tolerances& tolerances);

/// Worse, or outside in the bad direction.
[[nodiscard]] bool is_regression(const Difference& difference) noexcept;

}  // namespace shaketable::reports
