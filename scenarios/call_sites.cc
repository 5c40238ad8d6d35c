#include "scenarios/call_sites.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/math.h"
#include "policies/presets.h"

namespace shaketable::scenarios {

namespace {

/// How often a step runs per request, and whether it always does.
struct Odds {
    double expected = 1;
    bool certain = true;
    [[nodiscard]] Odds times(double factor) const {
        return {expected * factor, certain && factor >= 1};
    }
};

class Walker {
  public:
    Walker(const Scenario& scenario, std::vector<CallSite>& sites) : sites_{sites} {
        for (const auto& policy : scenario.policies)
            if (policy.value.fallback && !policy.value.fallback->call.empty())
                fallbacks_.emplace(policy.name, policy.value.fallback->call);
    }

    void walk(std::uint32_t caller, const Steps& steps, const std::string& path) {
        caller_ = caller;
        walk(steps, path, Odds{});
    }
    void add(CallSite site) {
        const auto found = fallbacks_.find(site.policy);
        if (found == fallbacks_.end()) return sites_.push_back(std::move(site));
        sites_.push_back(site);
        CallSite other = std::move(site);
        other.path = "policies." + other.policy + ".fallback.call";
        other.call = found->second;
        other.policy.clear();
        other.expected = 0;  // while nothing is wrong
        other.certain = false;
        other.is_fallback = true;
        sites_.push_back(std::move(other));
    }

  private:
    void walk(const Steps& steps, const std::string& path, Odds odds) {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::string at = path + "[" + std::to_string(i) + "]";
            std::visit([&](const auto& word) { step(word, at, odds); }, steps[i].what);
        }
    }
    void branches(const std::vector<Steps>& all, const std::string& path, Odds odds) {
        for (std::size_t i = 0; i < all.size(); ++i)
            walk(all[i], path + "[" + std::to_string(i) + "]", odds);
    }
    void step(const Call& call, const std::string& path, Odds odds) {
        const Odds own = odds.times(call.probability.fraction);
        add({.caller = caller_,
             .call = call.call,
             .policy = call.policy,
             .path = path + ".call",
             .expected = own.expected,
             .certain = own.certain,
             .async = call.async,
             .optional = call.optional});
    }
    void step(const Parallel& parallel, const std::string& path, Odds odds) {
        branches(parallel.parallel, path + ".parallel", odds);
    }
    void step(const Any& any, const std::string& path, Odds odds) {
        branches(any.any, path + ".any", odds);
    }
    void step(const Choose& choose, const std::string& path, Odds odds) {
        for (std::size_t i = 0; i < choose.choose.size(); ++i)
            walk(choose.choose[i].steps, path + ".choose[" + std::to_string(i) + "].steps",
                 odds.times(choose.choose[i].weight.fraction));
    }
    void step(const Cache& cache, const std::string& path, Odds odds) {
        Odds miss = odds.times(miss_share(cache.cache));
        miss.certain = odds.certain && cache.cache.hit && cache.cache.hit->fraction <= 0;
        walk(cache.cache.miss, path + ".cache.miss", miss);
    }
    void step(const Optimistic& step, const std::string& path, Odds odds) {
        walk(step.optimistic.steps, path + ".optimistic.steps", odds);
    }
    void step(const Loop& loop, const std::string& path, Odds odds) {
        walk(loop.loop.steps, path + ".loop.steps", odds.times(loop.loop.times));
    }
    template <class Other>
    void step(const Other&, const std::string&, Odds) {}

    std::map<std::string_view, std::string_view> fallbacks_;  // policy -> "service.endpoint"
    std::vector<CallSite>& sites_;
    std::uint32_t caller_ = nowhere;
};

/// About the sum of k^-s for k = 1 .. n: the integral from 1/2 to n + 1/2, close enough for a
/// share.
double mass_up_to(double n, double s) {
    const double low = 0.5;
    const double high = n + 0.5;
    if (s > 0.999999 && s < 1.000001) return stable_log(high / low);
    const double t = 1 - s;
    return (stable_pow(high, t) - stable_pow(low, t)) / t;
}

}  // namespace

