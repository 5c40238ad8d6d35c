#include "tests/sim/random_scenario.h"

#include <initializer_list>
#include <string_view>

namespace shaketable::sim {
namespace {

/// SplitMix64, apart from the dice of the program.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_{seed * 0x9e3779b97f4a7c15} {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t n) { return next() % n; }
    std::uint64_t between(std::uint64_t low, std::uint64_t high) {
        return low + below(high - low + 1);
    }
    bool chance(std::uint64_t percent) { return below(100) < percent; }
    std::string pick(std::initializer_list<std::string_view> words) {
        return std::string{words.begin()[below(words.size())]};
    }

  private:
    std::uint64_t state_;
};

std::string number(std::uint64_t n) {
    return std::to_string(n);
}

std::string law(Dice& dice) {
    const std::string mean = number(dice.between(1, 12)) + "ms";
    switch (dice.below(5)) {
        case 0:
            return mean;
        case 1:
            return "exponential(mean=" + mean + ")";
        case 2:
            return "erlang(k=3 mean=" + mean + ")";
        case 3:
            return "uniform(1ms 15ms)";
        default:
            return "hyperexponential(mean=" + mean + " cv=2)";
    }
}

std::string call(Dice& dice, std::uint64_t callee) {
    std::string text = "{call: s" + number(callee) + ".get";
    if (dice.chance(60)) text += ", policy: p" + number(dice.below(3));
    if (dice.chance(20)) text += ", probability: 70%";
    if (dice.chance(15)) text += ", async: true";
    if (dice.chance(20)) text += ", optional: true";
    return text + "}";
}

std::string step(Dice& dice, std::uint64_t service, std::uint64_t services, unsigned depth) {
    const bool calls = service + 1 < services;
    const auto inner = [&] { return step(dice, service, services, depth + 1); };
    const std::uint64_t kind = dice.below(depth < 2 ? 11 : 6);
    if (kind < 2) return "{work: " + law(dice) + "}";
    if (kind == 2) return "{wait: " + law(dice) + "}";
    if (kind == 3) return "{fail: " + dice.pick({"500", "503", "404"}) + ", probability: 10%}";
    if (kind < 6)
        return calls ? call(dice, dice.between(service + 1, services - 1))
                     : "{work: " + law(dice) + "}";
    switch (kind) {
        case 6:
            return "{parallel: [" + inner() + ", " + inner() + "], need: 1}";
        case 7:
            return "{any: [" + inner() + ", " + inner() + "]}";
        case 9:
            return "{optimistic: {row: r" + number(depth) + ", keys: uniform(n=3), steps: [" +
                   inner() + "]}}";
        case 8:
            return "{choose: [{weight: 30%, steps: [" + inner() + "]}, {weight: 70%, steps: [" +
                   inner() + "]}]}";
        default:
            return "{cache: {keys: zipf(n=50 s=1), capacity: 10, coalesce: " +
                   dice.pick({"true", "false"}) + ", miss: [" + inner() + "]}}";
    }
}

std::string queue(Dice& dice) {
    std::string text = "{limit: " + dice.pick({"0", "5", "100", "unlimited"}) + ", discipline: " +
                       dice.pick({"fifo", "lifo", "adaptive-lifo", "priority", "random"});
    if (dice.chance(15)) text += ", codel: 5ms";
    if (dice.chance(15)) text += ", max_wait: 30ms";
    if (dice.chance(15)) text += ", patience: exponential(mean=50ms)";
    return text + "}";
}

std::string service(Dice& dice, std::uint64_t index, std::uint64_t services) {
    std::string text = "  s" + number(index) + ":\n    replicas: " + number(dice.between(1, 3));
    text += "\n    workers: " + dice.pick({"1", "2", "4", "8"});
    text += "\n    threading: " + dice.pick({"blocking", "async"});
    if (dice.chance(25)) text += "\n    cores: 2";
    if (dice.chance(20)) text += "\n    contention: {serial: 5%, crosstalk: 0.1%}";
    if (dice.chance(15)) text += "\n    crash_at: {requests: 12, restart_after: 700ms}";
    text += "\n    queue: " + queue(dice);
    text += "\n    balance: {policy: " +
            dice.pick({"round-robin", "random", "least-requests", "power-of-two", "join-idle-queue",
                       "peak-ewma"}) +
            (dice.chance(25) ? ", subset: 1}" : "}");
    if (dice.chance(20)) text += "\n    policies: {rate_limit: 60/s}";
    text += "\n    endpoints:\n      get:\n        idempotent: true\n        steps:\n";
    text += "          - {work: " + law(dice) + "}\n";
    for (std::uint64_t n = dice.between(0, 3); n > 0; --n)
        text += "          - " + step(dice, index, services, 0) + "\n";
    return text;
}

std::string policy(Dice& dice) {
    std::string text = "{timeout: " + dice.pick({"20ms", "100ms", "1s"});
    if (dice.chance(50))
        text += ", retry: {retries: " + number(dice.between(1, 3)) +
                ", when: [any], backoff: " + dice.pick({"0", "10ms"}) +
                (dice.chance(50) ? ", budget: 20%}" : "}");
    if (dice.chance(20)) text += ", hedge: {after: 15ms}";
    if (dice.chance(20)) {
        const bool spares = dice.chance(50) && text.find("retry") != std::string::npos;
        text += ", breaker: {open_at: 'errors >= 50% of 20', half_open_after: 1s";
        text += spares ? ", refuses: retries}" : "}";
    }
    if (dice.chance(20)) text += ", bulkhead: {connections: 4, pending: 3}";
    if (dice.chance(15)) text += ", rate_limit: 80/s";
    if (dice.chance(15)) text += ", fallback: 1ms";
    return text + ", cancel: " + dice.pick({"none", "queued", "propagate"}) + "}";
}

std::string workload(Dice& dice) {
    std::string text = "{call: s0.get, for: 10s, ";
    text += dice.chance(75)
                ? "arrivals: " + dice.pick({"poisson", "constant"}) + "(" +
                      number(dice.between(5, 120)) + "/s)"
                : "users: " + number(dice.between(1, 8)) + ", think: exponential(mean=20ms)";
    if (dice.chance(60)) text += ", policy: p" + number(dice.below(3));
    return text + "}";
}

std::string fault(Dice& dice, std::uint64_t index, std::uint64_t target) {
    const std::string kind = dice.pick(
        {"latency, delay: 20ms", "slow, factor: 5", "crash", "pause", "error, share: 30%",
         "refuse, share: 50%", "reset, share: 30%", "loss, share: 10%", "blackhole, share: 30%"});
    return "  - {id: f" + number(index) + ", at: " + number(dice.between(1, 8)) +
           "s, for: " + number(dice.between(1, 3)) + "s, target: s" + number(target) +
           ", fault: " + kind + "}\n";
}

}  // namespace

