/// Keeps an eye on a run while it goes on: what has been seen so far, and whether it must stop.
///
/// Fed with the samples of all processes, once per `sample_every`. An expectation with
/// `stop_when_broken_for` stops the run when it was broken in every step for so long; the baseline
/// is judged once, before the first fault.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "injector/parts.h"
#include "injector/plan.h"

namespace shaketable::injector {

class Watch {
  public:
    explicit Watch(const Plan& plan);

    void add(const LiveSample& sample);

    /// Why the run must stop now; none: it may go on. `at`: the end of the last complete step.
    [[nodiscard]] std::optional<std::string> find_stop(Time at);
    /// Why the first fault must not begin; none: all is well, or nothing can be said.
    [[nodiscard]] std::optional<std::string> find_bad_baseline() const;
    /// Expectations with `stop_when_broken_for` that steps cannot judge, for the plan's warnings.
    [[nodiscard]] static Problems find_unwatched(const scenarios::Scenario& scenario);

    /// Calls of all workloads in one step.
    struct Step {
        std::uint64_t started = 0, succeeded = 0, failed = 0;
        float p50 = -1, p99 = -1;  ///< seconds; the largest of the workloads'
    };
    [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }
    /// One flow of the model in one of these steps.
    [[nodiscard]] const reports::FlowSample& flow(std::size_t step, std::size_t flow) const {
        return flows_[step][flow];
    }

  private:
    struct Claim {
        const scenarios::Expectation* expectation;
        std::vector<std::uint32_t> flows;
        std::uint32_t broken_steps = 0;
        std::uint64_t succeeded = 0, failed = 0;  ///< before the first fault
    };
    [[nodiscard]] std::optional<double> value_of(const Claim& claim, std::size_t step) const;

    const Plan& plan_;
    Duration step_;
    std::vector<Step> steps_;
    std::vector<std::vector<reports::FlowSample>> flows_;  ///< [step][flow]
    std::vector<Claim> stops_, baseline_;
    std::size_t judged_ = 0;
    Time first_fault_ = never;
};

}  // namespace shaketable::injector
