#include "policies/outlier_ejection.h"

#include <catch2/catch.hpp>

#include "policies/presets_endpoint.h"
#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

/// `n` answers of an endpoint. True when the last of them changed anything.
bool answers(EjectionMachine& machine, Time now, std::uint32_t endpoint, int n, Outcome outcome) {
    Random random = dice();
    bool changed = false;
    for (int i = 0; i < n; ++i) changed = machine.observe(now, endpoint, outcome, 0, random);
    return changed;
}

TEST_CASE("ejection: Envoy's ejects at the fifth error in a row") {
    EjectionMachine machine{OutlierEjection{}, 10};
    answers(machine, {}, 3, 4, Outcome::error);
    answers(machine, {}, 3, 1, Outcome::ok);
    answers(machine, {}, 3, 4, Outcome::error);
    CHECK(machine.is_eligible(3, {}));
    CHECK(answers(machine, {}, 3, 1, Outcome::error));
    CHECK_FALSE(machine.is_eligible(3, {}));
}

TEST_CASE("ejection: five errors in a row at 50% take 62 requests in the mean") {
    Random random = dice();
    double requests = 0;
    const int runs = 20'000;
    for (int r = 0; r < runs; ++r) {
        EjectionMachine machine{OutlierEjection{}, 10};
        bool ejected = false;
        for (; !ejected; ++requests)
            ejected = machine.observe({}, 0, random.chance(0.5) ? Outcome::error : Outcome::ok, 0,
                                      random);
    }
    CHECK(requests / runs == Approx(62).epsilon(0.02));
}

TEST_CASE("ejection: with at most 10%, one of ten may go, and of nine none") {
    EjectionMachine ten{OutlierEjection{}, 10};
    for (std::uint32_t i = 0; i < 10; ++i) answers(ten, {}, i, 100, Outcome::error);
    CHECK(ten.ejected() == 1);
    EjectionMachine nine{OutlierEjection{}, 9};
    for (std::uint32_t i = 0; i < 9; ++i) answers(nine, {}, i, 100, Outcome::error);
    CHECK(nine.ejected() == 0);
}

TEST_CASE("ejection: a success rate below the mean by 1.9 population deviations ejects") {
    EjectionMachine machine{OutlierEjection{.consecutive = 0, .ejected_max = Share{1}}, 5};
    Random random = dice();
    for (std::uint32_t i = 0; i < 5; ++i)
        answers(machine, at(seconds{1}), i, 100, i == 2 ? Outcome::error : Outcome::ok);
    CHECK_FALSE(machine.sweep(at(seconds{9}), random));
    CHECK(machine.sweep(at(seconds{10}), random));  // sqrt((5 - 1) / 1) = 2 deviations
    CHECK(machine.is_ejected(2));
    CHECK(machine.ejected() == 1);
}

TEST_CASE(
    "ejection: one bad endpoint of four lies only 1.73 deviations off, and too few are judged") {
    for (const std::uint32_t n : {4U, 5U}) {
        EjectionMachine machine{
            OutlierEjection{.consecutive = 0, .ejected_max = Share{1}, .hosts_min = n}, n};
        Random random = dice();
        for (std::uint32_t i = 0; i < n; ++i)
            answers(machine, {}, i, 100, i == 0 ? Outcome::error : Outcome::ok);
        CHECK(machine.sweep(at(seconds{10}), random) == (n == 5));
    }
    EjectionMachine quiet{OutlierEjection{.consecutive = 0, .ejected_max = Share{1}}, 5};
    Random random = dice();
    for (std::uint32_t i = 0; i < 5; ++i)
        answers(quiet, {}, i, i == 4 ? 99 : 100, i == 0 ? Outcome::error : Outcome::ok);
    CHECK_FALSE(quiet.sweep(at(seconds{10}), random));
}

