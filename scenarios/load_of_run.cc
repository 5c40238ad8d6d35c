#include "scenarios/load_of_run.h"

#include <algorithm>
#include <variant>
#include <vector>

namespace shaketable::scenarios {

namespace {

/// A fault begins or ends.
struct Change {
    Time at;
    const faults::Load* load;
    bool begins;
};

std::vector<Change> changes_of(const Scenario& scenario, const faults::Timeline& timeline,
                               std::string_view workload) {
    std::vector<Change> changes;
    for (const faults::Occurrence& occurrence : timeline.occurrences) {
        const faults::Fault& fault = scenario.faults[occurrence.fault];
        const auto* load = std::get_if<faults::Load>(&fault.what);
        if (load == nullptr || (fault.target && fault.target->from.name != workload)) continue;
        changes.push_back({occurrence.start, load, true});
        changes.push_back({occurrence.end, load, false});
    }
    std::sort(changes.begin(), changes.end(),
              [](const Change& a, const Change& b) { return a.at < b.at; });
    return changes;
}

/// Of the load faults that act at one time.
struct Acting {
    double factor = 1;  ///< of those that do not stop the load
    int stopping = 0;   ///< how many do
    double rate = 0;    ///< requests a second on top
    void take(const Change& change) {
        rate += (change.begins ? 1 : -1) * change.load->rate.value_or(Rate{}).per_second;
        if (!change.load->factor) return;
        if (*change.load->factor <= 0)
            stopping += change.begins ? 1 : -1;
        else
            factor *= change.begins ? *change.load->factor : 1 / *change.load->factor;
    }
};

}  // namespace

double requests_of(const Scenario& scenario, const faults::Timeline& timeline,
                   std::string_view workload, double rate) {
    const Workload& plan = *scenario.workload.find(workload);
    const Time start{plan.start.value_or(Duration{0})};
    const Time run_over{scenario.run.duration};
    const Time end = plan.length ? std::min(faults::add(start, *plan.length), run_over) : run_over;
    double requests = 0;
    Acting acting;
    Time from = start;
    const auto pass = [&](Time to) {
        to = std::min(to, end);
        if (to <= from) return;
        const double own = acting.stopping > 0 ? 0 : rate * acting.factor;
        requests += to_seconds(to - from) * (own + std::max(acting.rate, 0.0));
        from = to;
    };
    for (const Change& change : changes_of(scenario, timeline, workload)) {
        pass(change.at);
        acting.take(change);
    }
    pass(end);
    return requests;
}

}  // namespace shaketable::scenarios
