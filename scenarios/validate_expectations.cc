#include <algorithm>
#include <optional>
#include <set>

#include "base/quantity.h"
#include "faults/timeline.h"
#include "scenarios/validate_parts.h"

namespace shaketable::scenarios::validation {

namespace {

/// Does anybody make a call that the selector selects?
bool is_called(const Desk& desk, const Selector& selector) {
    const Scenario& scenario = desk.scenario;
    const auto matches = [&](const CallSite& site) {
        if (site.callee == nowhere) return false;
        const EndpointIndex to = desk.topology.endpoints()[site.callee];
        const auto& service = scenario.services.entries[to.service];
        if (service.name != selector.service) return false;
        if (!selector.endpoint.empty() &&
            service.value.endpoints.entries[to.number].name != selector.endpoint)
            return false;
        if (selector.caller.empty()) return true;
        return selector.caller ==
               (site.caller == nowhere
                    ? scenario.workload.entries[site.workload].name
                    : scenario.services.entries[desk.topology.endpoints()[site.caller].service]
                          .name);
    };
    return std::any_of(desk.topology.sites().begin(), desk.topology.sites().end(), matches);
}

bool check_selector(const Desk& desk, const Selector& selector, const std::string& path) {
    if (!selector.from_zone.empty() && !check_zone(desk, selector.from_zone, path)) return false;
    if (!selector.caller.empty() && desk.scenario.workload.find(selector.caller) == nullptr &&
        !check_service(desk, selector.caller, path))
        return false;
    if (selector.service.empty()) return true;
    if (!check_service(desk, selector.service, path)) return false;
    if (!selector.endpoint.empty() &&
        !check_endpoint(desk, selector.service + "." + selector.endpoint, path))
        return false;
    if (desk.topology.has_unknown_calls() || is_called(desk, selector)) return true;
    std::string what = selector.service;
    if (!selector.endpoint.empty()) what += "." + selector.endpoint;
    const std::string who = selector.caller.empty() ? "nobody" : "no step of " + selector.caller;
    desk.report("E124", path, who + " calls " + what + ": there will be no samples");
    return false;
}

class Windows {
  public:
    explicit Windows(const Scenario& scenario) : scenario_{scenario} {
        std::set<std::string_view> ids;
        for (const faults::Fault& fault : scenario.faults) ids.insert(fault.id);
        if (ids.size() != scenario.faults.size()) return;
        if (auto resolved =
                faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, 0))
            timeline_ = *std::move(resolved);
    }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names{"run", "baseline"};
        for (const faults::Fault& fault : scenario_.faults) names.push_back(fault.id);
        for (const auto& window : scenario_.windows) names.push_back(window.name);
        return names;
    }
    /// When the window ends in every run; no value where the dice decide, or the times have
    /// problems of their own.
    [[nodiscard]] std::optional<Time> find_end(std::string_view name) const {
        if (const Window* window = scenario_.windows.find(name)) return Time{window->to};
        if (!timeline_) return std::nullopt;
        for (const faults::Fault& fault : scenario_.faults)
            if (fault.random || fault.at.spread > Duration{0}) return std::nullopt;
        const std::optional<faults::Window> window = timeline_->find(name);
        if (!window) return std::nullopt;
        return window->end;
    }
    /// The fault that leaves no time for a baseline, or "".
    [[nodiscard]] std::string find_spoiler() const {
        if (!timeline_) return {};
        for (const faults::Fault& fault : scenario_.faults) {
            const std::optional<faults::Window> window = timeline_->find(fault.id);
            const bool is_fixed = !fault.random && fault.at.spread == Duration{0} &&
                                  fault.probability.fraction >= 1 && !fault.at.anchor;
            if (is_fixed && window && window->start <= Time{scenario_.run.warmup.length})
                return fault.id;
        }
        return {};
    }

  private:
    const Scenario& scenario_;
    std::optional<faults::Timeline> timeline_{};
};

void check_span(const Desk& desk, const Windows& windows, const Span& span,
                const std::string& path) {
    const std::vector<std::string> names = windows.names();
    if (std::find(names.begin(), names.end(), span.window) == names.end()) {
        desk.report("E123", path, "unknown window " + in_quotes(span.window),
                    did_you_mean(span.window, names),
                    {"the scenario's windows: " + list_of(names)});
        return;
    }
    if (span.window == "baseline") {
        const std::string spoiler = windows.find_spoiler();
        if (!spoiler.empty())
            desk.report("E115", path,
                        "there is no baseline: " + spoiler + " starts before the warm-up is over",
                        "a shorter run.warmup, or a later fault");
        return;
    }
    if (span.kind != Span::Kind::after) return;
    const std::optional<Time> end = windows.find_end(span.window);
    const Time measured_until = Time{desk.scenario.run.duration - desk.scenario.run.cooldown};
    if (!end || faults::add(*end, span.offset) < measured_until) return;
    desk.report("E115", path, "nothing is measured that late: the span begins when the run is over",
                "a longer run.duration, or a shorter time",
                {"measured until " + Text<Duration>::print(measured_until.time_since_epoch())});
}

}  // namespace

void check_expectations(const Desk& desk) {
    const Windows windows{desk.scenario};
    if (const std::optional<Precision>& until = desk.scenario.run.until) {
        check_selector(desk, until->of.selector, "run.until");
        check_span(desk, windows, until->of.span, "run.until");
    }
    for (std::size_t i = 0; i < desk.scenario.expect.size(); ++i) {
        const std::string path = "expect[" + std::to_string(i) + "].that";
        const Claim& claim = desk.scenario.expect[i].that;
        check_selector(desk, claim.selector, path);
        check_span(desk, windows, claim.span, path);
    }
}

}  // namespace shaketable::scenarios::validation
