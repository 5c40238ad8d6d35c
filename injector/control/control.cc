#include "injector/control/control.h"

#include "injector/control/metrics.h"

namespace shaketable::injector::control {

namespace {

/// Without empty parts and dots, as Go's router asks for it. "" = it is so already.
std::string find_cleaner(const std::string& path) {
    std::vector<std::string_view> kept;
    for (const std::string_view part : split_path(path)) {
        if (part == "..") {
            if (!kept.empty()) kept.pop_back();
        } else if (!part.empty() && part != ".") {
            kept.push_back(part);
        }
    }
    std::string clean;
    for (const std::string_view part : kept) clean.append("/").append(part);
    if (clean.empty() || path.ends_with('/')) clean += '/';
    return clean == path ? "" : clean;
}

/// A path as it may stand in a head.
std::string encode_path(std::string_view path) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > ' ' && byte < 0x7F && c != '%' && c != '?' && c != '#' && c != '\\')
            encoded += c;
        else
            encoded.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
    return encoded;
}

}  // namespace

Control::Control(proxy::Worker& worker, const ServerLimits& limits)
    : proxies_{worker},
      toxiproxy_{proxies_},
      own_{proxies_},
      server_{worker.commons(), limits,
              [this](const Request& request) { return answer(request); }} {
    proxies_.on_change = [this](std::string_view what, const Json& whom) {
        std::string event = "id: " + std::to_string(++events_) + "\nevent: ";
        server_.publish(event.append(what).append("\ndata: ").append(print(whom)) + "\n\n");
    };
}

Answer Control::answer(const Request& request) {
    if (!request.path.starts_with('/')) return plain(400, "expected a path like /proxies");
    if (const std::string clean = find_cleaner(request.path); !clean.empty())
        return {.status = 301, .fields = {{"Location", encode_path(clean)}}};
    if (auto made = toxiproxy_.answer(request)) return *std::move(made);
    if (auto made = own_.answer(request)) return *std::move(made);
    if (request.path == "/metrics") return {.type = metrics_type, .body = write_metrics(proxies_)};
    if (request.path == "/healthz") return plain(200, "ok");
    return plain(404, "404 page not found");
}

}  // namespace shaketable::injector::control
