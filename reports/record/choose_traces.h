/// Which of the requests that were written down are kept in the record: one rule for both worlds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/outcome.h"
#include "reports/record/record.h"

namespace shaketable::reports {

inline constexpr std::uint32_t trace_visits_max = 2000;  ///< later ones are left out

struct TraceCandidate {
    Trace trace;           ///< its first visit is the request itself
    std::int64_t die = 0;  ///< fair, and of this request alone; >= 0
};

/// At most `keep`: a quarter each of the slowest, of failed, of the most retried, and of any. Of
/// requests that the end of the run cut off, none: they cannot be compared.
[[nodiscard]] inline std::vector<Trace> choose_traces(std::vector<TraceCandidate> all,
                                                      std::uint32_t keep) {
    std::erase_if(all,
                  [](const TraceCandidate& c) { return c.trace.visits.front().ended == never; });
    std::vector<Trace> chosen;
    const auto choose = [&](const char* why, std::size_t room, auto rank_of) {
        std::vector<std::pair<std::int64_t, std::size_t>> ranks;
        for (std::size_t c = 0; c < all.size(); ++c) {
            if (all[c].trace.visits.empty()) continue;  // chosen already
            if (const std::int64_t rank = rank_of(all[c]); rank > 0) ranks.emplace_back(-rank, c);
        }
        std::sort(ranks.begin(), ranks.end());
        ranks.resize(std::min(ranks.size(), room));
        for (const auto& [rank, c] : ranks) {
            all[c].trace.why = why;
            chosen.push_back(std::exchange(all[c].trace, {}));
        }
    };
    const std::size_t part = (std::size_t{keep} + 3) / 4;
    choose("slowest", part, [](const TraceCandidate& c) {
        return (c.trace.visits.front().ended - c.trace.visits.front().sent).count();
    });
    choose("failed", part, [](const TraceCandidate& c) {
        return is_success(c.trace.visits.front().outcome) ? 0 : c.die;
    });
    choose("most-retried", part, [](const TraceCandidate& c) {
        return static_cast<std::int64_t>(
            std::count_if(c.trace.visits.begin(), c.trace.visits.end(),
                          [](const Visit& visit) { return visit.attempt > 1; }));
    });
    choose("random", keep > chosen.size() ? keep - chosen.size() : 0,
           [](const TraceCandidate& c) { return c.die; });
    return chosen;
}

}  // namespace shaketable::reports
