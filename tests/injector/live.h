/// Runs a scenario live, without the controller: stand-ins and load are forked from the test, and
/// callers reach stand-ins directly.
#pragma once

#include <algorithm>
#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "injector/load/load.h"
#include "injector/parts.h"
#include "injector/realtime.h"
#include "injector/standin/standin.h"
#include "reports/record/merge_part.h"
#include "scenarios/read.h"

namespace shaketable::injector::live {

/// The first variant of a text, or the one that is named.
inline scenarios::Scenario scenario_of(const std::string& text, const std::string& variant = {},
                                       const scenarios::ReadOptions& options = {}) {
    auto document = scenarios::read_text("test.yaml", text, options);
    if (!document) FAIL(document.error().problems.front().message);
    for (scenarios::Scenario& scenario : document->scenarios)
        if (variant.empty() || scenario.variant == variant) return std::move(scenario);
    FAIL("no such variant");
    return {};
}

/// A forked process of the run, and the channel to it.
struct Process {
    pid_t pid = 0;
    Channel channel;
    std::vector<LiveSample> samples{};
};

template <class Role>
Process fork_role(Role role) {
    auto [ours, theirs] = Channel::pair();
    const pid_t pid = ::fork();
    if (pid == 0) {
        (void)run_in_real_time();  // where it may: other programs would show as latency
        ours = Channel{Descriptor{}};
        const int code = role(theirs);
        ::_exit(code);
    }
    REQUIRE(pid > 0);
    return {pid, std::move(ours)};
}

struct Options {
    bool links = true;
    bool burn = false;
};

class Run {
  public:
    explicit Run(const scenarios::Scenario& scenario, Options options = {})
        : model_{model::compile(scenario)},
          options_{options},
          zero_{std::chrono::steady_clock::now() + std::chrono::milliseconds{250}},
          addresses_{model_} {
        for (std::uint32_t r = 0; r < model_.replicas.size(); ++r) {
            listeners_.push_back(listen_on_loopback());
            for (std::uint32_t route = 0; route < model_.routes.size(); ++route)
                addresses_.set(route, r, address_of(listeners_.back()));
        }
    }
    ~Run() {
        for (const Process& process : processes_) {
            ::kill(process.pid, SIGKILL);
            ::waitpid(process.pid, nullptr, 0);
        }
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    [[nodiscard]] const model::Model& model() const { return model_; }
    [[nodiscard]] const AddressBook& addresses() const { return addresses_; }
    void set_addresses(const AddressBook& addresses) { addresses_ = addresses; }
    [[nodiscard]] sockaddr_in address(std::uint32_t replica) const {
        return address_of(listeners_[replica]);
    }

    /// Starts a replica. Its listening socket is its own then: when it dies, it refuses.
    Process& start_standin(std::uint32_t replica, std::uint32_t life = 0) {
        const sockaddr_in address = address_of(listeners_[replica]);
        ports_.resize(listeners_.size());
        if (life == 0)
            ports_[replica] = ntohs(address.sin_port);
        else
            listeners_[replica] = listen_on_loopback(ports_[replica]);
        Process& process = processes_.emplace_back(fork_role([&](Channel& channel) {
            StandinTask task{.model = &model_,
                             .zero = zero_,
                             .replica = replica,
                             .life = life,
                             .listener = std::move(listeners_[replica]),
                             .addresses = addresses_,
                             .calls = {.links = options_.links},
                             .burn = options_.burn};
            listeners_.clear();
            return run_standin(std::move(task), channel);
        }));
        listeners_[replica].reset();
        return process;
    }
    Process& start_load() {
        return processes_.emplace_back(fork_role([&](Channel& channel) {
            listeners_.clear();
            return run_load({.model = &model_,
                             .zero = zero_,
                             .addresses = addresses_,
                             .calls = {.links = options_.links}},
                            channel);
        }));
    }
    void start() {
        processes_.reserve(model_.replicas.size() + 8);
        for (std::uint32_t r = 0; r < model_.replicas.size(); ++r) start_standin(r);
        start_load();
    }

    /// Waits for a process's part, and keeps its samples. Fails the test after too long.
    reports::Repeat part_of(Process& process) {
        const auto until = zero_ + model_.scenario.run.duration + std::chrono::seconds{10};
        while (std::chrono::steady_clock::now() < until) {
            const auto message = process.channel.wait_for_message(std::chrono::seconds{1});
            if (!message && process.channel.closed()) break;
            if (!message) continue;
            if (message->kind == MessageKind::error) FAIL(message->body);
            if (message->kind == MessageKind::sample)
                process.samples.push_back(decode_sample(message->body).value());
            if (message->kind == MessageKind::part) return decode_part(message->body).value();
        }
        FAIL("a process has not handed over its part");
        return {};
    }

    /// The whole run: starts everything, again after each planned crash, adds up the parts, stops
    /// everything.
    reports::Record record() {
        const std::vector<Restart> restarts = planned_restarts();
        start();
        processes_.reserve(processes_.size() + restarts.size());
        std::vector<std::uint32_t> lives(model_.replicas.size(), 0);
        for (const Restart& restart : restarts) {
            wait_until(restart.at.time_since_epoch());
            start_standin(restart.replica, ++lives[restart.replica]);
        }
        reports::Record record = model::describe(model_);
        record.world = "live";
        reports::Repeat& repeat = record.repeats.emplace_back();
        for (Process& process : processes_) reports::merge_part(repeat, part_of(process));
        for (Process& process : processes_) (void)process.channel.send(MessageKind::stop);
        return record;
    }

    /// Waits until the run is at `at`.
    void wait_until(Duration at) const {
        while (std::chrono::steady_clock::now() < zero_ + at) (void)::poll(nullptr, 0, 1);
    }
    std::vector<Process>& processes() { return processes_; }

  private:
    struct Restart {
        Time at{};
        std::uint32_t replica = 0;
    };
    [[nodiscard]] std::vector<Restart> planned_restarts() const {
        const scenarios::Scenario& scenario = model_.scenario;
        auto timeline =
            faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, 0);
        const model::Weather weather{model_, std::move(timeline).value(), 0};
        std::vector<Restart> restarts;
        for (std::uint32_t o = 0; o < weather.occurrences().size(); ++o) {
            const faults::Occurrence& occurrence = weather.occurrences()[o];
            if (!std::holds_alternative<faults::Crash>(scenario.faults[occurrence.fault].what))
                continue;
            for (std::uint32_t r = 0; r < model_.replicas.size(); ++r)
                if (weather.acts_on(o, r) && occurrence.acts_until < Time{} + scenario.run.duration)
                    restarts.push_back({occurrence.acts_until, r});
        }
        std::sort(restarts.begin(), restarts.end(),
                  [](const Restart& a, const Restart& b) { return a.at < b.at; });
        return restarts;
    }

    model::Model model_;
    Options options_;
    std::chrono::steady_clock::time_point zero_;
    AddressBook addresses_;
    std::vector<Descriptor> listeners_;
    std::vector<std::uint16_t> ports_;
    std::vector<Process> processes_;
};

/// All segments of a flow, or of a service, together.
inline reports::FlowTotals flow(const reports::Repeat& repeat, std::size_t row) {
    reports::FlowTotals sum;
    for (const reports::Segment& segment : repeat.segments) sum.merge(segment.flows[row]);
    return sum;
}
inline reports::ServiceTotals service(const reports::Repeat& repeat, std::size_t row) {
    reports::ServiceTotals sum;
    for (const reports::Segment& segment : repeat.segments) sum.merge(segment.services[row]);
    return sum;
}

}  // namespace shaketable::injector::live