double miss_share(const CacheSettings& cache) {
    if (cache.hit) return 1 - cache.hit->fraction;
    if (!cache.keys || !cache.capacity || *cache.capacity >= cache.keys->n) return 0;
    const double all = mass_up_to(cache.keys->n, cache.keys->s);
    const double kept = *cache.capacity == 0 ? 0 : mass_up_to(*cache.capacity, cache.keys->s);
    return std::clamp(1 - kept / all, 0.0, 1.0);
}

CallName split_call(const Scenario& scenario, std::string_view call) {
    const std::size_t first = call.find('.');
    if (first == std::string_view::npos) return {call, {}, nowhere};
    for (std::size_t dot = first; dot != std::string_view::npos; dot = call.find('.', dot + 1)) {
        const std::string_view service = call.substr(0, dot);
        const auto& entries = scenario.services.entries;
        const auto found = std::find_if(entries.begin(), entries.end(),
                                        [&](const auto& e) { return e.name == service; });
        if (found != entries.end())
            return {service, call.substr(dot + 1),
                    static_cast<std::uint32_t>(found - entries.begin())};
    }
    return {call.substr(0, first), call.substr(first + 1), nowhere};
}

std::vector<EndpointIndex> number_endpoints(const Scenario& scenario) {
    std::vector<EndpointIndex> endpoints;
    for (std::uint32_t s = 0; s < scenario.services.size(); ++s)
        for (std::uint32_t e = 0; e < scenario.services.entries[s].value.endpoints.size(); ++e)
            endpoints.push_back({s, e});
    return endpoints;
}

std::vector<CallSite> find_call_sites(const Scenario& scenario) {
    std::vector<CallSite> sites;
    Walker walker{scenario, sites};
    std::map<std::string, std::uint32_t, std::less<>> numbers;  // of endpoints, by full name
    std::uint32_t number = 0;
    for (const auto& service : scenario.services)
        for (const auto& endpoint : service.value.endpoints) {
            numbers.emplace(service.name + "." + endpoint.name, number);
            walker.walk(number++, endpoint.value.steps,
                        "services." + service.name + ".endpoints." + endpoint.name + ".steps");
        }
    for (std::uint32_t w = 0; w < scenario.workload.size(); ++w) {
        const auto& [name, workload] = scenario.workload.entries[w];
        walker.add({.workload = w,
                    .call = workload.call,
                    .policy = workload.policy,
                    .path = "workload." + name + ".call"});
    }
    for (CallSite& site : sites)
        if (const auto found = numbers.find(site.call); found != numbers.end())
            site.callee = found->second;
    return sites;
}

policies::EdgePolicy policy_of(const Scenario& scenario, const CallSite& site) {
    policies::EdgePolicy policy;
    if (const policies::EdgePolicy* named = scenario.policies.find(site.policy))
        policy = policies::with_preset(*named);
    if (site.workload == nowhere || site.is_fallback) return policy;
    const Workload& workload = scenario.workload.entries[site.workload].value;
    if (workload.timeout) policy.timeout = workload.timeout;
    if (workload.retry) policy.retry = workload.retry;
    return policy;
}

std::string name_of_endpoint(const Scenario& scenario, const std::vector<EndpointIndex>& endpoints,
                             std::uint32_t endpoint) {
    const EndpointIndex at = endpoints[endpoint];
    const auto& service = scenario.services.entries[at.service];
    return service.name + "." + service.value.endpoints.entries[at.number].name;
}

std::string name_of_caller(const Scenario& scenario, const std::vector<EndpointIndex>& endpoints,
                           const CallSite& site) {
    if (site.caller == nowhere) return scenario.workload.entries[site.workload].name;
    return name_of_endpoint(scenario, endpoints, site.caller);
}

}  // namespace shaketable::scenarios
