/// Who calls: open streams (arrivals do not wait for answers) and closed ones (users who think
/// between requests).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/distribution.h"
#include "base/field.h"
#include "base/quantity.h"
#include "base/units.h"
#include "policies/chain.h"

namespace shaketable::scenarios {

enum class ArrivalLaw : std::uint8_t { poisson, constant, mmpp, renewal, trace };

/// `poisson(400/s)`, `constant(400/s)`, `mmpp(200/s 900/s dwell=20s)`, `renewal(erlang(k=2
/// mean=1.25s))`, `trace(file.csv)`.
struct Arrivals {
    ArrivalLaw law = ArrivalLaw::poisson;
    Rate rate{0};                   ///< of poisson and constant; of the first state of mmpp
    Rate rate_high{0};              ///< of the second state of mmpp
    Duration dwell{0};              ///< mean stay in a state of mmpp, exponential
    Distribution gap{Duration{0}};  ///< of renewal: time between arrivals
    std::string file;               ///< of trace, as written
    std::vector<Time> trace;        ///< of trace, filled by the reader; ascending
    bool operator==(const Arrivals&) const = default;
};

/// A part of the load's day: a plateau (`rate`) or a ramp from the rate before (`to`).
struct Stage {
    Duration length{0};
    std::optional<Rate> rate;
    std::optional<Rate> to;
    static constexpr auto fields() {
        return fields_of(
            field("for", &Stage::length, "how long").must(),
            field("rate", &Stage::rate, "arrivals per second (Poisson), constant"),
            field("to", &Stage::to, "arrivals per second reached at the end, linearly"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Stage&) const = default;
};

/// Part of a workload that comes from one zone.
struct From {
    struct PerZone {
        std::string zone;
        Share share;
        bool operator==(const PerZone&) const = default;
    };
    std::vector<PerZone> zones;
    bool operator==(const From&) const = default;
};

/// One stream of requests. Exactly one of arrivals, stages, users.
struct Workload {
    std::string call;  ///< "service.endpoint"
    std::string stream;
    std::optional<Arrivals> arrivals;
    std::vector<Stage> stages;
    std::optional<std::uint32_t> users;
    Distribution think{Duration{0}};
    From from;
    Bytes size{0};
    Bytes response{0};
    std::uint32_t priority = 0;
    std::optional<Duration> start;
    std::optional<Duration> length;
    std::string policy;                        ///< a name under `policies`
    std::optional<policies::Timeout> timeout;  ///< written in place, instead of a named policy
    std::optional<policies::Retry> retry;
    static constexpr auto fields() {
        return fields_of(
            field("call", &Workload::call, "service.endpoint").must(),
            field("stream", &Workload::stream, "name of its dice"),
            field("arrivals", &Workload::arrivals, "open loop: the law of arrivals"),
            field("stages", &Workload::stages, "open loop: plateaus and ramps"),
            field("users", &Workload::users, "closed loop: how many users"),
            field("think", &Workload::think,
                  "closed loop: time between an answer and the next request"),
            field("from", &Workload::from, "shares by zone"),
            field("size", &Workload::size, "size of a request"),
            field("response", &Workload::response, "size of an answer"),
            field("priority", &Workload::priority, "0 is served first; added to the endpoint's"),
            field("start", &Workload::start, "first arrival not before"),
            field("for", &Workload::length, "no arrivals later than this after the start"),
            field("policy", &Workload::policy, "a name under `policies`"),
            field("timeout", &Workload::timeout, "the client's patience"),
            field("retry", &Workload::retry, "what the client does after a failure"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Workload&) const = default;
};

}  // namespace shaketable::scenarios

namespace shaketable {
SHAKETABLE_TEXT(scenarios::Arrivals, "arrivals", "poisson(400/s)");
}
