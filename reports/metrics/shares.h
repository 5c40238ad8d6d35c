/// Calls by how they ended, as the metrics and the tables count them.
#pragma once

#include "base/outcome.h"
#include "reports/record/record.h"

namespace shaketable::reports {

[[nodiscard]] inline std::uint64_t count_of(const std::array<std::uint64_t, outcome_count>& by,
                                            Outcome outcome) noexcept {
    return by[static_cast<std::size_t>(outcome)];
}
/// Settled calls without those that their own caller took back.
[[nodiscard]] inline std::uint64_t judged(const FlowTotals& flow) noexcept {
    return flow.settled_total() - count_of(flow.settled, Outcome::cancelled);
}
[[nodiscard]] inline std::uint64_t refusals(
    const std::array<std::uint64_t, outcome_count>& by) noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < by.size(); ++i)
        if (is_refusal(static_cast<Outcome>(i))) sum += by[i];
    return sum;
}
/// Tries that the callee's (or the caller's) load control turned away.
[[nodiscard]] inline std::uint64_t load_shed(
    const std::array<std::uint64_t, outcome_count>& by) noexcept {
    return count_of(by, Outcome::shed) + count_of(by, Outcome::limited) +
           count_of(by, Outcome::rate_limited);
}
/// a / b; 0 for 0 / 0.
[[nodiscard]] inline double ratio(std::uint64_t a, std::uint64_t b) noexcept {
    return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}
[[nodiscard]] inline double ratio(Duration a, Duration b) noexcept {
    return b.count() == 0 ? 0 : static_cast<double>(a.count()) / static_cast<double>(b.count());
}
[[nodiscard]] inline double ratio(RequestTime a, RequestTime b) noexcept {
    return b.count() == 0 ? 0 : static_cast<double>(a.count()) / static_cast<double>(b.count());
}

/// Exact where the result is a whole number, which dividing by to_seconds() is not.
[[nodiscard]] inline double per_second(std::uint64_t count, Duration length) noexcept {
    return length.count() == 0
               ? 0
               : static_cast<double>(count) * 1e9 / static_cast<double>(length.count());
}

}  // namespace shaketable::reports