TEST_CASE(
    "ejection: Envoy's lasts 30 s times its number and ends in a sweep; health makes it shorter "
    "again") {
    EjectionMachine machine{OutlierEjection{}, 10};
    Random random = dice();
    answers(machine, at(seconds{1}), 0, 5, Outcome::error);
    machine.sweep(at(seconds{30}), random);
    CHECK(machine.is_ejected(0));
    machine.sweep(at(seconds{39}), random);
    CHECK(machine.is_ejected(0));  // over at 31 s, but back only in the sweep at 40 s
    CHECK(machine.sweep(at(seconds{40}), random));
    CHECK_FALSE(machine.is_ejected(0));
    answers(machine, at(seconds{41}), 0, 5, Outcome::error);  // the second in a row: 60 s
    machine.sweep(at(seconds{100}), random);
    CHECK(machine.is_ejected(0));
    machine.sweep(at(seconds{110}), random);
    CHECK_FALSE(machine.is_ejected(0));
    machine.sweep(at(seconds{130}), random);  // two sweeps in health take both back
    answers(machine, at(seconds{131}), 0, 5, Outcome::error);
    machine.sweep(at(seconds{160}), random);
    CHECK(machine.is_ejected(0));
    machine.sweep(at(seconds{170}), random);
    CHECK_FALSE(machine.is_ejected(0));
}

TEST_CASE("ejection: Finagle's comes back by one probe, or is ejected again for longer") {
    OutlierEjection settings{.preset = "finagle"};
    settings.jitter = EjectionJitter::none;
    EjectionMachine machine{settings, 2};
    Random random = dice();
    answers(machine, {}, 0, 5, Outcome::error);
    CHECK_FALSE(machine.is_eligible(0, at(milliseconds{4999})));
    CHECK(machine.is_eligible(0, at(seconds{5})));
    machine.on_pick(0);
    CHECK_FALSE(machine.is_eligible(0, at(seconds{5})));
    CHECK_FALSE(machine.observe(at(seconds{5}), 0, Outcome::error, 0, random));
    CHECK_FALSE(machine.is_eligible(0, at(seconds{14})));
    CHECK(machine.is_eligible(0, at(seconds{15})));  // ten seconds more
    machine.on_pick(0);
    CHECK(machine.observe(at(seconds{15}), 0, Outcome::ok, 0, random));
    CHECK_FALSE(machine.is_ejected(0));
}

TEST_CASE("ejection: Finagle's moving average judges only after a full window") {
    OutlierEjection settings{.preset = "finagle", .consecutive = 1000};
    EjectionMachine machine{settings, 2};
    Time now{};
    for (; now < at(seconds{29}); now += milliseconds{100})
        answers(machine, now, 0, 1, Outcome::error);
    CHECK_FALSE(machine.is_ejected(0));
    for (; now < at(seconds{31}); now += milliseconds{100})
        answers(machine, now, 0, 1, Outcome::error);
    CHECK(machine.is_ejected(0));
}

TEST_CASE("ejection: linkerd's takes seven in a row, and waits from 1 s to 1.5 s") {
    EjectionMachine machine{OutlierEjection{.preset = "linkerd"}, 1};
    answers(machine, {}, 0, 6, Outcome::error);
    CHECK_FALSE(machine.is_ejected(0));
    answers(machine, {}, 0, 1, Outcome::error);
    CHECK(machine.is_ejected(0));
    CHECK_FALSE(machine.is_eligible(0, at(milliseconds{999})));
    CHECK(machine.is_eligible(0, at(milliseconds{1500})));
}

TEST_CASE("ejection: impossible settings are refused at their field") {
    CHECK(OutlierEjection{}.find_problem() == std::nullopt);
    CHECK(OutlierEjection{.preset = "envy"}.find_problem()->hint == "did you mean \"envoy\"?");
    CHECK(OutlierEjection{.ejection_max = seconds{1}}.find_problem()->field == "ejection_max");
    CHECK(OutlierEjection{.ema_window = seconds{1}}.find_problem()->field == "ema_window");
    for (const std::string& name : ejection_preset_names())
        CHECK(OutlierEjection{.preset = name}.find_problem() == std::nullopt);
}

}  // namespace
}  // namespace shaketable::policies
