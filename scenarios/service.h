/// A service as the scenario declares it: replicas, workers, waiting room, balancing, endpoints.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/distribution.h"
#include "base/field.h"
#include "base/quantity.h"
#include "base/units.h"
#include "policies/balance.h"
#include "policies/chain.h"
#include "policies/codel.h"
#include "scenarios/steps.h"

namespace shaketable::scenarios {

enum class ServiceKind : std::uint8_t { service, database, cache, external };
constexpr auto enum_names(ServiceKind) {
    using P = std::pair<std::string_view, ServiceKind>;
    return std::array{P{"service", ServiceKind::service}, P{"database", ServiceKind::database},
                      P{"cache", ServiceKind::cache}, P{"external", ServiceKind::external}};
}

/// `blocking`: the worker is held while its request waits for a call; `async`: it is given back.
enum class Threading : std::uint8_t { blocking, async };
constexpr auto enum_names(Threading) {
    using P = std::pair<std::string_view, Threading>;
    return std::array{P{"blocking", Threading::blocking}, P{"async", Threading::async}};
}

enum class Discipline : std::uint8_t { fifo, lifo, adaptive_lifo, priority, random };
constexpr auto enum_names(Discipline) {
    using P = std::pair<std::string_view, Discipline>;
    return std::array{P{"fifo", Discipline::fifo}, P{"lifo", Discipline::lifo},
                      P{"adaptive-lifo", Discipline::adaptive_lifo},
                      P{"priority", Discipline::priority}, P{"random", Discipline::random}};
}

/// The waiting room of one replica. Full means refused at once.
struct Queue {
    Count limit{1024};
    Discipline discipline = Discipline::fifo;
    std::optional<policies::CoDel> codel;
    std::optional<Duration> max_wait;      ///< who has waited longer is refused when its turn comes
    std::optional<Distribution> patience;  ///< who has waited so long leaves; drawn for each
    static constexpr auto fields() {
        return fields_of(
            field("limit", &Queue::limit, "requests that may wait, per replica"),
            field("discipline", &Queue::discipline, "who is served next"),
            field("codel", &Queue::codel, "sheds by time spent waiting"),
            field("max_wait", &Queue::max_wait, "longest wait; refused when its turn comes later"),
            field("patience", &Queue::patience,
                  "longest wait, or the law of it; leaves the queue then, refused"));
    }
    static constexpr auto shorthand() { return &Queue::limit; }
    bool operator==(const Queue&) const = default;
};

/// Replicas, per zone. One entry with zone "" where the file gives a plain number (spread over the
/// zones in turn).
struct Replicas {
    struct PerZone {
        std::string zone;
        std::uint32_t count = 1;
        bool operator==(const PerZone&) const = default;
    };
    std::vector<PerZone> zones{{"", 1}};
    [[nodiscard]] std::uint32_t total() const {
        std::uint32_t sum = 0;
        for (const PerZone& z : zones) sum += z.count;
        return sum;
    }
    bool operator==(const Replicas&) const = default;
};

/// How long a replica needs to become ready after a start, and what it is worth meanwhile.
struct Startup {
    Distribution time{Duration{0}};
    std::optional<policies::SlowStart> slow_start;
    static constexpr auto fields() {
        return fields_of(
            field("time", &Startup::time, "from start to ready"),
            field("slow_start", &Startup::slow_start, "traffic grows after readiness"));
    }
    static constexpr auto shorthand() { return &Startup::time; }
    bool operator==(const Startup&) const = default;
};

/// Work takes longer the more requests are in service: with n of them at a replica, 1 + serial
/// (n - 1) + crosstalk n (n - 1) times as long, judged when it begins. So a replica that serves n
/// at once does n / (1 + ...) of the work that one does alone.
///
/// Source: N. Gunther, "Guerrilla capacity planning", 2007: the universal scalability law, whose
/// sigma and kappa these are.
struct Contention {
    Share serial{0};     ///< for each other request in service
    Share crosstalk{0};  ///< for each pair of them
    static constexpr auto fields() {
        return fields_of(
            field("serial", &Contention::serial,
                  "how much longer work takes for each other request in service"),
            field("crosstalk", &Contention::crosstalk,
                  "and for each request with each other: n (n - 1) times; throughput then falls "
                  "under load"));
    }
    static constexpr auto shorthand() { return &Contention::serial; }
    bool operator==(const Contention&) const = default;
};

/// A replica that has too much in hand dies of it: out of memory, killed by its own health check.
/// Everything in hand is lost, as with the fault `crash`.
struct CrashAt {
    std::uint32_t requests = 1;             ///< waiting or in service, at one instant; >= 1
    std::optional<Duration> restart_after;  ///< it starts up again then; not given: never
    static constexpr auto fields() {
        return fields_of(
            field("requests", &CrashAt::requests,
                  "waiting or in service, at one instant, that are too many for a replica")
                .must(),
            field("restart_after", &CrashAt::restart_after,
                  "it starts up again then; never if not given"));
    }
    static constexpr auto shorthand() { return &CrashAt::requests; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const CrashAt&) const = default;
};

struct Endpoint {
    std::string http;  ///< "POST /checkout"; used live, shown everywhere
    std::optional<bool> idempotent;
    std::uint32_t priority =
        0;  ///< of its requests in a priority queue or shedder; 0 = served first
    Steps steps;
    static constexpr auto fields() {
        return fields_of(field("http", &Endpoint::http, "method and path, for live runs"),
                         field("idempotent", &Endpoint::idempotent, "whether a retry is harmless"),
                         field("priority", &Endpoint::priority, "0 is served first and shed last"),
                         field("steps", &Endpoint::steps, "what it does, in order").must());
    }
    bool operator==(const Endpoint&) const = default;
};

struct Service {
    ServiceKind kind = ServiceKind::service;
    std::string stream;  ///< name of its dice; "" = its own name
    Replicas replicas;
    Count workers{Count::unlimited()};  ///< requests in service at once, per replica
    Threading threading = Threading::blocking;
    std::optional<double> cores;  ///< per replica; work shares them (processor sharing)
    std::optional<Contention> contention;
    std::optional<CrashAt> crash_at;
    Queue queue;
    std::optional<policies::Balance> balance;  ///< how callers choose a replica
    Startup startup;
    std::optional<bool> idempotent;
    std::optional<policies::ServicePolicies> policies;  ///< inbound
    Named<Endpoint> endpoints;
    static constexpr auto fields() {
        return fields_of(
            field("kind", &Service::kind, "what it is"),
            field("stream", &Service::stream, "name of its dice, so that a rename changes nothing"),
            field("replicas", &Service::replicas, "how many, or how many per zone"),
            field("workers", &Service::workers, "requests in service at once, per replica"),
            field("threading", &Service::threading, "whether a worker is held during calls"),
            field("cores", &Service::cores, "per replica; work shares them"),
            field("contention", &Service::contention,
                  "how much longer work takes the more requests are in service"),
            field("crash_at", &Service::crash_at, "so many requests in hand crash a replica"),
            field("queue", &Service::queue, "waiting room, per replica"),
            field("balance", &Service::balance, "how callers choose a replica"),
            field("startup", &Service::startup, "time to become ready"),
            field("idempotent", &Service::idempotent, "whether a retry is harmless"),
            field("policies", &Service::policies, "what it does about its own load"),
            field("endpoints", &Service::endpoints, "what it offers"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Service&) const = default;
};

}  // namespace shaketable::scenarios
