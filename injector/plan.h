/// What a live run will do, before it does anything: which processes, which proxies between them,
/// which signals to whom, and what it cannot honour.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "faults/timeline.h"
#include "injector/address_book.h"
#include "injector/bindings.h"
#include "injector/descriptor.h"
#include "injector/proxy/proxy.h"
#include "model/model.h"

namespace shaketable::injector {

struct PlanOptions {
    bool stand_ins = false;  ///< services without a binding are played by stand-ins
    std::uint64_t repeat = 0;
    std::optional<std::size_t> faults_max;  ///< at once, those put at runtime included; none: any
    std::string proc = "/proc";  ///< where the kernel tells of processes and control groups
};

/// One process of one replica: a stand-in, or a command of the user's. A crash ends a life.
struct Life {
    std::uint32_t replica = 0;  ///< index into Model::replicas
    std::uint32_t number = 0;   ///< 0: from the beginning
    Time from{};                ///< when it is started
};

/// The end of a life of a command: SIGKILL. A stand-in ends by itself when its crash is due.
struct Death {
    std::uint32_t replica = 0;
    Time at{};
    std::size_t fault = 0;  ///< whose this is; index into the scenario's
};

/// A replica that is stopped for a while.
struct Pause {
    std::uint32_t replica = 0;
    Time from{}, until{};
    std::size_t fault = 0;
};

/// From then on the work of a replica of the user's takes so many times as long.
struct Slowing {
    std::uint32_t replica = 0;
    Time at{};
    double slowdown = 1;              ///< 1: as before
    std::vector<std::size_t> faults;  ///< that begin now
};

struct Plan {
    model::Model model;
    PlanOptions options;
    Bindings bindings;
    faults::Timeline timeline;
    std::vector<const BoundService*> bound;     ///< per service; null: stand-ins
    std::vector<proxy::ProxySettings> proxies;  ///< one per route and replica it can reach
    std::vector<std::uint32_t> proxy_routes;    ///< the route of each proxy
    std::vector<Life> lives;                    ///< of what we start; ascending by `from`
    std::vector<Death> deaths;                  ///< ascending by `at`
    std::vector<Pause> pauses;                  ///< ascending by `from`
    std::vector<Slowing> slowings;              ///< ascending by `at`
    Problems warnings;                          ///< W310: what this world honours in part

    [[nodiscard]] const BoundService* binding_of(std::uint32_t replica) const {
        return bound[model.replicas[replica].service];
    }
    [[nodiscard]] std::string name_of(std::uint32_t replica) const;
    /// Processor cores that its work would use; where the scenario does not say, one.
    [[nodiscard]] double cores_of(std::uint32_t replica) const {
        const double cores = model.services[model.replicas[replica].service].cores;
        return cores > 0 ? cores : 1;
    }
    /// The user's own address of a bound replica.
    [[nodiscard]] proxy::Address address_of(std::uint32_t replica) const;
};

/// Opens nothing, starts nothing. Problems name the fields of the bindings file
/// (`services.ledger.addresses`) or, of E301, E306 and W310 always, of the scenario (`faults[0]`,
/// `services.ledger`).
///
/// Errors: E301 a service without a binding, E303 what no driver can do here, E304 an address that
/// is not allowed, E306 what a live run cannot honour at all, or may not by
/// `faults_max`, E023 not one address per replica,
/// E101 a name that the scenario does not have.
[[nodiscard]] Result<Plan, Problems> make_plan(const scenarios::Scenario& scenario,
                                               const Bindings& bindings,
                                               const PlanOptions& options);

/// The plan as a person reads it: targets, ports, commands, signals, and what is not honoured.
[[nodiscard]] std::string print(const Plan& plan);

/// The sockets of a plan, open before any process is started.
struct Sockets {
    std::vector<Descriptor> standins;  ///< per replica; closed for a bound one
    std::vector<Descriptor> proxies;   ///< per proxy of the plan
    AddressBook addresses;             ///< of the proxies
};
/// Errors: E302 a port that is taken, and by whom.
[[nodiscard]] Result<Sockets, Problems> open_sockets(Plan& plan);

}  // namespace shaketable::injector
