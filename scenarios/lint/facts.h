/// What the rules know: the call graph, the policies of every call, and what the load means to
/// every endpoint while nothing is wrong. Means only; nobody waits in a queue here.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/chain.h"
#include "scenarios/topology.h"
#include "scenarios/validate.h"

namespace shaketable::scenarios::lint_rules {

/// Of one request at an endpoint, in seconds.
struct Times {
    double work = 0;    ///< on a core: its `work` steps
    double answer = 0;  ///< until it is done, with the calls it waits for
    double held = 0;  ///< of a worker: as long as the answer takes if the service is blocking, else
                      ///< without the calls
};

/// More than this many tries of one call are no different any more.
inline constexpr double tries_max = 1001;

class Facts {
  public:
    Facts(const Scenario& scenario, const Locate& where, Problems& problems);

    [[nodiscard]] const Scenario& scenario() const noexcept { return topology_.scenario(); }
    [[nodiscard]] const Topology& topology() const noexcept { return topology_; }
    /// Of the call site of that index.
    [[nodiscard]] const policies::EdgePolicy& policy(std::uint32_t site) const {
        return policies_[site];
    }
    [[nodiscard]] const Times& times(std::uint32_t endpoint) const { return times_[endpoint]; }
    /// Requests a second at an endpoint, without retries, at the busiest time; 0 where nobody
    /// comes, or nobody can tell.
    [[nodiscard]] double rate(std::uint32_t endpoint) const { return rates_[endpoint]; }
    /// Requests a second of a workload at its busiest time.
    [[nodiscard]] double rate_of_workload(std::uint32_t workload) const {
        return workload_rates_[workload];
    }
    /// Calls a second that are made at the site.
    [[nodiscard]] double rate_of_site(const CallSite& site) const;

    void warn(std::string_view code, std::string_view path, std::string message,
              std::string hint = {}, std::vector<std::string> notes = {}) const;
    [[nodiscard]] const Locate& where() const noexcept { return where_; }

  private:
    void measure_endpoint(std::uint32_t endpoint);
    [[nodiscard]] double busiest_rate(std::uint32_t workload) const;

    Topology topology_;
    const Locate& where_;
    Problems& problems_;
    std::vector<policies::EdgePolicy> policies_;
    std::map<std::string, std::uint32_t, std::less<>> numbers_;  ///< endpoint by full name
    std::vector<Times> times_;
    std::vector<double> workload_rates_;
    std::vector<double> rates_;
};

/// Tries that the policy may make of one call, the first included.
[[nodiscard]] double tries_of(const policies::EdgePolicy& policy);
/// How long a caller may wait for one call with all its tries and back-offs, in seconds; infinity
/// without a timeout.
[[nodiscard]] double longest_wait(const policies::EdgePolicy& policy);
/// How long a caller waits for one try, in seconds; infinity without a timeout.
[[nodiscard]] double patience_of(const policies::EdgePolicy& policy);

/// "1.25 s", "40 ms": three digits, for messages.
[[nodiscard]] std::string print_seconds(double seconds);
/// "0.25", "12.3", "40000".
[[nodiscard]] std::string print_short(double number);

}  // namespace shaketable::scenarios::lint_rules
