/// What becomes of the callee's work when its caller has left. Decides between a mild loss and a
/// metastable collapse.
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

enum class CancelMode : std::uint8_t {
    none,       ///< the callee works on for nobody
    queued,     ///< taken out of the queue; work that has begun goes on
    propagate,  ///< taken out of the queue, and running work stops, with its own calls
};

constexpr auto enum_names(CancelMode) {
    using P = std::pair<std::string_view, CancelMode>;
    return std::array{P{"none", CancelMode::none}, P{"queued", CancelMode::queued},
                      P{"propagate", CancelMode::propagate}};
}

/// `cancel: propagate`. Without this policy nothing is cancelled, as with most HTTP/1.1 clients.
struct Cancel {
    static constexpr std::string_view kind = "cancel";
    static constexpr std::string_view summary = "takes work back when its caller has left";

    std::optional<CancelMode> mode;  ///< default: propagate
    std::optional<Duration> delay;   ///< from the caller's leaving to the callee's noticing, on top
                                     ///< of the link; >= 0, default 0

    static constexpr auto fields() {
        return fields_of(
            field("mode", &Cancel::mode, "none, queued or propagate (default)"),
            field("delay", &Cancel::delay,
                  "until the callee notices, on top of the link's own time; default 0"));
    }
    static constexpr auto shorthand() { return &Cancel::mode; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Cancel&) const = default;
};

/// The mode in force; `none` where the policy is not written.
[[nodiscard]] CancelMode cancel_mode(const std::optional<Cancel>& written) noexcept;
[[nodiscard]] Duration cancel_delay(const std::optional<Cancel>& written) noexcept;

}  // namespace shaketable::policies
