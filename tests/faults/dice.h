/// What the tests of faults share: many judgements, and how far a count may be from its
/// expectation.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "faults/judge.h"

namespace shaketable::faults {

inline constexpr int trials = 20'000;

/// Is `hits` of `n` what probability `p` gives? Five standard deviations: wrongly false once in two
/// million.
inline bool is_likely(int hits, int n, double p) {
    const double expected = n * p;
    return std::abs(hits - expected) <= 5 * std::sqrt(n * p * (1 - p)) + 1e-6;
}

/// How often a judgement drew from the dice it was handed, or none where it was more than `most`.
inline std::optional<int> draws_of(const AnyKind& kind, const Crossing& crossing = {},
                                   int most = 32) {
    FaultState state{.key = {9}};
    Random random{RandomKey{77}};
    (void)Judge{kind}.judge(crossing, state, random);
    const std::uint64_t next = random.next();
    Random fresh{RandomKey{77}};
    for (int draws = 0; draws <= most; ++draws)
        if (fresh.next() == next) return draws;
    return std::nullopt;
}

/// Judges `n` crossings as a world does: each with the dice of its ordinal.
inline std::vector<Verdict> judge_many(const AnyKind& kind, int n = trials, Crossing crossing = {},
                                       std::uint64_t seed = 1) {
    const Judge judge{kind};
    const RandomKey key = judge_key(seed, 0, "fault", "a -> b");
    FaultState state{.key = key};
    std::vector<Verdict> verdicts;
    for (int i = 0; i < n; ++i) {
        crossing.ordinal = static_cast<std::uint64_t>(i);
        crossing.connection = crossing.ordinal;
        Random random = Random::at(key, crossing.ordinal);
        verdicts.push_back(judge.judge(crossing, state, random));
    }
    return verdicts;
}

template <class Predicate>
int count_of(const std::vector<Verdict>& verdicts, Predicate predicate) {
    int count = 0;
    for (const Verdict& verdict : verdicts) count += predicate(verdict) ? 1 : 0;
    return count;
}

inline int count_fate(const std::vector<Verdict>& verdicts, Fate fate) {
    return count_of(verdicts, [&](const Verdict& v) { return v.fate == fate; });
}

}  // namespace shaketable::faults
