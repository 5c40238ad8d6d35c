#include <algorithm>

#include "faults/verdict.h"
#include "model/model.h"

namespace shaketable::model {

Duration on_wire(std::int64_t bytes, double rate) {
    return from_seconds(std::min(static_cast<double>(bytes) / rate, to_seconds(ten_years)));
}

Duration time_on_link(const LinkPlan& link, std::int64_t bytes, double rate_max, Random& network) {
    Duration time = link.latency.draw(network);
    if (link.loss > 0) {
        std::uint8_t losses = 0;
        while (losses < faults::losses_fatal && network.chance(link.loss)) ++losses;
        time += faults::retransmission_delay(losses);
    }
    const double rate = std::min(
        link.bytes_per_second > 0 ? link.bytes_per_second : faults::unlimited_rate, rate_max);
    if (bytes > 0 && rate < faults::unlimited_rate) time += on_wire(bytes, rate);
    return time;
}

}  // namespace shaketable::model
