#include "policies/chain.h"

#include <algorithm>

#include <fmt/format.h>

#include "policies/presets.h"

namespace shaketable::policies {
namespace {

/// A word that came about by merging may hold what neither of its parents did.
template <class Word>
[[nodiscard]] std::optional<Problem> find_merged(std::string_view field,
                                                 const std::optional<Word>& word,
                                                 std::string_view preset) {
    if (!word) return std::nullopt;
    auto problem = word->find_problem();
    if (!problem) return std::nullopt;
    problem->notes.push_back(
        fmt::format("together with `{}: {}` of the preset {}", field, problem->field, preset));
    problem->field = std::string{field};
    return problem;
}

[[nodiscard]] std::optional<Problem> find_merged_problem(const EdgePolicy& written) {
    const EdgePolicy merged = with_preset(written);
    const std::string_view name = written.preset;
    const std::optional<Backoff> backoff = merged.retry ? merged.retry->backoff : std::nullopt;
    const std::array found{find_merged("deadline", merged.deadline, name),
                           find_merged("hedge", merged.hedge, name),
                           find_merged("retry", merged.retry, name),
                           find_merged("retry", backoff, name),
                           find_merged("rate_limit", merged.rate_limit, name),
                           find_merged("throttle", merged.throttle, name),
                           find_merged("breaker", merged.breaker, name),
                           find_merged("bulkhead", merged.bulkhead, name),
                           find_merged("timeout", merged.timeout, name)};
    for (const auto& problem : found)
        if (problem) return problem;
    return std::nullopt;
}

}  // namespace

std::optional<Problem> EdgePolicy::find_problem() const {
    for (auto it = order.begin(); it != order.end(); ++it)
        if (std::find(order.begin(), it, *it) != it)
            return problem_of("order", "E014",
                              fmt::format("`{}` stands twice in the order", name_of(*it)));
    const PolicyOrder places{order};
    if (breaker && breaker->refuses == Refuses::retries &&
        places.wraps(PolicyKind::breaker, PolicyKind::retry) &&
        places.wraps(PolicyKind::breaker, PolicyKind::hedge))
        return problem_of("breaker.refuses", "E014",
                          "a breaker outside of the retries sees none of them",
                          "leave `breaker` behind `retry` or `hedge` in the order");
    if (this->preset.empty()) return std::nullopt;
    const auto known = policies::preset(this->preset);
    if (!known) return known.error();
    return find_merged_problem(*this);
}

PolicyOrder::PolicyOrder(const std::vector<PolicyKind>& written) {
    std::size_t n = 0;
    std::array<bool, policy_kind_count> taken{};
    const auto take = [&](PolicyKind kind) {
        const auto k = static_cast<std::size_t>(kind);
        if (taken[k]) return;
        taken[k] = true;
        kinds_[n] = kind;
        place_[k] = static_cast<std::uint8_t>(n);
        ++n;
    };
    for (const PolicyKind kind : written) take(kind);
    for (std::size_t k = 0; k < policy_kind_count; ++k) take(static_cast<PolicyKind>(k));
}

}  // namespace shaketable::policies
