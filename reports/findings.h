/// What a record says about the expectations of its scenario.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/statistics.h"
#include "scenarios/expectation.h"

namespace shaketable::reports {

enum class Verdict : std::uint8_t {
    hold,
    broken,
    warned,      ///< broken, of severity warn
    no_samples,  ///< nothing could be measured, which is a failure of its own
};
constexpr auto enum_names(Verdict) {
    using P = std::pair<std::string_view, Verdict>;
    return std::array{P{"hold", Verdict::hold}, P{"broken", Verdict::broken},
                      P{"warned", Verdict::warned}, P{"no-samples", Verdict::no_samples}};
}

/// One expectation, judged on the mean over repeats.
struct Finding {
    scenarios::Expectation expectation;
    Verdict verdict = Verdict::hold;
    Estimate value;              ///< over repeats that have one; in the unit of the claim
    std::vector<double> values;  ///< per repeat that has one, in their order
    std::uint64_t samples = 0;   ///< calls (or requests) behind it, all repeats together
    std::uint32_t judged = 0;    ///< repeats with a value
    std::uint32_t held = 0;      ///< of them, those in which the claim held by itself
    std::uint32_t open_ended =
        0;  ///< of them, those whose value is only a lower bound ("had not recovered")
    bool uncertain =
        false;  ///< the 95% interval contains the limit: more repeats could change the verdict
    std::vector<std::string> notes;  ///< whole sentences without full stop
    /// Fails the run: broken or without samples, of severity error.
    [[nodiscard]] bool fails() const noexcept {
        return verdict == Verdict::broken ||
               (verdict == Verdict::no_samples &&
                expectation.severity == scenarios::FindingSeverity::error);
    }
    bool operator==(const Finding&) const = default;
};

/// Something worth knowing that no expectation asked for.
struct Notice {
    std::string kind;  ///< "inert-fault", "absent-fault", "conservation", "events-dropped"
    scenarios::FindingSeverity severity = scenarios::FindingSeverity::warn;
    std::string subject;  ///< a fault id, a flow; may be ""
    std::string text;     ///< one sentence without full stop
    bool operator==(const Notice&) const = default;
};

struct Findings {
    std::vector<Finding> expectations;  ///< in the order of the scenario
    std::vector<Notice> notices;
    std::vector<std::string> why;  ///< the WHY paragraph: whole sentences with full stop
    bool operator==(const Findings&) const = default;
};

}  // namespace shaketable::reports
