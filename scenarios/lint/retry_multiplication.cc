#include <algorithm>

#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

namespace {

/// The path to an endpoint on which most retries meet. A budget ends a layer: its retries are a few
/// per cent.
struct Path {
    double calls = 1;              ///< tries at the endpoint for one request at the start
    std::uint32_t layers = 0;      ///< calls on the path that are tried again
    std::uint32_t last = nowhere;  ///< call site
    double clicks = 1;  ///< tries of the workload itself, which is no layer of the system
};

double tries_without_budget(const policies::EdgePolicy& policy) {
    return policy.retry && policy.retry->budget ? 1 : tries_of(policy);
}

class Paths {
  public:
    explicit Paths(const Facts& facts) : facts_{facts}, best_(facts.topology().endpoints().size()) {
        const Topology& topology = facts.topology();
        for (std::uint32_t s = 0; s < topology.sites().size(); ++s) {
            const CallSite& site = topology.sites()[s];
            if (site.caller == nowhere && site.callee != nowhere)
                best_[site.callee].clicks =
                    std::max(best_[site.callee].clicks, tries_without_budget(facts.policy(s)));
        }
        for (const std::uint32_t endpoint : topology.order())
            for (const std::uint32_t s : topology.sites_of(endpoint)) extend(endpoint, s);
    }

    void report() const {
        const Topology& topology = facts_.topology();
        for (std::uint32_t endpoint = 0; endpoint < best_.size(); ++endpoint) {
            const Path& path = best_[endpoint];
            if (path.layers < 2 || tries_without_budget(facts_.policy(path.last)) <= 1) continue;
            const std::vector<std::uint32_t>& sites = topology.sites_of(endpoint);
            const bool goes_on = std::any_of(sites.begin(), sites.end(), [&](std::uint32_t s) {
                return topology.is_forward(topology.sites()[s]) &&
                       tries_without_budget(facts_.policy(s)) > 1;
            });
            if (!goes_on) report(endpoint);
        }
    }

  private:
    void extend(std::uint32_t endpoint, std::uint32_t s) {
        const CallSite& site = facts_.topology().sites()[s];
        if (!facts_.topology().is_forward(site)) return;
        const double tries = tries_without_budget(facts_.policy(s));
        const Path& here = best_[endpoint];
        Path& there = best_[site.callee];
        if (there.last != nowhere && here.calls * tries <= there.calls) return;
        there = {here.calls * tries, here.layers + (tries > 1 ? 1U : 0U), s, here.clicks};
    }

    void report(std::uint32_t endpoint) const {
        const Topology& topology = facts_.topology();
        const Path& path = best_[endpoint];
        std::vector<double> tries;
        std::string way = topology.name_of(endpoint);
        for (std::uint32_t s = path.last; s != nowhere;) {
            const std::uint32_t caller = topology.sites()[s].caller;
            if (const double n = tries_without_budget(facts_.policy(s)); n > 1) tries.push_back(n);
            way.insert(0, topology.name_of(caller) + " -> ");
            s = best_[caller].last;
        }
        std::reverse(tries.begin(), tries.end());
        const bool alike =
            std::all_of(tries.begin(), tries.end(), [&](double n) { return n == tries[0]; });
        std::string product;
        if (alike) {
            product =
                std::to_string(tries.size()) + " layers x " + print_short(tries[0]) + " tries";
        } else {
            for (const double n : tries) product += (product.empty() ? "" : " x ") + print_short(n);
            product += " tries";
        }
        const auto& service =
            facts_.scenario().services.entries[topology.endpoints()[endpoint].service];
        std::vector<std::string> notes{way};
        if (path.clicks > 1)
            notes.push_back("and " + print_short(path.clicks) +
                            " times that, because its users try again as well");
        facts_.warn("W202", topology.sites()[path.last].path,
                    "retries multiply: " + product + " = " + print_short(path.calls) +
                        " calls to " + service.name,
                    "retry on one layer, or give the others a `budget`", std::move(notes));
    }

    const Facts& facts_;
    std::vector<Path> best_;
};

}  // namespace

void find_retry_multiplication(const Facts& facts) {
    Paths{facts}.report();
}

}  // namespace shaketable::scenarios::lint_rules
