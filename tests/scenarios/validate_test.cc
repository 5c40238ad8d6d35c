#include "scenarios/validate.h"

#include "tests/scenarios/validate_text.h"

namespace shaketable::scenarios {

TEST_CASE("validate: a system in order has no problems") {
    const Problems problems = problems_of(plain_system);
    INFO(print(problems));
    CHECK(problems.empty());
}

TEST_CASE("validate: a call to an unknown service names the nearest one and the line") {
    const Problem p = only(problems_of(replaced(plain_system, "call: db.read", "call: dbb.read")));
    CHECK(p.code == "E101");
    CHECK(p.message == "unknown service \"dbb\"");
    CHECK(p.hint == "did you mean \"db\"?");
    CHECK(p.where.line == 13);
}

TEST_CASE("validate: a call to an unknown endpoint says which ones there are") {
    const Problem p =
        only(problems_of(replaced(plain_system, "call: db.read", "call: db.reed")), "E104");
    CHECK(p.message == "unknown endpoint \"db.reed\"");
    CHECK(p.hint == "did you mean \"db.read\"?");
    CHECK(p.notes == std::vector<std::string>{"db has one endpoint: read"});
}

TEST_CASE("validate: a call without an endpoint is told the form") {
    const Problem p = only(problems_of(replaced(plain_system, "call: db.read", "call: db")));
    CHECK(p.code == "E104");
    CHECK(p.message == "expected \"service.endpoint\", found \"db\"");
    CHECK(p.hint == "did you mean \"db.read\"?");
}

TEST_CASE(
    "validate: a call to nowhere is one problem, not one for each fault and expectation on it") {
    const std::string more = plain_system + "  - attempts(web -> db) < 2\n";
    CHECK(only(problems_of(replaced(more, "call: db.read", "call: db.reed"))).code == "E104");
}

TEST_CASE("validate: a workload may not call what is not there") {
    CHECK(only(problems_of(replaced(plain_system, "call: web.page, arr", "call: web.pages, arr")),
               "E104")
              .where.line == 21);
}

TEST_CASE("validate: an unknown policy names the nearest one") {
    const Problem p = only(problems_of(replaced(plain_system, "policy: rpc", "policy: rcp")));
    CHECK(p.code == "E102");
    CHECK(p.hint == "did you mean \"rpc\"?");
    CHECK(p.where.line == 13);
}

TEST_CASE("validate: the call of a fallback is checked like any other, once") {
    const Problem p = only(problems_of(
        replaced(plain_system, "{timeout: 1s}", "{timeout: 1s, fallback: {call: cache.get}}")));
    CHECK(p.code == "E101");
    CHECK(p.where.line == 20);
}

TEST_CASE("validate: zones must be declared wherever they are used") {
    CHECK(only(problems_of(replaced(plain_system, "replicas: 2", "replicas: {a: 1, c: 1}"))).code ==
          "E103");
    CHECK(only(problems_of(
                   replaced(plain_system, "poisson(10/s)}", "poisson(10/s), from: {c: 100%}}")))
              .code == "E103");
    CHECK(only(problems_of(replaced(plain_system, "success(web.page)", "success(web.page from c)")))
              .code == "E103");
    CHECK(only(problems_of(
                   replaced(plain_system, "zones:", "network: {\"zone:c -> db\": 1ms}\nzones:")))
              .code == "E103");
}

TEST_CASE("validate: a link to an unknown service is refused") {
    const Problem p = only(
        problems_of(replaced(plain_system, "zones:", "network: {\"web -> bd\": 1ms}\nzones:")));
    CHECK(p.code == "E101");
    CHECK(p.hint == "did you mean \"db\"?");
}

TEST_CASE("validate: a service and a workload cannot share a name") {
    const Problem p = only(problems_of(replaced(plain_system, "{users: {", "{web: {")), "E105");
    CHECK(p.notes.at(0) == "\"web\" is the name of a service, line 6");
}

TEST_CASE("validate: two faults, or a fault and a window, cannot share a name") {
    const std::string twice = replaced(
        plain_system, "expect:", "  - {id: cut, at: 50s, fault: refuse, target: db}\nexpect:");
    CHECK(only(problems_of(twice)).code == "E105");
    CHECK(only(problems_of(plain_system + "windows: {cut: {from: 1s, to: 2s}}\n")).code == "E105");
    CHECK(only(problems_of(plain_system + "windows: {baseline: {from: 1s, to: 2s}}\n")).code ==
          "E105");
}

TEST_CASE("validate: two expectations cannot share an id, and two services no dice") {
    const std::string twice =
        plain_system + "  - {id: x, that: errors(db) < 5%}\n  - {id: x, that: errors(db) < 6%}\n";
    CHECK(only(problems_of(twice)).code == "E105");
    CHECK(only(problems_of(
                   replaced(plain_system, "    workers: 4", "    stream: web\n    workers: 4")))
              .code == "E105");
}

TEST_CASE("validate: without a workload nothing would happen") {
    const std::string text =
        replaced(plain_system, "workload: {users: {call: web.page, arrivals: poisson(10/s)}}",
                 "workload: {}");
    CHECK(has(problems_of(text), "E108"));
}

TEST_CASE("validate: a call cycle without exit is refused, with its path") {
    const Problem p =
        only(problems_of(replaced(plain_system, "[{work: 2ms}]", "[{call: web.page}]")));
    CHECK(p.code == "E106");
    CHECK(p.message ==
          "these calls go round in a circle and never end: web.page -> db.read -> web.page");
    CHECK(p.where.line == 19);
}

TEST_CASE("validate: an endpoint that calls itself is a circle of one") {
    const Problem p =
        only(problems_of(replaced(plain_system, "[{work: 2ms}]", "[{call: db.read}]")));
    CHECK(p.message == "these calls go round in a circle and never end: db.read -> db.read");
}

TEST_CASE("validate: a call cycle that thins out is fine, one that grows is not") {
    const auto back = [](std::string step) {
        return problems_of(replaced(plain_system, "[{work: 2ms}]", "[" + step + "]"));
    };
    CHECK(back("{call: web.page, probability: 50%}").empty());
    CHECK(back("{cache: {hit: 10%, miss: [{call: web.page}]}}").empty());
    CHECK(
        only(back("{choose: [{weight: 60%, steps: [{call: web.page}, {call: web.page}]}]}")).code ==
        "E109");
}

TEST_CASE("validate: more than a million calls for one request are refused") {
    const std::string loop =
        "{loop: {times: 2000, steps: [{loop: {times: 1000, steps: [{call: db.read}]}}]}}";
    const Problem p =
        only(problems_of(replaced(plain_system, "{call: db.read, policy: rpc}", loop)));
    CHECK(p.code == "E109");
    CHECK(p.where.line == 21);
    const std::string fewer =
        "{loop: {times: 900, steps: [{loop: {times: 1000, steps: [{call: db.read}]}}]}}";
    CHECK(problems_of(replaced(plain_system, "{call: db.read, policy: rpc}", fewer)).empty());
}

TEST_CASE("validate: ten thousand services in a row are read in no time") {
    Scenario scenario;
    for (int i = 0; i < 10'000; ++i) {
        Endpoint endpoint;
        endpoint.steps.push_back({Call{.call = "s" + std::to_string(i + 1) + ".e"}});
        if (i == 9'999) endpoint.steps.clear();
        Service service;
        service.endpoints.entries.push_back({"e", endpoint});
        scenario.services.entries.push_back({"s" + std::to_string(i), service});
    }
    Workload users;
    users.call = "s0.e";
    scenario.workload.entries.push_back({"users", users});
    CHECK(validate(scenario, [](std::string_view) { return Location{}; }).empty());
}

}  // namespace shaketable::scenarios
