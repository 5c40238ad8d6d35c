#include "injector/control/toxiproxy.h"

#include <algorithm>

namespace shaketable::injector::control {

using proxy::Proxy;

namespace {

Answer as_json(int status, const Json& body) {
    return {.status = status, .type = "application/json", .body = print(body)};
}

Answer error_answer(const Refusal& refusal) {
    return plain(refusal.status,
                 print(Json{{"error", refusal.message}, {"status", refusal.status}}));
}

Answer error_answer(int status, std::string message) {
    return error_answer(Refusal{status, std::move(message)});
}

Answer bad_body(const std::string& why) {
    return error_answer(400, "bad request body: " + why);
}

/// Of a body that was wrong in whole or in part: as JSON, which the other errors are not.
Answer not_filled(int status, const std::string& message, const Json* done) {
    Json body{{"error", message}, {"status", status}};
    if (done != nullptr) body["proxies"] = *done;
    return as_json(status, body);
}

/// Twenty characters of the alphabet that Toxiproxy's ids have.
std::string request_id(std::uint64_t number) {
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
    std::string id(20, '0');
    for (std::size_t i = id.size(); i-- > 0; number /= digits.size())
        id[i] = digits[number % digits.size()];
    return id;
}

/// Reads what a new toxic is; the toxics that stand already decide whether its name is free.
template <class IsTaken>
std::optional<Refusal> read_toxic(const Json& body, Toxic& toxic, IsTaken is_taken) {
    std::string type;
    FieldReader fields{body};
    fields.read("type", type);
    fields.read("name", toxic.name);
    fields.read("stream", toxic.stream);
    fields.read("toxicity", toxic.toxicity);
    const auto bad = [](const std::string& why) {
        return Refusal{400, "bad request body: " + why};
    };
    if (!fields.problem().empty()) return bad(fields.problem());
    if (toxic.stream.empty()) toxic.stream = "downstream";
    if (toxic.name.empty()) toxic.name = type + "_" + toxic.stream;
    const auto way = parse_stream(toxic.stream);
    if (!way) return Refusal{400, "stream was invalid, can be either upstream or downstream"};
    toxic.way = *way;
    toxic.type = find_toxic_type(type);
    if (toxic.type == nullptr) return Refusal{400, "invalid toxic type"};
    if (is_taken(toxic.name)) return Refusal{409, "toxic already exists"};
    const Json* attributes = fields.find("attributes");
    const std::string why = toxic.read_attributes(attributes != nullptr ? *attributes : Json{});
    if (!why.empty()) return bad(why);
    return std::nullopt;
}

ProxySpec read_spec(FieldReader& fields) {
    ProxySpec spec;
    fields.read("name", spec.name);
    fields.read("listen", spec.listen);
    fields.read("upstream", spec.upstream);
    fields.read("enabled", spec.enabled);
    return spec;
}

/// An entry of a populate body.
struct Entry {
    ProxySpec spec;
    std::vector<Toxic> toxics;
};

std::optional<Refusal> read_entry(const Json& body, std::size_t number, Entry& entry) {
    FieldReader fields{body};
    entry.spec = read_spec(fields);
    const auto at = [&](const std::string& what) {
        return Refusal{400, what + " at proxy " + std::to_string(number)};
    };
    if (!fields.problem().empty()) return at("bad request body: " + fields.problem());
    if (entry.spec.name.empty()) return at("missing required field: name");
    if (entry.spec.upstream.empty()) return at("missing required field: upstream");
    const Json* toxics = fields.find("toxics");
    if (toxics == nullptr) return std::nullopt;
    if (!toxics->is_array()) return at("bad request body: expected an array for toxics");
    for (const Json& one : *toxics) {
        Toxic toxic;
        const auto is_taken = [&](const std::string& name) {
            return std::any_of(entry.toxics.begin(), entry.toxics.end(),
                               [&](const Toxic& other) { return other.name == name; });
        };
        if (auto refusal = read_toxic(one, toxic, is_taken)) return at(refusal->message);
        entry.toxics.push_back(std::move(toxic));
    }
    return std::nullopt;
}

/// What a path leads to, and how it may be asked.
struct Route {
    ToxiproxyPath to;
    std::string_view methods;  ///< each with a space before and behind it
};

std::optional<Route> find_route(const std::vector<std::string_view>& parts) {
    using To = ToxiproxyPath;
    constexpr std::string_view of_single = " GET PATCH POST DELETE ";
    for (const std::string_view part : parts)
        if (part.empty()) return std::nullopt;
    if (parts.size() == 1) {
        if (parts[0] == "version") return Route{To::version, " GET "};
        if (parts[0] == "proxies") return Route{To::all, " GET POST "};
        if (parts[0] == "populate") return Route{To::populate, " POST "};
        if (parts[0] == "reset") return Route{To::reset, " POST "};
    }
    if (parts.size() < 2 || parts[0] != "proxies") return std::nullopt;
    if (parts.size() == 2) return Route{To::proxy, of_single};
    if (parts[2] != "toxics") return std::nullopt;
    if (parts.size() == 3) return Route{To::toxics, " GET POST "};
    if (parts.size() == 4) return Route{To::toxic, of_single};
    return std::nullopt;
}

}  // namespace

std::optional<Answer> Toxiproxy::answer(const Request& request) {
    const std::vector<std::string_view> parts = split_path(request.path);
    const std::optional<Route> route = find_route(parts);
    if (!route) return std::nullopt;
    if (route->methods.find(" " + request.method + " ") == std::string_view::npos)
        return Answer{.status = 405};
    Answer answer = request.user_agent.starts_with("Mozilla/")
                        ? plain(403, "User agent not allowed")
                        : carry_out(request, route->to, parts);
    answer.fields.emplace_back("X-Toxiproxy-Request-Id", request_id(++requests_));
    return answer;
}

Answer Toxiproxy::carry_out(const Request& request, ToxiproxyPath to,
                            const std::vector<std::string_view>& parts) {
    using To = ToxiproxyPath;
    switch (to) {
        case To::version:
            return {.status = 200,
                    .type = "application/json;charset=utf-8",
                    .body = "{\"version\": \"" + std::string{version} + "\"}\n"};
        case To::all:
            return request.method == "GET" ? list() : create(request);
        case To::populate:
            return fill(request.body);
        case To::reset:
            if (const auto refusal = proxies_.reset()) return error_answer(*refusal);
            return {.status = 204};
        case To::proxy:
            return of_proxy(request, parts[1]);
        case To::toxics:
            if (proxies_.find(parts[1]) == nullptr) return error_answer(404, "proxy not found");
            return request.method == "GET" ? as_json(200, toxics_of(parts[1]))
                                           : add_toxic(request, parts[1]);
        case To::toxic:
            return of_toxic(request, parts[1], parts[3]);
    }
    return {};
}

Json Toxiproxy::toxics_of(std::string_view name) {
    Json toxics = Json::array();
    for (const Toxic* toxic : proxies_.toxics(name)) toxics.push_back(toxic->to_json());
    return toxics;
}

Json Toxiproxy::describe(Proxy& proxy) {
    return Json{{"name", proxy.settings().name},
                {"listen", proxies_.listen_of(proxy)},
                {"upstream", proxies_.upstream_of(proxy)},
                {"enabled", proxy.is_enabled()},
                {"toxics", toxics_of(proxy.settings().name)}};
}

Answer Toxiproxy::list() {
    Json all = Json::object();
    for (Proxy* proxy : proxies_.list()) all[proxy->settings().name] = describe(*proxy);
    return as_json(200, all);
}

Answer Toxiproxy::create(const Request& request) {
    const Result<Json, std::string> body = read_first(request.body);
    if (!body) return bad_body(body.error());
    FieldReader fields{*body};
    const ProxySpec spec = read_spec(fields);
    if (!fields.problem().empty()) return bad_body(fields.problem());
    if (spec.name.empty()) return error_answer(400, "missing required field: name");
    if (spec.upstream.empty()) return error_answer(400, "missing required field: upstream");
    if (const auto refusal = proxies_.create(spec)) return error_answer(*refusal);
    return as_json(201, describe(*proxies_.find(spec.name)));
}

Answer Toxiproxy::of_proxy(const Request& request, std::string_view name) {
    Proxy* proxy = proxies_.find(name);
    if (proxy == nullptr) return error_answer(404, "proxy not found");
    if (request.method == "GET") return as_json(200, describe(*proxy));
    if (request.method == "DELETE") {
        if (const auto refusal = proxies_.remove(name)) return error_answer(*refusal);
        return {.status = 204};
    }
    const Result<Json, std::string> body = read_first(request.body);
    if (!body) return bad_body(body.error());
    FieldReader fields{*body};
    ProxyChange change;
    fields.read("listen", change.listen);
    fields.read("upstream", change.upstream);
    fields.read("enabled", change.enabled);
    if (!fields.problem().empty()) return bad_body(fields.problem());
    if (const auto refusal = proxies_.update(name, change)) return error_answer(*refusal);
    return as_json(200, describe(*proxy));
}

Answer Toxiproxy::add_toxic(const Request& request, std::string_view name) {
    const Result<Json, std::string> body = read_first(request.body);
    if (!body) return bad_body(body.error());
    Toxic toxic;
    const auto is_taken = [&](const std::string& other) {
        return proxies_.find_toxic(name, other) != nullptr;
    };
    if (const auto refusal = read_toxic(*body, toxic, is_taken)) return error_answer(*refusal);
    const Json shown = toxic.to_json();
    if (const auto refusal = proxies_.put_toxic(name, std::move(toxic)))
        return error_answer(*refusal);
    return as_json(200, shown);
}

Answer Toxiproxy::of_toxic(const Request& request, std::string_view name, std::string_view toxic) {
    if (proxies_.find(name) == nullptr) return error_answer(404, "proxy not found");
    if (request.method == "DELETE") {
        if (const auto refusal = proxies_.remove_toxic(name, toxic)) return error_answer(*refusal);
        return {.status = 204};
    }
    const Toxic* found = proxies_.find_toxic(name, toxic);
    if (request.method == "GET")
        return found != nullptr ? as_json(200, found->to_json())
                                : error_answer(404, "toxic not found");
    const Result<Json, std::string> body = read_first(request.body);
    if (!body) return bad_body(body.error());
    if (found == nullptr) return error_answer(404, "toxic not found");
    Toxic changed = *found;
    FieldReader fields{*body};
    fields.read("toxicity", changed.toxicity);
    if (!fields.problem().empty()) return bad_body(fields.problem());
    if (const Json* attributes = fields.find("attributes")) {
        const std::string why = changed.read_attributes(*attributes);
        if (!why.empty()) return bad_body(why);
    }
    const Json shown = changed.to_json();
    if (const auto refusal = proxies_.put_toxic(name, std::move(changed)))
        return error_answer(*refusal);
    return as_json(200, shown);
}

Answer Toxiproxy::fill(const std::string& text) {
    const Result<Json, std::string> body = read_first(text);
    if (!body) return not_filled(400, "bad request body: " + body.error(), nullptr);
    if (!body->is_array() && !body->is_null())
        return not_filled(400, "bad request body: expected an array", nullptr);
    std::vector<Entry> entries(body->size());
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (const auto refusal = read_entry((*body)[i], i + 1, entries[i]))
            return not_filled(refusal->status, refusal->message, nullptr);
    Json done = Json::array();
    for (const Entry& entry : entries) {
        if (auto refusal = put_entry(entry.spec, entry.toxics))
            return not_filled(500, refusal->message, &done);
        done.push_back(describe(*proxies_.find(entry.spec.name)));
    }
    return as_json(201, Json{{"proxies", entries.empty() ? Json{} : done}});
}

/// What is there already and the same stays as it is, but for toxics that are given.
std::optional<Refusal> Toxiproxy::put_entry(const ProxySpec& spec,
                                            const std::vector<Toxic>& toxics) {
    if (proxies_.is_same(spec)) {
        if (!toxics.empty()) proxies_.replace_toxics(spec.name, toxics);
        return std::nullopt;
    }
    if (proxies_.find(spec.name) != nullptr) (void)proxies_.remove(spec.name);
    return proxies_.create(spec, toxics);
}

std::optional<std::string> Toxiproxy::populate(const std::string& body) {
    const Answer answer = fill(body);
    if (answer.status == 201) return std::nullopt;
    const Result<Json, std::string> told = read_first(answer.body);
    return told && told->contains("error") ? (*told)["error"].get<std::string>() : answer.body;
}

}  // namespace shaketable::injector::control
