#include "sim/simulate.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "model/model.h"
#include "sim/engine/engine.h"

namespace shaketable::sim {

namespace {

using Outcome = Result<reports::Repeat, Problems>;

/// The stories of some requests of the first repeat, which is played again for them.
std::vector<reports::Trace> tell(const model::Model& model, std::vector<Pick> picks,
                                 std::uint32_t keep) {
    const scenarios::Scenario& scenario = model.scenario;
    Engine engine{model, 0,
                  *faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, 0)};
    Tracer tracer;
    tracer.follow(std::move(picks));
    engine.follow(tracer);
    SHAKETABLE_CHECK(engine.run().has_value(), "what was played once can be played again");
    return tracer.take(keep);
}

/// `traces`: those of the first repeat; the other repeats leave it alone.
Outcome play(const model::Model& model, std::uint64_t repeat, std::vector<reports::Trace>& traces) {
    const scenarios::Scenario& scenario = model.scenario;
    Result<faults::Timeline, Problems> timeline =
        faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, repeat);
    if (!timeline) return Unexpected{timeline.error()};
    Engine engine{model, repeat, std::move(*timeline)};
    const std::uint32_t keep = repeat == 0 ? scenario.run.keep_traces : 0;
    engine.note_picks(keep);
    Outcome outcome = engine.run();
    if (outcome && keep > 0) traces = tell(model, engine.picks(), keep);
    if (repeat > 0 && outcome) outcome->heat = {};  // kept of the first repeat, as traces are
    return outcome;
}

}  // namespace

Result<reports::Record, Problems> simulate(const scenarios::Scenario& scenario,
                                           const SimulateOptions& options) {
    const model::Model model = model::compile(scenario);
    const std::uint32_t repeats = scenario.run.repeats;
    reports::Record record = model::describe(model);
    std::vector<std::optional<Outcome>> outcomes(repeats);
    std::atomic<std::uint32_t> next{0};
    std::mutex telling;
    std::uint32_t done = 0;
    const auto work = [&] {
        for (std::uint32_t r = next++; r < repeats; r = next++) {
            outcomes[r].emplace(play(model, r, record.traces));
            if (!options.progress) continue;
            const std::lock_guard lock{telling};
            options.progress(++done, repeats);
        }
    };
    std::vector<std::thread> helpers;
    for (std::uint32_t t = 1; t < options.threads && t < repeats; ++t) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();

    // Merged in the order of their numbers, so the number of threads cannot show.
    for (std::optional<Outcome>& outcome : outcomes) {
        if (!*outcome) return Unexpected{outcome->error()};
        record.repeats.push_back(std::move(**outcome));
    }
    return record;
}

}  // namespace shaketable::sim
