/// Where the real services of a scenario live, and what may be done to them. Kept apart from the
/// scenario, so that one scenario serves a laptop, staging and a game day unchanged.
///
///     schema: shaketable-bindings/v1
///     services:
///       ledger:
///         addresses: [127.0.0.1:9001, 127.0.0.1:9002]   # one per replica
///         flavour: http
///         start: [./ledger, --port, "{port}"]           # optional: we start it, and crash it
///     edges:
///       web -> ledger: {listen: [127.0.0.1:19001, 127.0.0.1:19002]}
///     allow: [10.1.0.0/16]
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/field.h"
#include "base/quantity.h"
#include "base/units.h"
#include "injector/proxy/proxy.h"
#include "scenarios/read.h"
#include "scenarios/text/decode.h"

namespace shaketable::injector::proxy {

constexpr auto enum_names(Flavour) {
    using P = std::pair<std::string_view, Flavour>;
    return std::array{P{"tcp", Flavour::tcp}, P{"http", Flavour::http}};
}

}  // namespace shaketable::injector::proxy

namespace shaketable::injector {

/// The user's own service behind a name of the scenario.
struct BoundService {
    std::vector<std::string> addresses;  ///< of its replicas, in their order
    proxy::Flavour flavour = proxy::Flavour::http;
    std::vector<std::string> start;  ///< a command and its arguments; "" = it runs already
    std::string pid_file;            ///< of a service that runs already and may be paused
    std::string health;              ///< path that answers 2xx when it is well; "" = not asked

    static constexpr auto fields() {
        using B = BoundService;
        return fields_of(
            field("addresses", &B::addresses, "host:port of each replica").must(),
            field("flavour", &B::flavour, "what its proxies speak: http or tcp"),
            field("start", &B::start,
                  "command that starts one replica; {port} and {replica} in it"),
            field("pid_file", &B::pid_file, "file with the process id of one that runs already"),
            field("health", &B::health, "path that answers 2xx when it is well"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const BoundService&) const = default;
};

/// How callers of ours, that are no stand-ins, reach the proxies of an edge.
struct BoundEdge {
    std::vector<std::string> listen;  ///< one per replica of the callee

    static constexpr auto fields() {
        return fields_of(
            field("listen", &BoundEdge::listen, "host:port of the proxy of each replica").must());
    }
    static constexpr auto shorthand() { return &BoundEdge::listen; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const BoundEdge&) const = default;
};

struct Bindings {
    std::string schema;
    Named<BoundService> services;
    Named<BoundEdge> edges;          ///< "web -> ledger"
    std::vector<std::string> allow;  ///< blocks of addresses besides loopback: "10.1.0.0/16"

    static constexpr auto fields() {
        using B = Bindings;
        return fields_of(field("schema", &B::schema, "shaketable-bindings/v1").must(),
                         field("services", &B::services, "the user's own services"),
                         field("edges", &B::edges, "where their callers find the proxies"),
                         field("allow", &B::allow, "addresses besides loopback, as CIDR blocks"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Bindings&) const = default;
};

bool decode(const scenarios::text::Node& node, Named<BoundEdge>& into,
            scenarios::text::Reading& in);

struct BindingsFile {
    Bindings bindings;
    scenarios::Sources sources;
    scenarios::Locations where;
};

/// Errors: as of a scenario, E001 .. E025, with places; E005 another schema.
[[nodiscard]] Result<BindingsFile, scenarios::Failure> read_bindings(const std::string& path);

/// Is a target allowed: loopback, a unix socket, or within one of the blocks?
[[nodiscard]] bool is_allowed(const proxy::Address& address, const std::vector<std::string>& allow);

}  // namespace shaketable::injector
