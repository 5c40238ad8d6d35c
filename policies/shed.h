/// A service that refuses requests before they queue: by waiting time, by priority, or both.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"

namespace shaketable::policies {

enum class ShedRule : std::uint8_t {
    queue_time,  ///< refuse while the request at the head of the queue has waited longer than
                 ///< `threshold`
    priority,    ///< as the queue fills from `from` to full, the least important levels are refused
                 ///< first
    dagor,       ///< a level of priority that moves by how long requests wait
};

constexpr auto enum_names(ShedRule) {
    using P = std::pair<std::string_view, ShedRule>;
    return std::array{P{"queue-time", ShedRule::queue_time}, P{"priority", ShedRule::priority},
                      P{"dagor", ShedRule::dagor}};
}

/// `shed: 20ms`. Refusals are answers (Outcome::shed), given at once. Level 0 is the most
/// important.
///
/// Source: H. Zhou et al., "Overload control for scaling WeChat microservices", SoCC 2018 (dagor;
/// business and user priority are one level here: business * users + user).
struct Shed {
    static constexpr std::string_view kind = "shed";
    static constexpr std::string_view summary = "refuses requests before they queue";

    std::optional<Duration> threshold{};    ///< default 20 ms; > 0
    std::optional<ShedRule> rule{};         ///< default queue-time
    std::optional<std::uint32_t> levels{};  ///< priorities 0 .. levels-1; default 128; 1 .. 65,536
    std::optional<Share>
        from{};  ///< priority: fill at which the least important are refused; default 50 %
    std::optional<Duration> window{};         ///< dagor: judged after so long ...; default 1 s
    std::optional<std::uint32_t> requests{};  ///< dagor: ... or so many requests; default 2,000
    std::optional<Share> down{};  ///< dagor: less admitted after an overloaded window; default 5 %
    std::optional<Share> up{};    ///< dagor: more admitted after another; default 1 %

    static constexpr auto fields() {
        return fields_of(
            field("threshold", &Shed::threshold,
                  "a wait longer than this is overload; default 20ms"),
            field("rule", &Shed::rule, "queue-time (default), priority or dagor"),
            field("levels", &Shed::levels,
                  "number of priorities, 0 the most important; default 128"),
            field("from", &Shed::from,
                  "priority: fill of the queue at which refusing begins; default 50%"),
            field("window", &Shed::window, "dagor: judged after so long; default 1s"),
            field("requests", &Shed::requests, "dagor: or after so many requests; default 2000"),
            field("down", &Shed::down,
                  "dagor: less admitted after an overloaded window; default 5%"),
            field("up", &Shed::up, "dagor: more admitted after a healthy one; default 1%"));
    }
    static constexpr auto shorthand() { return &Shed::threshold; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Shed&) const = default;
};

/// Per replica of a service.
class ShedMachine {
  public:
    explicit ShedMachine(const Shed& settings);

    /// What the machine must know of the queue the request would join.
    struct Queue {
        Duration head_waited{0};  ///< how long its first request has waited; 0 when empty
        double fill = 0;          ///< 0 empty .. 1 full; 0 where it has no limit
    };
    /// `level`: the request's priority; levels beyond the last are the last.
    [[nodiscard]] bool admit(Time now, std::uint32_t level, Queue queue);
    /// A request left the queue for a worker after `waited` (0 where it did not queue).
    void on_start(Time now, Duration waited);
    /// The least important level admitted (dagor).
    [[nodiscard]] std::uint32_t level() const noexcept { return level_; }

  private:
    void judge(Time now);

    ShedRule rule_;
    Duration threshold_;
    Duration window_;
    std::uint32_t requests_max_;
    std::uint32_t levels_;
    std::uint32_t level_;
    double from_;
    double down_;
    double up_;
    Time window_end_;
    std::uint32_t arrived_ = 0;
    std::uint32_t admitted_ = 0;
    std::uint32_t started_ = 0;
    std::int64_t waited_sum_ = 0;  ///< nanoseconds
    std::vector<std::uint32_t> arrived_by_level_{};
};

}  // namespace shaketable::policies
