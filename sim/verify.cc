#include "sim/verify.h"

#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "model/model.h"
#include "sim/engine/engine.h"
#include "sim/play.h"
#include "sim/simulate.h"

namespace shaketable::sim {

namespace {

Divergence parted(const Engine& a, const Engine& b, std::uint64_t repeat, std::uint64_t event) {
    return {.repeat = repeat,
            .event = event,
            .first_at = a.now(),
            .second_at = b.now(),
            .first = a.describe_last(),
            .second = b.describe_last()};
}

/// Both plays to their end. The first one's figures, or where they part.
Result<reports::Repeat, Divergence> play_side_by_side(const model::Model& first,
                                                      const model::Model& second,
                                                      std::uint64_t repeat) {
    Engine a{first, repeat, *timeline_of(first, repeat)};
    Engine b{second, repeat, *timeline_of(second, repeat)};
    a.begin();
    b.begin();
    std::uint64_t events = 0;
    while (a.has_next() && b.has_next()) {
        a.step();
        b.step();
        ++events;
        if (a.fingerprint() != b.fingerprint()) return Unexpected{parted(a, b, repeat, events)};
    }
    if (a.has_next() || b.has_next()) {
        Engine& longer = a.has_next() ? a : b;
        longer.step();
        Divergence divergence = parted(a, b, repeat, events + 1);
        (&longer == &a ? divergence.second_at : divergence.first_at) = never;
        (&longer == &a ? divergence.second : divergence.first) = "the end of the run";
        return Unexpected{std::move(divergence)};
    }
    reports::Repeat figures = a.finish();
    if (!(figures == b.finish())) return Unexpected{Divergence{.repeat = repeat}};
    return figures;
}

}  // namespace

std::optional<Divergence> find_divergence(const scenarios::Scenario& scenario,
                                          const scenarios::Scenario& other, std::uint64_t repeat) {
    const model::Model first = model::compile(scenario);
    const model::Model second = model::compile(other);
    auto figures = play_side_by_side(first, second, repeat);
    if (figures) return std::nullopt;
    return figures.error();
}

Verified verify(const scenarios::Scenario& scenario, const reports::Record& record,
                const std::function<void(std::uint32_t, std::uint32_t)>& progress) {
    Verified verified;
    const Result<scenarios::Scenario, Problems> settled = settle(scenario);
    SHAKETABLE_CHECK(settled.has_value(), "what was played once can be played again");
    const model::Model first = model::compile(*settled);
    const model::Model second = model::compile(*settled);
    const auto repeats = static_cast<std::uint32_t>(record.repeats.size());
    for (std::uint32_t r = 0; r < repeats; ++r) {
        auto figures = play_side_by_side(first, second, r);
        if (!figures) {
            verified.divergence = figures.error();
            return verified;
        }
        if (r > 0) figures->heat = {};  // kept of the first one
        if (!(*figures == record.repeats[r])) {
            verified.divergence = Divergence{.repeat = r};
            return verified;
        }
        verified.events += figures->engine_events;
        if (progress) progress(r + 1, repeats);
    }
    return verified;
}

std::string print(const Divergence& divergence) {
    const std::string repeat = fmt::format("repeat {}", divergence.repeat + 1);
    if (divergence.event == 0)
        return "every event of " + repeat + " is the same, and its figures are not";
    const auto at = [](Time time, const std::string& what) {
        if (time == never) return what;
        return fmt::format("{} at {} ns", what, time.time_since_epoch().count());
    };
    return fmt::format("event {} of {}: {}; and the second time {}", divergence.event, repeat,
                       at(divergence.first_at, divergence.first),
                       at(divergence.second_at, divergence.second));
}

}  // namespace shaketable::sim
