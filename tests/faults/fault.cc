#include "faults/fault.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

Fault fault_of(AnyKind what, const char* target) {
    Fault fault{.id = "it", .for_ = 30s, .what = std::move(what)};
    if (target != nullptr) fault.target = *Text<Target>::parse(target);
    return fault;
}

/// "code field", or "" where all is well.
std::string verdict_on(const Fault& fault) {
    const auto problem = fault.find_problem();
    return problem ? problem->code + " " + problem->field : "";
}

TEST_CASE("fault: each kind says whom it can hit") {
    CHECK(verdict_on(fault_of(Slow{.factor = 2}, "ledger")).empty());
    CHECK(verdict_on(fault_of(Slow{.factor = 2}, "ledger[0]")).empty());
    CHECK(verdict_on(fault_of(Slow{.factor = 2}, "zone:a")).empty());
    CHECK(verdict_on(fault_of(Slow{.factor = 2}, "*")).empty());
    CHECK(verdict_on(fault_of(Slow{.factor = 2}, "a -> b")) == "E114 target");
    CHECK(verdict_on(fault_of(Slow{.factor = 2}, "bus/orders")) == "E114 target");
    CHECK(verdict_on(fault_of(Slow{.factor = 2}, nullptr)) == "E012 target");
    CHECK(verdict_on(fault_of(Latency{}, "a <-> b")).empty());
    CHECK(verdict_on(fault_of(Latency{}, "api -> bus/orders")).empty());
    CHECK(verdict_on(fault_of(Capacity{}, "ledger[0]")) == "E114 target");
    CHECK(verdict_on(fault_of(Capacity{}, "zone:a")) == "E114 target");
    CHECK(verdict_on(fault_of(Load{.factor = 2}, nullptr)).empty());
    CHECK(verdict_on(fault_of(Load{.factor = 2}, "shoppers")).empty());
    CHECK(verdict_on(fault_of(Load{.factor = 2}, "shoppers[0]")) == "E114 target");
    const auto problem = fault_of(Crash{}, "a -> b").find_problem();
    CHECK(problem->message == "crash cannot work on a -> b");
    CHECK(problem->hint == "it works on a service, replicas (service[0]) or a zone (zone:NAME)");
}

TEST_CASE("fault: a partition has groups, or a shape and a target") {
    const Partition groups{.groups = {{*Text<Side>::parse("a")}, {*Text<Side>::parse("b")}}};
    CHECK(verdict_on(fault_of(groups, nullptr)).empty());
    CHECK(verdict_on(fault_of(groups, "a")) == "E014 target");
    const Partition shape{.shape = Partition::Shape::halves};
    CHECK(verdict_on(fault_of(shape, "store")).empty());
    CHECK(verdict_on(fault_of(shape, nullptr)) == "E012 target");
    CHECK(verdict_on(fault_of(shape, "a -> b")) == "E114 target");
}

TEST_CASE("fault: lengths, ramps and repetitions that make no sense are refused") {
    Fault fault = fault_of(Slow{.factor = 2}, "ledger");
    fault.ramp = 31s;
    CHECK(verdict_on(fault) == "E023 ramp");
    fault.ramp = 30s;
    CHECK(verdict_on(fault).empty());
    fault.for_ = 0s;
    CHECK(verdict_on(fault) == "E023 for");
    fault.for_.reset();
    fault.every = Every{.period = 60s};
    CHECK(verdict_on(fault) == "E012 for");
    fault.for_ = 61s;
    CHECK(verdict_on(fault) == "E023 every");
    fault.for_ = 60s;
    CHECK(verdict_on(fault).empty());
    fault.random = RandomTimes{{1}};
    CHECK(verdict_on(fault) == "E014 random");

    Fault crash = fault_of(Crash{.restart_after = 31s}, "ledger");
    CHECK(verdict_on(crash) == "E023 for");
    crash.for_.reset();
    crash.random = RandomTimes{{1}};
    CHECK(verdict_on(crash).empty());
    crash.ramp = 1s;
    CHECK(verdict_on(crash) == "E014 ramp");
}

TEST_CASE("fault: an id can be referred to and takes no other window's name") {
    Fault fault = fault_of(Pause{}, "ledger");
    for (const char* id : {"", "a.b", "a b", "run", "baseline"}) {
        fault.id = id;
        CHECK(verdict_on(fault) == "E023 id");
    }
    fault.id = "ledger-brownout_2";
    CHECK(verdict_on(fault).empty());
}

}  // namespace
}  // namespace shaketable::faults
