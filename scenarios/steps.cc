#include "scenarios/steps.h"

namespace shaketable::scenarios {

bool Step::operator==(const Step& other) const {
    return what == other.what;
}

std::optional<Problem> Parallel::find_problem() const {
    if (parallel.empty()) return problem_of("parallel", "E012", "expected at least one branch");
    if (need && (*need < 1 || *need > parallel.size()))
        return problem_of("need", "E023",
                          "expected 1 to " + std::to_string(parallel.size()) +
                              ", the number of branches, found " + std::to_string(*need));
    return std::nullopt;
}

std::optional<Problem> Any::find_problem() const {
    if (any.empty()) return problem_of("any", "E012", "expected at least one branch");
    return std::nullopt;
}

std::optional<Problem> Choose::find_problem() const {
    if (choose.empty()) return problem_of("choose", "E012", "expected at least one way");
    double sum = 0;
    for (const Choice& way : choose) sum += way.weight.fraction;
    // A hair above, so that ten times 10% are 100% although 0.1 is no binary fraction.
    if (sum > 1 + 1e-9)
        return problem_of("choose", "E023", "the weights add up to more than 100%",
                          "what is missing to 100% does nothing");
    return std::nullopt;
}

std::optional<Problem> CacheSettings::find_problem() const {
    if (hit && keys)
        return problem_of("keys", "E014", "hit and keys exclude each other",
                          "hit is a fixed share, keys make a real cache");
    if (!hit && !keys)
        return problem_of("", "E012", "expected hit or keys",
                          "hit: 80%, or keys: zipf(n=10000 s=1.1)");
    if (hit) {
        const std::string why = "belongs to a cache with keys, not to a fixed share of hits";
        if (capacity) return problem_of("capacity", "E014", "capacity " + why);
        if (ttl) return problem_of("ttl", "E014", "ttl " + why);
        if (coalesce) return problem_of("coalesce", "E014", "coalesce " + why);
    }
    if (capacity && *capacity == 0)
        return problem_of("capacity", "E023", "expected room for at least one entry");
    if (ttl && *ttl <= Duration{0})
        return problem_of("ttl", "E023", "expected a time longer than 0");
    return std::nullopt;
}

std::optional<Problem> OptimisticSettings::find_problem() const {
    if (row.empty()) return problem_of("row", "E012", "expected the name of a row", "row: account");
    constexpr std::uint32_t rows_max = 10'000'000;
    if (keys && keys->n > rows_max)
        return problem_of("keys", "E023",
                          "expected at most 10,000,000 rows, found " + std::to_string(keys->n));
    return std::nullopt;
}

std::optional<Problem> LoopSettings::find_problem() const {
    if (times > 1'000'000)
        return problem_of("times", "E023",
                          "expected at most 1,000,000, found " + std::to_string(times));
    return std::nullopt;
}

std::optional<Problem> Reply::find_problem() const {
    if (reply < 200 || reply > 399)
        return problem_of("reply", "E023",
                          "expected an HTTP status from 200 to 399, found " + std::to_string(reply),
                          "an error is the step `fail`");
    return std::nullopt;
}

std::optional<Problem> Fail::find_problem() const {
    if (fail < 400 || fail > 599)
        return problem_of("fail", "E023",
                          "expected an HTTP status from 400 to 599, found " + std::to_string(fail));
    return std::nullopt;
}

}  // namespace shaketable::scenarios
