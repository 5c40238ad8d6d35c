/// Tells the callee until when its answer is wanted, so that nobody works for a caller who has
/// left.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"

namespace shaketable::policies {

enum class DeadlineMode : std::uint8_t { none, propagate };

constexpr auto enum_names(DeadlineMode) {
    using P = std::pair<std::string_view, DeadlineMode>;
    return std::array{P{"none", DeadlineMode::none}, P{"propagate", DeadlineMode::propagate}};
}

/// `deadline: propagate`. The deadline of a call is the earlier of the one inherited and the end of
/// its own timeout.
///
/// Source: gRPC, "Deadlines" guide; SRE book, ch. 22 "Deadline propagation".
struct Deadline {
    static constexpr std::string_view kind = "deadline";
    static constexpr std::string_view summary = "tells the callee until when its answer is wanted";

    std::optional<DeadlineMode> mode;  ///< default: propagate
    std::optional<Duration> shrink;    ///< taken off per hop, for the way back; >= 0, default 0

    static constexpr auto fields() {
        return fields_of(field("mode", &Deadline::mode, "propagate (default) or none"),
                         field("shrink", &Deadline::shrink,
                               "taken off at every hop, for the way back; default 0"));
    }
    static constexpr auto shorthand() { return &Deadline::mode; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Deadline&) const = default;
};

/// The deadline the callee is told: `never` where nothing is told.
/// `gives_up`: when the caller does, by its timeout or by its own deadline, or `never`.
[[nodiscard]] Time deadline_for_callee(const Deadline& rule, Time gives_up) noexcept;

}  // namespace shaketable::policies
