// What Prometheus reads: every line is well formed, whatever the names of the proxies.
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "tests/injector/control/rig.h"

namespace shaketable::injector::control {
namespace {

/// Without the labels that a summary or its like adds to a name.
std::string family_of(std::string name, const std::map<std::string, std::string>& types) {
    for (const std::string suffix : {"_sum", "_count"})
        if (!types.contains(name) && name.ends_with(suffix))
            name.erase(name.size() - suffix.size());
    return name;
}

/// Source: the text format of Prometheus, version 0.0.4.
void expect_well_formed(const std::string& text) {
    REQUIRE(text.ends_with('\n'));
    const std::regex comment{R"(# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))"};
    const std::string label = R"([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*")";
    const std::regex sample{"([a-zA-Z_:][a-zA-Z0-9_:]*)\\{(" + label + "(," + label +
                            ")*)\\} (-?[0-9.]+(e[+-]?[0-9]+)?|NaN|[+-]Inf)"};
    std::map<std::string, std::string> types;
    std::set<std::string> seen, closed;
    std::string family;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        std::smatch match;
        if (line.starts_with('#')) {
            REQUIRE(std::regex_match(line, match, comment));
            if (match[1] == "TYPE") {
                CHECK_FALSE(types.contains(match[2]));
                CHECK(std::set<std::string>{"counter", "gauge", "summary"}.contains(match[3]));
                types[match[2]] = match[3];
            }
            continue;
        }
        REQUIRE(std::regex_match(line, match, sample));
        const std::string name = family_of(match[1], types);
        REQUIRE(types.contains(name));
        if (types[name] == "counter") CHECK(name.ends_with("_total"));
        // All lines of a family stand together, and each of them once.
        if (name != family) CHECK(closed.insert(name).second);
        family = name;
        CHECK(seen.insert(line.substr(0, line.rfind(' '))).second);
    }
}

TEST_CASE("metrics: they are well formed with no proxy, and with one of any name") {
    ControlRig rig;
    expect_well_formed(rig.ask("GET", "/metrics").body);
    rig.add_proxy();
    for (const char* name : {"a%22b", "a%5Cb", "a%0Ab", "a%7D%20b", "%C3%A4"}) {
        INFO(name);
        REQUIRE(
            rig.put(std::string{"/v1/proxies/"} + name, R"({"upstream":"127.0.0.1:9"})").status ==
            201);
    }
    const Reply reply = rig.ask("GET", "/metrics");
    CHECK(reply.status == 200);
    CHECK(reply.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    expect_well_formed(reply.body);
    CHECK(reply.body.find("{proxy=\"a\\\"b\"} ") != std::string::npos);
    CHECK(reply.body.find("{proxy=\"a\\nb\"} ") != std::string::npos);
}

TEST_CASE("metrics: they move while a connection is open, and count what crosses") {
    ControlRig rig;
    rig.add_proxy();
    REQUIRE(rig.put("/v1/faults/f", R"({"fault":"latency","target":"p","delay":"1ms"})").status ==
            201);
    auto [client, server] = rig.rig.open(rig.proxy());
    client.send("12345");
    rig.rig.expect(server, "12345");
    const std::string text = rig.ask("GET", "/metrics").body;
    INFO(text);
    expect_well_formed(text);
    CHECK(text.find("shaketable_proxy_connections_total{proxy=\"p\"} 1\n") != std::string::npos);
    CHECK(text.find("shaketable_proxy_connections_open{proxy=\"p\"} 1\n") != std::string::npos);
    CHECK(text.find("toxiproxy_proxy_sent_bytes_total{direction=\"upstream\",listener=\"" +
                    rig.proxy().address().print() + "\",proxy=\"p\",upstream=\"" + rig.upstream() +
                    "\"} 5\n") != std::string::npos);
    CHECK(text.find("shaketable_proxy_delay_error_seconds_count{proxy=\"p\"} 1\n") !=
          std::string::npos);
    const std::string sum = "shaketable_proxy_delay_error_seconds_sum{proxy=\"p\"} ";
    REQUIRE(text.find(sum) != std::string::npos);
    CHECK(std::stod(text.substr(text.find(sum) + sum.size())) ==
          to_seconds(rig.proxy().meter().delay_error_sum));
}

TEST_CASE("metrics: a large count keeps all its digits") {
    ControlRig rig;
    rig.add_proxy();
    rig.proxy().meter().bytes[0] = 123'456'789'012'345;
    CHECK(rig.ask("GET", "/metrics").body.find("} 123456789012345\n") != std::string::npos);
}

}  // namespace
}  // namespace shaketable::injector::control
