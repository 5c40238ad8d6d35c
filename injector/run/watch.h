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

    /// Why the run must stop now, by the steps that are complete; none: it may go on.
    [[nodiscard]] std::optional<std::string> find_stop(Time now);
    /// Why the first fault must not begin; none: all is well, or nothing can be said.
    [[nodiscard]] std::optional<std::string> find_bad_baseline() const;
    /// Expectations with `stop_when_broken_for` that steps cannot judge, for the plan's warnings.
    [[nodiscard]] static Problems find_unwatched(const scenarios::Scenario& scenario);

    /// Calls of all workloads in one step.
    struct Step {
        std::uint64_t started = 0, succeeded = 0, failed = 0;
        float p50 = -1, p99 = -1;  ///< seconds; the largest of the workloads'
        /// Share of the settled calls; -1 where none was settled.
        [[nodiscard]] double success() const noexcept {
            const std::uint64_t settled = succeeded + failed;
            return settled == 0 ? -1
                                : static_cast<double>(succeeded) / static_cast<double>(settled);
        }
    };
    [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }
    /// How many of them, from the first, everybody has told of by now: samples need a moment to
    /// come in.
    [[nodiscard]] std::size_t complete_steps(Time now) const;
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
