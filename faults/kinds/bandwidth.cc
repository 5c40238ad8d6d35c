#include "faults/kinds/bandwidth.h"

namespace shaketable::faults {

std::optional<Problem> BandwidthCap::find_problem() const {
    if (rate.bytes_per_second > 0) return std::nullopt;
    return problem_of("rate", "E023", "expected a rate above 0",
                      "for no traffic at all: blackhole");
}

Verdict BandwidthCap::judge(const Crossing& crossing, FaultState&, Random&) const {
    Verdict verdict;
    if (crossing.strength <= 0) return verdict;
    const double cap = rate.bytes_per_second / crossing.strength;
    (per == Per::connection ? verdict.connection_rate : verdict.edge_rate) = cap;
    return verdict;
}

}  // namespace shaketable::faults
