/// One metric of one claim in one repeat.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/record/record.h"
#include "reports/windows.h"
#include "scenarios/expectation.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// Everything a metric may look at. References live as long as the record and the claim.
struct Scene {
    const scenarios::Scenario& scenario;
    const Record& record;
    const Repeat& repeat;
    const scenarios::Claim& claim;
    Stretches window{};                  ///< what the claim's span means in this repeat; not empty
    std::vector<std::uint32_t> flows{};  ///< rows that the claim's selector means
};

/// Why there is no value.
enum class Absence : std::uint8_t {
    none,        ///< there is one
    no_window,   ///< the window does not exist in this repeat: nothing to judge
    no_samples,  ///< the window exists and nothing happened in it that could be measured
};

struct Measurement {
    double value = 0;           ///< in the unit of the claim
    std::uint64_t samples = 0;  ///< calls, requests or steps behind it
    bool at_least =
        false;  ///< it had not come to that when the run ended: the true value is larger
    Absence absence = Absence::none;
    std::string reason{};  ///< of an absence, to be followed by nothing: "no requests to
                           ///< web.checkout during cut"
    bool operator==(const Measurement&) const = default;
};

[[nodiscard]] Measurement measured_value(double value, std::uint64_t samples);
/// `what` is put in front of selector and span: "no requests to".
[[nodiscard]] Measurement no_samples(const Scene& scene, const std::string& what);

/// The value of a claim's metric in one repeat.
[[nodiscard]] Measurement measure(const scenarios::Scenario& scenario, const Record& record,
                                  const Repeat& repeat, const scenarios::Claim& claim);

// The metrics, by group. Each is documented in the table of `metric.h`.
[[nodiscard]] Measurement measure_latency(const Scene& scene);
[[nodiscard]] Measurement measure_apdex(const Scene& scene);
[[nodiscard]] Measurement measure_outcomes(const Scene& scene);
[[nodiscard]] Measurement measure_rate(const Scene& scene);
[[nodiscard]] Measurement measure_attempts(const Scene& scene);
[[nodiscard]] Measurement measure_load_factor(const Scene& scene);
[[nodiscard]] Measurement measure_wasted(const Scene& scene);
[[nodiscard]] Measurement measure_saturation(const Scene& scene);
[[nodiscard]] Measurement measure_utilization(const Scene& scene);
[[nodiscard]] Measurement measure_wait(const Scene& scene);
[[nodiscard]] Measurement measure_level(const Scene& scene);
[[nodiscard]] Measurement measure_breaker_open(const Scene& scene);
[[nodiscard]] Measurement measure_policy_calls(const Scene& scene);
[[nodiscard]] Measurement measure_budget_spent(const Scene& scene);
[[nodiscard]] Measurement measure_recovery(const Scene& scene);
[[nodiscard]] Measurement measure_detection(const Scene& scene);
[[nodiscard]] Measurement measure_collapse(const Scene& scene);
[[nodiscard]] Measurement measure_time_to_collapse(const Scene& scene);
[[nodiscard]] Measurement measure_error_budget(const Scene& scene);
[[nodiscard]] Measurement measure_burn_rate(const Scene& scene);

}  // namespace shaketable::reports
