#include "sim/simulate.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "model/model.h"
#include "sim/engine/engine.h"

namespace shaketable::sim {

namespace {

using Outcome = Result<reports::Repeat, Problems>;

Outcome play(const model::Model& model, std::uint64_t repeat) {
    const scenarios::Scenario& scenario = model.scenario;
    Result<faults::Timeline, Problems> timeline =
        faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, repeat);
    if (!timeline) return Unexpected{timeline.error()};
    Engine engine{model, repeat, std::move(*timeline)};
    return engine.run();
}

}  // namespace

Result<reports::Record, Problems> simulate(const scenarios::Scenario& scenario,
                                           const SimulateOptions& options) {
    const model::Model model = model::compile(scenario);
    const std::uint32_t repeats = scenario.run.repeats;
    std::vector<std::optional<Outcome>> outcomes(repeats);
    std::atomic<std::uint32_t> next{0};
    std::mutex telling;
    std::uint32_t done = 0;
    const auto work = [&] {
        for (std::uint32_t r = next++; r < repeats; r = next++) {
            outcomes[r].emplace(play(model, r));
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
    reports::Record record = model::describe(model);
    for (std::optional<Outcome>& outcome : outcomes) {
        if (!*outcome) return Unexpected{outcome->error()};
        record.repeats.push_back(std::move(**outcome));
    }
    return record;
}

}  // namespace shaketable::sim
