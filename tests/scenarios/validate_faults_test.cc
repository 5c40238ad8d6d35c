#include "tests/scenarios/validate_text.h"

namespace shaketable::scenarios {

namespace {

/// The plain system with another fault, written as the inside of its map, but for id and time.
Problems with_fault(const std::string& fault) {
    return problems_of(replaced(plain_system, "fault: refuse, target: web -> db", fault));
}

}  // namespace

TEST_CASE("validate: a fault on an unknown service, workload or zone is refused") {
    CHECK(only(with_fault("fault: slow, factor: 2, target: dbb")).code == "E101");
    CHECK(only(with_fault("fault: slow, factor: 2, target: \"zone:c\"")).code == "E103");
    CHECK(only(with_fault("fault: load, factor: 2, target: user")).hint ==
          "did you mean \"users\"?");
    CHECK(only(with_fault("fault: refuse, target: users -> wep")).code == "E101");
}

TEST_CASE("validate: a fault on a workload must be one of load, and the other way round") {
    const Problem slow = only(with_fault("fault: slow, factor: 2, target: users"));
    CHECK(slow.message == "\"users\" is a workload, expected a service");
    const Problem load = only(with_fault("fault: load, factor: 2, target: db"));
    CHECK(load.code == "E114");
    CHECK(load.message == "load works on a workload, and \"db\" is a service");
}

TEST_CASE("validate: a replica that is not there cannot fail") {
    CHECK(with_fault("fault: crash, target: \"db[2]\"").empty());
    const Problem p = only(with_fault("fault: crash, target: \"db[3]\""));
    CHECK(p.code == "E114");
    CHECK(p.notes == std::vector<std::string>{"db has 3 replicas, numbered from 0 to 2"});
}

TEST_CASE("validate: replicas given as a number are spread over the zones in turn") {
    CHECK(with_fault("fault: crash, target: \"db[a/1]\"").empty());
    CHECK(with_fault("fault: crash, target: \"db[b/0]\"").empty());
    CHECK(only(with_fault("fault: crash, target: \"db[b/1]\"")).message ==
          "there is no replica 1 of db in zone b");
    CHECK(only(with_fault("fault: crash, target: \"db[c/0]\"")).code == "E103");
}

TEST_CASE("validate: a fault on an edge that no step uses is refused, and says who calls") {
    const Problem p = only(with_fault("fault: refuse, target: users -> db"));
    CHECK(p.code == "E114");
    CHECK(p.notes == std::vector<std::string>{"callers of db: web"});
    const Problem back = only(with_fault("fault: refuse, target: db -> web"));
    CHECK(back.hint == "the arrow points from the caller to the callee");
    CHECK(with_fault("fault: refuse, target: db <-> web").empty());
    CHECK(with_fault("fault: refuse, target: users -> web").empty());
    CHECK(with_fault("fault: refuse, target: \"* -> db\"").empty());
}

TEST_CASE("validate: a fault needs something to take away") {
    CHECK(only(with_fault("fault: cold_cache, target: db")).code == "E114");
    CHECK(only(with_fault("fault: exhaust, connections: 50%, target: db")).code == "E114");
    CHECK(with_fault("fault: exhaust, workers: 50%, target: db").empty());
    const std::string pooled = replaced(plain_system, "timeout: 1s", "timeout: 1s, bulkhead: 5");
    CHECK(problems_of(replaced(pooled, "refuse, target: web -> db",
                               "exhaust, connections: 50%, target: db"))
              .empty());
    const std::string cached =
        replaced(plain_system, "[{work: 2ms}]", "[{cache: {hit: 50%, miss: [{work: 2ms}]}}]");
    CHECK(problems_of(replaced(cached, "refuse, target: web -> db", "cold_cache, target: db"))
              .empty());
}

TEST_CASE("validate: nobody may stand in two groups of a partition, and nobody in none of one") {
    CHECK(with_fault("fault: partition, groups: [[\"zone:a\"], [\"zone:b\"]]").empty());
    CHECK(only(with_fault("fault: partition, groups: [[\"zone:a\"], [db]]")).code == "E118");
    CHECK(only(with_fault("fault: partition, groups: [[\"zone:a\"], [dbb]]")).code == "E101");
    const std::string empty_zone =
        replaced(plain_system, "{a: {}, b: {}}", "{a: {}, b: {}, c: {}, d: {}}");
    CHECK(only(problems_of(replaced(empty_zone, "refuse, target: web -> db",
                                    "partition, groups: [[\"zone:a\"], [\"zone:d\"]]")))
              .code == "E117");
    CHECK(only(with_fault("fault: partition, shape: majorities-ring, target: db")).code == "E117");
}

TEST_CASE("validate: a fault must happen within the run") {
    const Problem p = only(problems_of(replaced(plain_system, "at: 20s", "at: 100s")), "E115");
    CHECK(p.where.line == 23);
}

TEST_CASE("validate: times may count from other faults, but not in a circle or from nobody") {
    const auto two = [](const std::string& first, const std::string& second) {
        return problems_of(replaced(
            plain_system, "  - {id: cut, at: 20s",
            "  - {id: slow, at: " + second +
                ", for: 1s, fault: slow, factor: 2, target: db}\n  - {id: cut, at: " + first));
    };
    CHECK(two("slow.end + 3s", "20s").empty());
    CHECK(only(two("slow.end", "cut.start")).code == "E116");
    CHECK(only(two("slwo.end", "20s")).code == "E111");
}

TEST_CASE("validate: a window or a workload beyond the end of the run is refused") {
    CHECK(only(problems_of(plain_system + "windows: {late: {from: 90s, to: 101s}}\n")).code ==
          "E115");
    CHECK(only(problems_of(replaced(plain_system, "poisson(10/s)}", "poisson(10/s), start: 100s}")))
              .code == "E115");
}

}  // namespace shaketable::scenarios
