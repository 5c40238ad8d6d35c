/// A fault: what goes wrong, where, when, how long, how often.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/distribution.h"
#include "base/field.h"
#include "base/units.h"
#include "faults/catalogue.h"
#include "faults/target.h"
#include "faults/when.h"

namespace shaketable::faults {

/// In a file: one map with `id`, `fault: KIND`, the keys of `fields()` and the kind's own keys side
/// by side.
struct Fault {
    std::string
        id{};   ///< unique; letters, digits, - and _; not run or baseline, which name windows
    When at{};  ///< when it starts
    std::optional<Distribution> for_{};  ///< how long; > 0; absent: to the end of the run (see
                                         ///< `Crash`); a law is drawn for each occurrence
    Duration ramp{0};                    ///< grows to its full strength in so long; <= for
    std::optional<Every> every{};        ///< again and again; needs `for` <= the period
    std::optional<RandomTimes>
        random{};          ///< at times of its own, from `at` on; needs `for`; excludes every
    Share probability{1};  ///< of each occurrence
    std::optional<Target> target{};  ///< whom; each kind says what it can be aimed at
    AnyKind what{};                  ///< the key `fault`, and the kind's own keys

    /// The settings common to all kinds; `fault` and the kind's own keys are decoded into `what`.
    static constexpr auto fields() {
        return fields_of(
            field("id", &Fault::id, "its name, which is also the name of its window").must(),
            field("at", &Fault::at, "when it starts").must(),
            field("for", &Fault::for_,
                  "how long it lasts, or the law of it; absent: to the end of the run"),
            field("ramp", &Fault::ramp, "grows to its full strength in so long"),
            field("every", &Fault::every, "again and again, from one start to the next"),
            field("random", &Fault::random,
                  "at random times: the rate at which it strikes while absent"),
            field("probability", &Fault::probability, "of each occurrence"),
            field("target", &Fault::target, "whom it hits"));
    }
    /// How long each occurrence lasts, where that is fixed: neither drawn nor to the end of the
    /// run.
    [[nodiscard]] std::optional<Duration> fixed_length() const;
    [[nodiscard]] bool has_drawn_length() const { return for_ && !for_->is_constant(); }
    /// Of the common settings, also against the kind: call it when `what` is set. The kind finds
    /// its own problems. Codes: E012 missing key, E014 keys that exclude each other, E023 out of
    /// range, E114 cannot work on this target.
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Fault&) const = default;
};

}  // namespace shaketable::faults
