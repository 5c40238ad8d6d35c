/// Drops what has waited too long in a queue, by how long everything waits there.
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

enum class CoDelRule : std::uint8_t {
    rfc8289,  ///< drops at shrinking intervals while the wait stays above target
    folly,  ///< while the least wait of the last interval was above target, drops what waited more
            ///< than twice the target
};

constexpr auto enum_names(CoDelRule) {
    using P = std::pair<std::string_view, CoDelRule>;
    return std::array{P{"rfc8289", CoDelRule::rfc8289}, P{"folly", CoDelRule::folly}};
}

/// Source: RFC 8289, section 5 (pseudocode); folly/executors/Codel.cpp.
struct CoDel {
    static constexpr std::string_view kind = "codel";
    static constexpr std::string_view summary = "drops what has waited too long in a queue";

    Duration target{std::chrono::milliseconds{5}};  ///< wait that is fine; > 0
    Duration interval{
        std::chrono::milliseconds{100}};  ///< how long it must stay above target; > target
    CoDelRule rule = CoDelRule::rfc8289;

    static constexpr auto fields() {
        return fields_of(
            field("target", &CoDel::target, "a wait that is fine; default 5ms"),
            field("interval", &CoDel::interval,
                  "how long the wait must stay above it; default 100ms"),
            field("rule", &CoDel::rule,
                  "rfc8289 (default): drops ever faster; folly: drops all above 2 x target"));
    }
    static constexpr auto shorthand() { return &CoDel::target; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const CoDel&) const = default;
};

/// One queue's. Asked for each item as it leaves the queue: while it says drop, drop the item and
/// offer the next one.
class CoDelMachine {
  public:
    explicit CoDelMachine(const CoDel& settings) noexcept
        : target_{settings.target}, interval_{settings.interval}, rule_{settings.rule} {}

    /// `waited`: time in the queue. `is_last`: nothing is left behind it (the last item is never
    /// dropped by RFC 8289).
    [[nodiscard]] bool should_drop(Time now, Duration waited, bool is_last) noexcept {
        return rule_ == CoDelRule::folly ? drop_folly(now, waited) : drop_rfc(now, waited, is_last);
    }

  private:
    [[nodiscard]] bool drop_rfc(Time now, Duration waited, bool is_last) noexcept;
    [[nodiscard]] bool drop_folly(Time now, Duration waited) noexcept;
    [[nodiscard]] bool is_above(Time now, Duration waited, bool is_last) noexcept;
    [[nodiscard]] Time after(Time t) const noexcept;

    Duration target_;
    Duration interval_;
    Time first_above_{};  ///< rfc: when it may drop; 0 = not above. folly: end of the interval
    Time drop_next_{};
    Duration wait_min_{0};
    std::uint32_t count_ = 0;
    std::uint32_t last_count_ = 0;
    CoDelRule rule_;
    bool dropping_ = false;
    bool just_dropped_ = false;
    bool overloaded_ = false;
};

}  // namespace shaketable::policies
