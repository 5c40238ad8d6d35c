/// Asks endpoints now and then whether they are well, apart from the traffic.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"

namespace shaketable::policies {

/// `health_check: 5s` is the interval.
struct HealthCheck {
    static constexpr std::string_view kind = "health_check";
    static constexpr std::string_view summary = "asks endpoints now and then whether they are well";

    Duration interval{std::chrono::seconds{5}};  ///< between the checks of one endpoint; > 0
    Duration timeout{std::chrono::seconds{1}};   ///< a check without answer has failed; > 0
    std::uint32_t unhealthy = 3;                 ///< failed checks in a row that take it out; >= 1
    std::uint32_t healthy = 2;  ///< passed checks in a row that bring it back; >= 1

    static constexpr auto fields() {
        return fields_of(field("interval", &HealthCheck::interval,
                               "between the checks of an endpoint; default 5s"),
                         field("timeout", &HealthCheck::timeout,
                               "a check without answer has failed; default 1s"),
                         field("unhealthy", &HealthCheck::unhealthy,
                               "failed checks in a row that take it out; default 3"),
                         field("healthy", &HealthCheck::healthy,
                               "passed checks in a row that bring it back; default 2"));
    }
    static constexpr auto shorthand() { return &HealthCheck::interval; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const HealthCheck&) const = default;
};

/// Of one checker and its endpoints; all are healthy at the start. The world makes the checks and
/// counts their time.
class HealthMachine {
  public:
    HealthMachine(const HealthCheck& settings, std::uint32_t endpoints);

    /// A check ended. True when the endpoint's health changed by it.
    bool observe(std::uint32_t endpoint, bool passed) noexcept;
    [[nodiscard]] bool is_healthy(std::uint32_t endpoint) const noexcept {
        return endpoints_[endpoint].healthy;
    }

  private:
    struct Endpoint {
        bool healthy = true;
        std::uint16_t streak = 0;  ///< checks in a row against its present health
    };
    std::uint16_t unhealthy_;
    std::uint16_t healthy_;
    std::vector<Endpoint> endpoints_;
};

}  // namespace shaketable::policies
