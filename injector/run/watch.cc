#include "injector/run/watch.h"

#include <algorithm>

#include "base/quantity.h"

namespace shaketable::injector {

using scenarios::Metric;

namespace {

bool is_watchable(const scenarios::Claim& claim) {
    return claim.metric == Metric::success || claim.metric == Metric::errors;
}

std::vector<std::uint32_t> flows_of(const model::Model& model,
                                    const scenarios::Selector& selector) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t f = 0; f < model.flows.size(); ++f) {
        const reports::FlowKey& key = model.flows[f];
        if (key.service != selector.service) continue;
        if (!selector.endpoint.empty() && key.endpoint != selector.endpoint) continue;
        if (!selector.caller.empty() && key.caller != selector.caller) continue;
        rows.push_back(f);
    }
    return rows;
}

}  // namespace

Watch::Watch(const Plan& plan) : plan_{plan}, step_{plan.model.scenario.run.sample_every} {
    for (const scenarios::Expectation& expectation : plan.model.scenario.expect) {
        if (!is_watchable(expectation.that)) continue;
        Claim claim{.expectation = &expectation,
                    .flows = flows_of(plan.model, expectation.that.selector)};
        if (expectation.stop_when_broken_for) stops_.push_back(claim);
        if (expectation.that.span.window == "baseline" &&
            expectation.severity == scenarios::FindingSeverity::error)
            baseline_.push_back(std::move(claim));
    }
    for (const faults::Occurrence& occurrence : plan.timeline.occurrences)
        first_fault_ = std::min(first_fault_, occurrence.start);
}

Problems Watch::find_unwatched(const scenarios::Scenario& scenario) {
    Problems problems;
    for (std::size_t e = 0; e < scenario.expect.size(); ++e)
        if (scenario.expect[e].stop_when_broken_for && !is_watchable(scenario.expect[e].that))
            problems.push_back({.code = "W310",
                                .message = scenario.expect[e].that.text + " cannot stop a live run",
                                .hint = "only success and errors are known step by step",
                                .severity = Severity::warning,
                                .field = "expect[" + std::to_string(e) + "].stop_when_broken_for"});
    return problems;
}

void Watch::add(const LiveSample& sample) {
    const auto step = static_cast<std::size_t>(sample.at.time_since_epoch() / step_);
    if (step == 0) return;
    if (steps_.size() < step) steps_.resize(step);
    if (flows_.size() < step)
        flows_.resize(step, std::vector<reports::FlowSample>(plan_.model.flows.size()));
    Step& row = steps_[step - 1];
    for (std::size_t f = 0; f < sample.flows.size(); ++f) {
        const reports::FlowSample& from = sample.flows[f];
        reports::FlowSample& to = flows_[step - 1][f];
        to.started += from.started;
        to.succeeded += from.succeeded;
        to.failed += from.failed;
        to.attempts += from.attempts;
        to.retries += from.retries;
        to.p50 = std::max(to.p50, from.p50);
        to.p99 = std::max(to.p99, from.p99);
        if (!plan_.model.flows[f].from_workload) continue;
        row.started += from.started;
        row.succeeded += from.succeeded;
        row.failed += from.failed;
        row.p50 = std::max(row.p50, from.p50);
        row.p99 = std::max(row.p99, from.p99);
    }
    const Time from = sample.at - step_;
    if (from < Time{} + plan_.model.scenario.run.warmup.length || sample.at > first_fault_) return;
    for (Claim& claim : baseline_)
        for (const std::uint32_t f : claim.flows) {
            if (f >= sample.flows.size()) continue;
            claim.succeeded += sample.flows[f].succeeded;
            claim.failed += sample.flows[f].failed;
        }
}

std::optional<double> Watch::value_of(const Claim& claim, std::size_t step) const {
    std::uint64_t succeeded = 0, failed = 0;
    for (const std::uint32_t f : claim.flows) {
        succeeded += flows_[step][f].succeeded;
        failed += flows_[step][f].failed;
    }
    // Callers who hear nothing at all are the worst case of all, not a missing value.
    if (succeeded + failed == 0) return std::nullopt;
    const double good = static_cast<double>(succeeded) / static_cast<double>(succeeded + failed);
    return claim.expectation->that.metric == Metric::success ? good : 1 - good;
}

std::size_t Watch::complete_steps(Time now) const {
    constexpr Duration on_the_way = std::chrono::milliseconds{200};
    const std::int64_t over = (now.time_since_epoch() - on_the_way) / step_;
    return std::min(steps_.size(), static_cast<std::size_t>(std::max<std::int64_t>(over, 0)));
}

std::optional<std::string> Watch::find_stop(Time now) {
    const std::size_t complete = complete_steps(now);
    for (; judged_ < complete; ++judged_)
        for (Claim& claim : stops_) {
            const std::optional<double> value = value_of(claim, judged_);
            if (value && claim.expectation->that.holds(*value)) {
                claim.broken_steps = 0;
                continue;
            }
            ++claim.broken_steps;
            if (step_ * claim.broken_steps >= *claim.expectation->stop_when_broken_for)
                return claim.expectation->that.text + " was broken for " +
                       Text<Duration>::print(step_ * claim.broken_steps);
        }
    return std::nullopt;
}

std::optional<std::string> Watch::find_bad_baseline() const {
    for (const Claim& claim : baseline_) {
        const std::uint64_t settled = claim.succeeded + claim.failed;
        if (settled == 0) continue;
        const double good = static_cast<double>(claim.succeeded) / static_cast<double>(settled);
        const double value = claim.expectation->that.metric == Metric::success ? good : 1 - good;
        if (!claim.expectation->that.holds(value)) return claim.expectation->that.text;
    }
    return std::nullopt;
}

}  // namespace shaketable::injector
