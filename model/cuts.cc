#include "model/cuts.h"

#include "reports/record/cuts.h"

namespace shaketable::model {

Cuts cuts_of(const Model& model, const std::vector<faults::Occurrence>& occurrences) {
    const scenarios::Scenario& scenario = model.scenario;
    std::vector<reports::NamedSpan> faults;
    faults.reserve(occurrences.size());
    for (const faults::Occurrence& occurrence : occurrences)
        faults.push_back({scenario.faults[occurrence.fault].id, occurrence.start, occurrence.end});
    Cuts cuts{.spans = reports::named_spans(scenario, faults),
              .ends = reports::cut_times(scenario, faults)};
    const Time end = Time{} + scenario.run.duration;
    std::erase_if(cuts.ends, [&](Time t) { return t <= Time{} || t > end; });
    if (cuts.ends.empty() || cuts.ends.back() != end) cuts.ends.push_back(end);
    return cuts;
}

}  // namespace shaketable::model
