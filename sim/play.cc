#include "sim/play.h"

#include <utility>

#include "base/check.h"
#include "sim/engine/engine.h"

namespace shaketable::sim {

namespace {

using Played = Result<reports::Repeat, Problems>;

/// The stories of some requests of a repeat, which is played again for them.
std::vector<reports::Trace> tell(const model::Model& model, std::uint64_t repeat,
                                 std::vector<Pick> picks) {
    Engine engine{model, repeat, *timeline_of(model, repeat)};
    Tracer tracer;
    tracer.follow(std::move(picks));
    engine.follow(tracer);
    SHAKETABLE_CHECK(engine.run().has_value(), "what was played once can be played again");
    return tracer.take(model.scenario.run.keep_traces);
}

}  // namespace

Result<faults::Timeline, Problems> timeline_of(const model::Model& model, std::uint64_t repeat) {
    const scenarios::Scenario& scenario = model.scenario;
    return faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, repeat);
}

Played play_repeat(const model::Model& model, std::uint64_t repeat) {
    Result<faults::Timeline, Problems> timeline = timeline_of(model, repeat);
    if (!timeline) return Unexpected{timeline.error()};
    Engine engine{model, repeat, *std::move(timeline)};
    return engine.run();
}

Result<Told, Problems> play_and_tell(const model::Model& model, std::uint64_t repeat) {
    Result<faults::Timeline, Problems> timeline = timeline_of(model, repeat);
    if (!timeline) return Unexpected{timeline.error()};
    Engine engine{model, repeat, *std::move(timeline)};
    engine.note_picks(model.scenario.run.keep_traces);
    Played outcome = engine.run();
    if (!outcome) return Unexpected{outcome.error()};
    return Told{*std::move(outcome), tell(model, repeat, engine.picks())};
}

}  // namespace shaketable::sim