std::string random_scenario(std::uint64_t seed) {
    Dice dice{seed};
    const std::uint64_t services = dice.between(1, 4);
    std::string text = "run: {duration: 300s, sample_every: 10s, seed: " + number(seed + 1) +
                       ", keep_traces: 0}\n";
    if (dice.chance(40)) text += "network: {default: exponential(mean=1ms)}\n";
    text += "services:\n";
    for (std::uint64_t s = 0; s < services; ++s) text += service(dice, s, services);
    text += "policies:\n";
    for (std::uint64_t p = 0; p < 3; ++p) text += "  p" + number(p) + ": " + policy(dice) + "\n";
    text += "workload:\n";
    for (std::uint64_t w = dice.between(1, 2); w > 0; --w)
        text += "  w" + number(w) + ": " + workload(dice) + "\n";
    const std::uint64_t faults = dice.below(3);
    if (dice.chance(50)) text += "expect: [duplicates(s0.get) < 100%]\n";
    if (faults > 0) text += "faults:\n";
    for (std::uint64_t f = 0; f < faults; ++f) {
        // One that is called, or the fault would have nothing to hit.
        std::uint64_t target = dice.below(services);
        if (text.find("call: s" + number(target) + ".get") == std::string::npos) target = 0;
        text += fault(dice, f, target);
    }
    return text;
}

}  // namespace shaketable::sim
