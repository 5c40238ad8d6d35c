#include "scenarios/scenario.h"

#include <algorithm>

namespace shaketable::scenarios {

std::optional<Problem> Run::find_problem() const {
    if (duration <= Duration{0})
        return problem_of("duration", "E023", "expected a run longer than 0");
    constexpr Duration longest = std::chrono::hours{24 * 366};
    if (duration > longest)
        return problem_of("duration", "E023", "expected a run of at most 366 days");
    if (warmup.length >= duration)
        return problem_of(
            "warmup", "E023", "the warm-up is as long as the run or longer",
            "the run is " + Text<Duration>::print(duration) + " long, warm-up included");
    if (cooldown >= duration - warmup.length)
        return problem_of("cooldown", "E023", "warm-up and cool-down leave nothing of the run");
    if (repeats < 1 || repeats > 100'000)
        return problem_of("repeats", "E023",
                          "expected 1 to 100,000, found " + std::to_string(repeats));
    if (repeats_max && !until)
        return problem_of("repeats_max", "E014", "`repeats_max` without `until` has no effect",
                          "write how well something must be known, until: p99(web.get) +- 2%");
    if (repeats_max && (*repeats_max < repeats_least() || *repeats_max > 100'000))
        return problem_of("repeats_max", "E023",
                          "expected " + std::to_string(repeats_least()) +
                              " (repeats to begin with) to 100,000, found " +
                              std::to_string(*repeats_max));
    if (sample_every <= Duration{0})
        return problem_of("sample_every", "E023", "expected a time longer than 0");
    if (duration / sample_every > 1'000'000)
        return problem_of("sample_every", "E023", "more than 1,000,000 samples in a run");
    constexpr std::int64_t mser_steps = 50;
    if (warmup.automatic && duration / sample_every < mser_steps)
        return problem_of("warmup", "E023",
                          "finding the warm-up takes at least 50 steps of sample_every",
                          "a longer run, a shorter sample_every, or a length");
    if (keep_traces > 100'000)
        return problem_of("keep_traces", "E023",
                          "expected at most 100,000, found " + std::to_string(keep_traces));
    return std::nullopt;
}

std::optional<Problem> Window::find_problem() const {
    if (to <= from) return problem_of("to", "E023", "the window ends before it begins");
    return std::nullopt;
}

std::optional<Problem> Scenario::find_problem() const {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (name.size() > 100 || !std::all_of(name.begin(), name.end(), fits))
        return problem_of(
            "name", "E013",
            "expected lower-case letters, digits and -, found \"" + name.substr(0, 100) + "\"");
    return std::nullopt;
}

}  // namespace shaketable::scenarios
