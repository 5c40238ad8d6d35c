#include "sim/simulate.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "model/model.h"
#include "sim/play.h"
#include "sim/warmup.h"

namespace shaketable::sim {

namespace {

using Played = Result<reports::Repeat, Problems>;

/// Traces and heat map are kept of the first repeat; the other repeats leave them alone.
Played play(const model::Model& model, std::uint64_t repeat, std::vector<reports::Trace>& traces) {
    if (repeat == 0 && model.scenario.run.keep_traces > 0) {
        Result<Told, Problems> told = play_and_tell(model, repeat);
        if (!told) return Unexpected{told.error()};
        traces = std::move(told->traces);
        return std::move(told->repeat);
    }
    Played outcome = play_repeat(model, repeat);
    if (repeat > 0 && outcome) outcome->heat = {};
    return outcome;
}

/// Repeats are played in parallel and merged in the order of their numbers, so the number of
/// threads cannot show. Those from record.repeats.size() up to `wanted`.
std::optional<Problems> play_on(const model::Model& model, const SimulateOptions& options,
                                std::uint32_t wanted, reports::Record& record) {
    const auto first = static_cast<std::uint32_t>(record.repeats.size());
    std::vector<std::optional<Played>> outcomes(wanted - first);
    std::atomic<std::uint32_t> next{first};
    std::mutex telling;
    std::uint32_t done = first;
    const auto work = [&] {
        for (std::uint32_t r = next++; r < wanted; r = next++) {
            outcomes[r - first].emplace(play(model, r, record.traces));
            if (!options.progress) continue;
            const std::lock_guard lock{telling};
            options.progress(++done, wanted);
        }
    };
    std::vector<std::thread> helpers;
    for (std::uint32_t t = 1; t < options.threads && t < wanted - first; ++t)
        helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
    for (std::optional<Played>& outcome : outcomes) {
        if (!*outcome) return outcome->error();
        record.repeats.push_back(std::move(**outcome));
    }
    return std::nullopt;
}

}  // namespace

Result<scenarios::Scenario, Problems> settle(const scenarios::Scenario& scenario) {
    scenarios::Scenario settled = scenario;
    if (!scenario.run.warmup.automatic) return settled;
    const Result<Duration, Problems> warmup = find_warmup(scenario);
    if (!warmup) return Unexpected{warmup.error()};
    settled.run.warmup.length = *warmup;
    return settled;
}

Result<reports::Record, Problems> simulate(const scenarios::Scenario& scenario,
                                           const SimulateOptions& options) {
    const Result<scenarios::Scenario, Problems> settled = settle(scenario);
    if (!settled) return Unexpected{settled.error()};
    const model::Model model = model::compile(*settled);
    reports::Record record = model::describe(model);
    std::uint32_t wanted = model.scenario.run.repeats_least();
    while (wanted > record.repeats.size()) {
        if (std::optional<Problems> problems = play_on(model, options, wanted, record))
            return Unexpected{*std::move(problems)};
        if (options.wanted) wanted = options.wanted(record);
    }
    return record;
}

}  // namespace shaketable::sim
