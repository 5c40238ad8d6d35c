#include "scenarios/workload.h"

#include <cmath>

namespace shaketable::scenarios {

std::optional<Problem> Stage::find_problem() const {
    if (length <= Duration{0}) return problem_of("for", "E023", "expected a time longer than 0");
    if (rate && to)
        return problem_of("to", "E014", "rate and to exclude each other",
                          "rate is a plateau, to a ramp from the rate before");
    if (!rate && !to)
        return problem_of("", "E012", "expected rate or to",
                          "rate: 100/s, or to: 200/s for a ramp");
    return std::nullopt;
}

namespace {

std::optional<Problem> find_problem_of_law(const Workload& w) {
    const int laws = (w.arrivals ? 1 : 0) + (w.stages.empty() ? 0 : 1) + (w.users ? 1 : 0);
    if (laws == 0)
        return problem_of("", "E012", "expected arrivals, stages or users",
                          "arrivals: poisson(100/s), or users: 50 for a closed loop");
    if (laws > 1) {
        const std::string_view second = w.users ? "users" : "stages";
        return problem_of(second, "E014", "arrivals, stages and users exclude each other",
                          "open loop: arrivals or stages; closed loop: users");
    }
    if (w.users && (*w.users < 1 || *w.users > 10'000'000))
        return problem_of("users", "E023", "expected 1 to 10,000,000 users");
    if (!w.users && w.think != Distribution{Duration{0}})
        return problem_of("think", "E014", "think belongs to users",
                          "arrivals of an open loop wait for nobody");
    return std::nullopt;
}

}  // namespace

std::optional<Problem> Workload::find_problem() const {
    if (auto problem = find_problem_of_law(*this)) return problem;
    if (!policy.empty() && (timeout || retry))
        return problem_of(timeout ? "timeout" : "retry", "E014",
                          "a named policy excludes timeout and retry in place",
                          "put them into the policy \"" + policy + "\"");
    if (length && *length <= Duration{0})
        return problem_of("for", "E023", "expected a time longer than 0");
    if (from.zones.empty()) return std::nullopt;
    double sum = 0;
    for (const From::PerZone& zone : from.zones) sum += zone.share.fraction;
    if (std::fabs(sum - 1) > 1e-6)
        return problem_of("from", "E023",
                          "the shares add up to " + Text<Share>::print({sum}) + ", not to 100%");
    return std::nullopt;
}

}  // namespace shaketable::scenarios
