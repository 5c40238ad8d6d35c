/// Every place where a scenario makes a call: `call` steps, the calls of fallbacks, and those of
/// workloads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policies/chain.h"
#include "scenarios/scenario.h"

namespace shaketable::scenarios {

/// No index.
inline constexpr std::uint32_t nowhere = 0xFFFF'FFFF;

/// An endpoint by number. All endpoints of a scenario are numbered in the order of the file.
struct EndpointIndex {
    std::uint32_t service = 0;  ///< index into Scenario::services
    std::uint32_t number = 0;   ///< index into Service::endpoints
    bool operator==(const EndpointIndex&) const = default;
};

struct CallSite {
    std::uint32_t caller = nowhere;    ///< number of the calling endpoint; nowhere: a workload
    std::uint32_t workload = nowhere;  ///< index into Scenario::workload
    std::uint32_t callee =
        nowhere;         ///< number of the called endpoint; nowhere: there is none of that name
    std::string call;    ///< "service.endpoint" as written
    std::string policy;  ///< a name, or "" for none
    std::string path;  ///< of the call in the file: `services.web.endpoints.checkout.steps[1].call`
    double expected = 1;       ///< calls per request of the caller, without retries; >= 0
    bool certain = true;       ///< every request makes this call
    bool async = false;        ///< nobody waits for it
    bool optional = false;     ///< its failure does no harm
    bool is_fallback = false;  ///< made only where another call has failed
};

/// The parts of "service.endpoint". Names may hold dots: the first split whose left part names a
/// service counts.
struct CallName {
    std::string_view service;
    std::string_view endpoint;
    std::uint32_t service_index = nowhere;
};
[[nodiscard]] CallName split_call(const Scenario& scenario, std::string_view call);

[[nodiscard]] std::vector<EndpointIndex> number_endpoints(const Scenario& scenario);

/// In the order of the file: by service, endpoint and step, then the workloads.
[[nodiscard]] std::vector<CallSite> find_call_sites(const Scenario& scenario);

/// Share of look-ups that miss, in the long run: what is written, or the popularity of the keys
/// that find no room. A cache in which all keys fit misses once per key, which is nothing in the
/// long run.
[[nodiscard]] double miss_share(const CacheSettings& cache);

/// What wraps the call: the named policy with its preset, and what a workload writes in place.
[[nodiscard]] policies::EdgePolicy policy_of(const Scenario& scenario, const CallSite& site);

/// "web.checkout", or the name of the workload.
[[nodiscard]] std::string name_of_caller(const Scenario& scenario,
                                         const std::vector<EndpointIndex>& endpoints,
                                         const CallSite& site);
/// "ledger.append". Precondition: `endpoint` is a number of an endpoint.
[[nodiscard]] std::string name_of_endpoint(const Scenario& scenario,
                                           const std::vector<EndpointIndex>& endpoints,
                                           std::uint32_t endpoint);

}  // namespace shaketable::scenarios
