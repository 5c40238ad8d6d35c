/// The process of a live run through which all its traffic goes.
///
/// It resolves the timeline of the scenario itself, so nobody tells it when a planned fault begins.
/// It counts into its part of the record where nobody else sees the calls: those of callers that
/// are none of ours, and what reaches services that are none of ours.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "injector/proxy/worker.h"
#include "reports/record/record.h"

namespace shaketable::injector::proxy {

struct ProxyTask {
    const model::Model* model = nullptr;  ///< outlives the run
    std::uint64_t repeat = 0;
    std::chrono::steady_clock::time_point zero{};  ///< of t = 0
    std::vector<ProxySettings> proxies;
    Limits limits{};
};

/// The way to whoever started the process.
struct ControlLink {
    int descriptor = -1;  ///< readable when `receive` has something to do
    /// Reads what has come and carries it out on the worker. False: the process ends.
    std::function<bool(Worker&)> receive;
    std::function<void()> ready;  ///< all proxies listen
    /// Once a `sample_every`: the last row of each series in `so_far` is of the step that ends
    /// `at`.
    std::function<void(Time at, const reports::Repeat& so_far, Worker&)> sample;
    std::function<void(const reports::Repeat&)> part;     ///< at the end of the run
    std::function<void(const std::string& why)> problem;  ///< it cannot go on
};

/// Serves until the link says so, also past the end of the run. Returns 0, or 70 where something
/// could not be set up.
[[nodiscard]] int run_proxies(const ProxyTask& task, const ControlLink& link);

}  // namespace shaketable::injector::proxy
