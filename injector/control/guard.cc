#include "injector/control/guard.h"

#include <string>

namespace shaketable::injector::control {

namespace {

/// `localhost:8474`, or the address itself, with the port that the connection came to. The port of
/// HTTP may be left out.
bool is_ours(std::string host, const proxy::Address& listening) {
    if (listening.port() == 80 && (host.ends_with(']') || host.find(':') == host.npos))
        host += ":80";
    for (char& c : host)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return host == listening.print() || host == "localhost:" + std::to_string(listening.port());
}

}  // namespace

std::optional<Answer> find_stranger(const Request& request, const proxy::Address& listening) {
    if (!request.origin.empty()) return plain(403, "requests of web pages are not allowed");
    if (!request.fetch_site.empty() && request.fetch_site != "none")
        return plain(403, "requests of web pages are not allowed");
    if (listening.is_unix()) return std::nullopt;
    if (request.hosts != 1) return plain(400, "expected one Host header");
    const bool whole = is_ours(request.host, listening) &&
                       (request.authority.empty() || is_ours(request.authority, listening));
    if (whole) return std::nullopt;
    return plain(421, "expected the Host " + listening.print() +
                          " or localhost:" + std::to_string(listening.port()));
}

}  // namespace shaketable::injector::control
