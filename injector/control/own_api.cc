#include "injector/control/own_api.h"

#include "base/quantity.h"
#include "injector/control/fault_text.h"
#include "scenarios/diagnostics.h"

namespace shaketable::injector::control {

using proxy::Flavour;
using proxy::Proxy;

namespace {

Answer json(int status, const Json& body) {
    return {.status = status, .type = "application/json", .body = print(body) + "\n"};
}

Answer refuse(int status, const std::string& message) {
    return json(status, Json{{"error", message}, {"status", status}});
}

Answer refuse(const scenarios::Failure& failure) {
    const auto problems = read_first(scenarios::render_json(failure.problems, failure.sources));
    return json(400, Json{{"error", failure.problems.front().message},
                          {"status", 400},
                          {"problems", problems ? *problems : Json::array()}});
}

/// A page cannot send this type to a stranger's server without asking that server first.
std::optional<Answer> find_wrong_type(const Request& request) {
    std::string type = request.content_type.substr(0, request.content_type.find_first_of("; "));
    for (char& c : type)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (type == "application/json") return std::nullopt;
    return refuse(415, "expected the Content-Type application/json");
}

std::string_view name_of(Flavour flavour) {
    return flavour == Flavour::tcp ? "tcp" : "http";
}

constexpr std::string_view of_list = "GET", of_faults = "GET POST", of_one = "GET PUT DELETE";

bool is_allowed(std::string_view methods, const std::string& method) {
    return (" " + std::string{methods} + " ").find(" " + method + " ") != std::string::npos;
}

}  // namespace

std::optional<Answer> OwnApi::answer(const Request& request) {
    const std::vector<std::string_view> parts = split_path(request.path);
    if (parts.size() < 2 || parts.size() > 3 || parts[0] != "v1" || parts.back().empty())
        return std::nullopt;
    const bool one = parts.size() == 3;
    if (parts[1] != "faults" && parts[1] != "proxies" && (parts[1] != "events" || one))
        return std::nullopt;
    const bool is_fixed = parts[1] == "proxies" && proxies_.is_in_a_run();
    const std::string_view methods = one && !is_fixed       ? of_one
                                     : parts[1] == "faults" ? of_faults
                                                            : of_list;
    if (!is_allowed(methods, request.method)) {
        std::string allow;
        for (const char c : methods) allow += c == ' ' ? std::string{", "} : std::string{c};
        Answer answer = refuse(405, "expected " + allow + ", found " + request.method);
        answer.fields.emplace_back("Allow", allow);
        return answer;
    }
    if (parts[1] == "events")
        return Answer{.type = "text/event-stream",
                      .body = ": events of the proxies and their faults\n\n",
                      .fields = {{"Cache-Control", "no-store"}},
                      .streams = true};
    if (parts[1] == "faults" && one) return of_fault(request, parts[2]);
    if (parts[1] == "faults") return request.method == "POST" ? add_fault(request) : list_faults();
    return one ? of_proxy(request, parts[2]) : list_proxies();
}

Json OwnApi::describe(const HeldFault& held) {
    Json shown = write_fault(
        {.id = held.fault.id, .target = held.target, .lease = held.lease, .kind = held.fault.kind});
    // Keys that begin with x- are read past: what was shown can be put again as it is.
    if (const auto left = proxies_.left(held))
        shown["x-left"] =
            Text<Duration>::print(std::chrono::duration_cast<std::chrono::milliseconds>(*left));
    return shown;
}

Answer OwnApi::list_faults() {
    Json all = Json::array();
    for (const auto& [id, held] : proxies_.faults()) all.push_back(describe(held));
    return json(200, Json{{"faults", std::move(all)}});
}

Answer OwnApi::of_fault(const Request& request, std::string_view name) {
    const std::string id{name};
    if (request.method == "PUT") return put_fault(request, id);
    const auto held = proxies_.faults().find(id);
    if (held == proxies_.faults().end()) return refuse(404, "there is no fault \"" + id + "\"");
    if (request.method == "GET") return json(200, describe(held->second));
    proxies_.remove_fault(id);
    return {.status = 204};
}

Answer OwnApi::add_fault(const Request& request) {
    if (auto wrong = find_wrong_type(request)) return *std::move(wrong);
    Result<FaultText, scenarios::Failure> read = read_fault(request.body);
    if (!read) return refuse(read.error());
    if (read->id.empty()) return refuse(400, "missing key \"id\": PUT has it in the path");
    if (proxies_.faults().contains(read->id))
        return refuse(409, "the fault \"" + read->id + "\" is there: PUT changes it");
    const std::string id = read->id;
    return put_fault(*std::move(read), id);
}

Answer OwnApi::put_fault(const Request& request, const std::string& id) {
    if (auto wrong = find_wrong_type(request)) return *std::move(wrong);
    Result<FaultText, scenarios::Failure> read = read_fault(request.body);
    if (!read) return refuse(read.error());
    if (!read->id.empty() && read->id != id)
        return refuse(400, "the body's id is \"" + read->id + "\", the path's is \"" + id + "\"");
    return put_fault(*std::move(read), id);
}

Answer OwnApi::put_fault(FaultText fault, const std::string& id) {
    const bool is_new = !proxies_.faults().contains(id);
    if (is_new && id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789_-.") != std::string::npos)
        return refuse(400, "an id has letters, digits, _, - and .");
    if (const auto refusal = proxies_.put_fault(
            fault.target, {.id = id, .kind = std::move(fault.kind)}, fault.lease))
        return refuse(refusal->status, refusal->message);
    return json(is_new ? 201 : 200, describe(proxies_.faults().at(id)));
}

Json OwnApi::describe(Proxy& proxy) {
    const std::string& name = proxy.settings().name;
    const proxy::EdgeMeter& meter = proxy.meter();
    Json faults = Json::array();
    for (const auto& [id, held] : proxies_.faults())
        if (held.stands_on(name)) faults.push_back(id);
    Json toxics = Json::array();
    for (const Toxic* toxic : proxies_.toxics(name)) toxics.push_back(toxic->name);
    Json shown{{"name", name},
               {"listen", proxies_.listen_of(proxy)},
               {"upstream", proxies_.upstream_of(proxy)},
               {"flavour", name_of(proxy.settings().flavour)},
               {"enabled", proxy.is_enabled()},
               {"faults", std::move(faults)},
               {"toxics", std::move(toxics)},
               {"open", meter.open},
               {"connections", meter.connections},
               {"unreachable", meter.unreachable},
               {"calls", meter.calls},
               {"bytes", Json{{"request", meter.bytes[0]}, {"response", meter.bytes[1]}}},
               {"stalls", meter.stalls}};
    if (proxy.problem()) shown["problem"] = proxy.problem()->message;
    return shown;
}

Answer OwnApi::list_proxies() {
    Json all = Json::array();
    for (Proxy* proxy : proxies_.list()) all.push_back(describe(*proxy));
    return json(200, Json{{"proxies", std::move(all)}});
}

Answer OwnApi::of_proxy(const Request& request, std::string_view name) {
    if (request.method == "PUT") return put_proxy(request, std::string{name});
    Proxy* proxy = proxies_.find(name);
    if (proxy == nullptr) return refuse(404, "proxy not found");
    if (request.method == "GET") return json(200, describe(*proxy));
    (void)proxies_.remove(name);
    return {.status = 204};
}

Answer OwnApi::put_proxy(const Request& request, const std::string& name) {
    if (auto wrong = find_wrong_type(request)) return *std::move(wrong);
    const Result<Json, std::string> body = read_first(request.body);
    if (!body) return refuse(400, "bad request body: " + body.error());
    FieldReader fields{*body};
    ProxyChange change;
    std::optional<std::string> flavour;
    fields.read("listen", change.listen);
    fields.read("upstream", change.upstream);
    fields.read("enabled", change.enabled);
    fields.read("flavour", flavour);
    if (!fields.problem().empty()) return refuse(400, fields.problem());
    if (body->is_object())
        for (const auto& [key, value] : body->items())
            if (key != "listen" && key != "upstream" && key != "enabled" && key != "flavour")
                return refuse(400, "unknown key \"" + key +
                                       "\": there are listen, upstream, enabled and flavour");
    if (flavour && *flavour != "tcp" && *flavour != "http")
        return refuse(400, "expected tcp or http for flavour, found \"" + *flavour + "\"");
    Proxy* proxy = proxies_.find(name);
    const bool is_new = proxy == nullptr;
    if (is_new && !change.upstream) return refuse(400, "missing key \"upstream\"");
    if (!is_new && flavour && *flavour != name_of(proxy->settings().flavour))
        return refuse(409, "the proxy is of another flavour: remove it first");
    const auto refusal =
        is_new ? proxies_.create({.name = name,
                                  .listen = change.listen.value_or(""),
                                  .upstream = *change.upstream,
                                  .enabled = change.enabled.value_or(true),
                                  .flavour = flavour == "http" ? Flavour::http : Flavour::tcp})
               : proxies_.update(name, change);
    if (refusal) return refuse(refusal->status, refusal->message);
    return json(is_new ? 201 : 200, describe(*proxies_.find(name)));
}

}  // namespace shaketable::injector::control
