/// A control API over real loopback sockets, with the worker that it drives, in one thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "injector/control/control.h"
#include "tests/injector/proxy/rig.h"

namespace shaketable::injector::control {

struct Reply {
    int status = 0;
    std::string head, body;
    /// Of a field of the head, whose name is spelt as it is sent; "" where absent.
    [[nodiscard]] std::string field(std::string_view name) const;
    [[nodiscard]] Json json() const;
    /// Of an error of either dialect.
    [[nodiscard]] std::string error() const { return json().value("error", ""); }
};

/// The first whole answer of what was received, which is taken off it; status 0: there is none.
/// `ended`: what has no length ends with the connection.
[[nodiscard]] Reply take_reply(std::string& received, bool ended, bool has_body = true);

class ControlRig {
  public:
    explicit ControlRig(const ServerLimits& limits = {});

    /// As the clients ask: one request on a connection of its own, with these lines in its head.
    Reply ask(std::string_view method, std::string_view path, std::string_view body = {},
              const std::vector<std::string>& lines = {});
    /// The same with the type that our own dialect wants.
    Reply put(std::string_view path, std::string_view body);
    /// What comes on a connection that is open already.
    Reply receive(proxy::Peer& peer, bool has_body = true);
    [[nodiscard]] proxy::Peer connect();
    /// A proxy "p" through the API, to the upstream of the rig.
    proxy::Proxy& add_proxy();
    [[nodiscard]] proxy::Proxy& proxy() { return *rig.worker.find("p"); }
    [[nodiscard]] std::string host() { return control.server().address().print(); }
    [[nodiscard]] std::string upstream() const { return rig.upstream.print(); }

    proxy::Rig rig;
    Control control;
};

}  // namespace shaketable::injector::control
