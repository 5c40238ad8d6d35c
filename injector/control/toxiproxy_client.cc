#include "injector/control/toxiproxy_client.h"

#include <charconv>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace shaketable::injector::control {

namespace {

std::string path_of(const std::string& proxy) {
    return "/proxies/" + encode_part(proxy);
}

std::string path_of(const std::string& proxy, const std::string& toxic) {
    return path_of(proxy) + "/toxics/" + encode_part(toxic);
}

std::string text_of(const Json& object, const char* field) {
    const auto found = object.find(field);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_enabled(const Json& proxy) {
    const auto found = proxy.find("enabled");
    return found != proxy.end() && found->is_boolean() && found->get<bool>();
}

/// What a terminal could take for a command is shown as `?`: names are a stranger's.
std::string shown(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = '?';
    return text;
}

std::string line_of(const Json& toxic) {
    std::string line = shown(text_of(toxic, "name")) + "\ttype=" + shown(text_of(toxic, "type")) +
                       "\tstream=" + shown(text_of(toxic, "stream"));
    const auto toxicity = toxic.find("toxicity");
    if (toxicity != toxic.end() && toxicity->is_number())
        line += fmt::format("\ttoxicity={:.2f}", toxicity->get<double>());
    line += "\tattributes=[";
    std::map<std::string, std::string> sorted;
    if (const auto all = toxic.find("attributes"); all != toxic.end() && all->is_object())
        for (const auto& [key, value] : all->items()) sorted[key] = print(value);
    for (const auto& [key, value] : sorted) line += "\t" + shown(key) + "=" + value;
    return line + "\t]\n";
}

/// Whole numbers as such: 100, which the server takes, and not 100.0.
Json number_of(double value) {
    if (std::trunc(value) == value && std::abs(value) < 9e15)
        return static_cast<std::int64_t>(value);
    return value;
}

Json attributes_of(const ToxicOrder& order) {
    Json attributes = Json::object();
    for (const auto& [name, value] : order.attributes) attributes[name] = number_of(value);
    return attributes;
}

}  // namespace

Result<Json, std::string> ToxiproxyClient::ask(std::string_view method, const std::string& path,
                                               const Json& body) const {
    const Result<Reply, std::string> reply =
        http_.send(method, path, body.is_null() ? "" : print(body));
    if (!reply) return Unexpected{reply.error()};
    Result<Json, std::string> json = read_first(reply->body);
    if (reply->status < 300) return json ? *json : Json{};
    const std::string why = json && json->is_object() ? text_of(*json, "error") : "";
    return Unexpected{"HTTP " + std::to_string(reply->status) + ": " +
                      shown(why.empty() ? reply->body.substr(0, reply->body.find('\n')) : why)};
}

ToxiproxyClient::Said ToxiproxyClient::list() const {
    const Result<Json, std::string> all = ask("GET", "/proxies", {});
    if (!all) return Unexpected{"Failed to retrieve proxies: " + all.error()};
    std::string lines;
    for (const auto& [name, proxy] : all->items()) {
        const auto toxics = proxy.find("toxics");
        lines += shown(name) + "\t" + shown(text_of(proxy, "listen")) + "\t" +
                 shown(text_of(proxy, "upstream")) + "\t" +
                 (is_enabled(proxy) ? "enabled" : "disabled") + "\t" +
                 std::to_string(toxics != proxy.end() ? toxics->size() : 0) + "\n";
    }
    return lines;
}

ToxiproxyClient::Said ToxiproxyClient::inspect(const std::string& proxy) const {
    const Result<Json, std::string> found = ask("GET", path_of(proxy), {});
    if (!found) return Unexpected{"Failed to retrieve proxy " + proxy + ": " + found.error()};
    std::string lines;
    if (const auto toxics = found->find("toxics"); toxics != found->end())
        for (const Json& toxic : *toxics) lines += line_of(toxic);
    return lines;
}

ToxiproxyClient::Said ToxiproxyClient::create(const std::string& proxy, const std::string& listen,
                                              const std::string& upstream) const {
    const auto made =
        ask("POST", "/proxies",
            Json{{"name", proxy}, {"listen", listen}, {"upstream", upstream}, {"enabled", true}});
    if (!made) return Unexpected{"Failed to create proxy: " + made.error()};
    return "Created new proxy " + proxy + "\n";
}

ToxiproxyClient::Said ToxiproxyClient::toggle(const std::string& proxy) const {
    const Result<Json, std::string> found = ask("GET", path_of(proxy), {});
    if (!found) return Unexpected{"Failed to retrieve proxy " + proxy + ": " + found.error()};
    const bool enabled = !is_enabled(*found);
    const auto changed = ask("PATCH", path_of(proxy), Json{{"enabled", enabled}});
    if (!changed) return Unexpected{"Failed to toggle proxy " + proxy + ": " + changed.error()};
    return "Proxy " + proxy + " is now " + (enabled ? "enabled" : "disabled") + "\n";
}

ToxiproxyClient::Said ToxiproxyClient::remove(const std::string& proxy) const {
    const auto removed = ask("DELETE", path_of(proxy), {});
    if (!removed) return Unexpected{"Failed to delete proxy " + proxy + ": " + removed.error()};
    return "Deleted proxy " + proxy + "\n";
}

ToxiproxyClient::Said ToxiproxyClient::add_toxic(const ToxicOrder& order) const {
    const std::string stream = order.upstream ? "upstream" : "downstream";
    const auto made = ask("POST", path_of(order.proxy) + "/toxics",
                          Json{{"name", order.name},
                               {"type", order.type},
                               {"stream", stream},
                               {"toxicity", control::number_of(order.toxicity)},
                               {"attributes", attributes_of(order)}});
    if (!made) return Unexpected{"Failed to add toxic: " + made.error()};
    return "Added " + stream + " " + order.type + " toxic '" + text_of(*made, "name") +
           "' on proxy '" + order.proxy + "'\n";
}

ToxiproxyClient::Said ToxiproxyClient::update_toxic(const ToxicOrder& order) const {
    const auto made = ask("PATCH", path_of(order.proxy, order.name),
                          Json{{"toxicity", control::number_of(order.toxicity)},
                               {"attributes", attributes_of(order)}});
    if (!made)
        return Unexpected{"Failed to update toxic: failed to update toxic '" + order.name +
                          "' of proxy '" + order.proxy + "': " + made.error()};
    return "Updated toxic '" + order.name + "' on proxy '" + order.proxy + "'\n";
}

ToxiproxyClient::Said ToxiproxyClient::remove_toxic(const std::string& proxy,
                                                    const std::string& toxic) const {
    const auto removed = ask("DELETE", path_of(proxy, toxic), {});
    if (!removed)
        return Unexpected{"Failed to remove toxic: failed to remove toxic '" + toxic +
                          "' from proxy '" + proxy + "': " + removed.error()};
    return "Removed toxic '" + toxic + "' on proxy '" + proxy + "'\n";
}

std::optional<std::pair<std::string, double>> parse_attribute(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) return std::nullopt;
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + equals + 1, end, value);
    if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
    return std::pair{text.substr(0, equals), value};
}

}  // namespace shaketable::injector::control
