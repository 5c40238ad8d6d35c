// A plan in words, and its sockets.
#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/quantity.h"
#include "faults/catalogue.h"
#include "injector/cgroup.h"
#include "injector/http/socket.h"
#include "injector/plan.h"
#include "injector/port_owner.h"
#include "injector/proxy/socket.h"

namespace shaketable::injector {

namespace {

std::string seconds_of(Time time) {
    return Text<Duration>::print(time.time_since_epoch());
}

/// The first and the last step of a ramp stand for all of it.
std::string print_slowings(const Plan& plan) {
    std::string text;
    for (std::uint32_t r = 0; r < plan.model.replicas.size(); ++r) {
        std::vector<const Slowing*> all;
        for (const Slowing& slowing : plan.slowings)
            if (slowing.replica == r) all.push_back(&slowing);
        for (std::size_t i = 0; i < all.size(); ++i) {
            const double before = i > 0 ? all[i - 1]->slowdown : 1;
            const double now = all[i]->slowdown;
            const bool rises_on = i + 1 < all.size() && all[i + 1]->slowdown > now;
            if (now == before || (before > 1 && now > before && rises_on)) continue;
            const Quota quota = quota_of(now, plan.cores_of(r));
            const std::string what = now <= 1
                                         ? "as before"
                                         : fmt::format("{:.3g} ms of processor time in {:.3g} ms",
                                                       static_cast<double>(quota.quota_us) / 1000,
                                                       static_cast<double>(quota.period_us) / 1000);
            text +=
                fmt::format("  {}: {} from {}\n", plan.name_of(r), what, seconds_of(all[i]->at));
        }
    }
    return text.empty() ? text : "control groups\n" + text;
}

}  // namespace

std::string print(const Plan& plan) {
    const model::Model& model = plan.model;
    const scenarios::Run& run = model.scenario.run;
    std::string text;
    if (run.repeats > 1)
        text = fmt::format("{} runs of {}, one after another: {} in all\n", run.repeats,
                           Text<Duration>::print(run.duration),
                           Text<Duration>::print(run.duration * run.repeats));
    text += "processes\n";
    for (std::uint32_t s = 0; s < model.services.size(); ++s) {
        const model::ServicePlan& service = model.services[s];
        const BoundService* bound = plan.bound[s];
        if (bound == nullptr) {
            text += fmt::format("  {}: {} stand-in{}\n", service.name, service.replicas,
                                service.replicas == 1 ? "" : "s");
            continue;
        }
        text +=
            fmt::format("  {}: yours, at {}\n", service.name, fmt::join(bound->addresses, ", "));
        if (!bound->start.empty())
            text += fmt::format("    started by us: {}\n", fmt::join(bound->start, " "));
    }
    text += "  one load generator, one process for all proxies, one guardian\n";
    text += "proxies, all on loopback\n";
    for (const proxy::ProxySettings& proxy : plan.proxies) {
        const bool is_bound = plan.binding_of(proxy.replica) != nullptr;
        text += fmt::format("  {}: {}, listens on {}, leads to {}\n", proxy.name,
                            shaketable::name_of(proxy.flavour),
                            proxy.listen.port() == 0 && !proxy.listen.is_unix()
                                ? "127.0.0.1, any free port"
                                : proxy.listen.print(),
                            is_bound ? proxy.upstream.print() : "its stand-in");
    }
    text += "faults\n";
    for (const faults::Occurrence& occurrence : plan.timeline.occurrences) {
        const faults::Fault& fault = model.scenario.faults[occurrence.fault];
        text +=
            fmt::format("  {} to {}: {} ({}){}\n", seconds_of(occurrence.start),
                        seconds_of(occurrence.end), fault.id, faults::kind_name(fault.what),
                        fault.target ? " on " + Text<faults::Target>::print(*fault.target) : "");
    }
    const bool starts_again = std::any_of(plan.lives.begin(), plan.lives.end(),
                                          [](const Life& life) { return life.number > 0; });
    if (!plan.pauses.empty() || !plan.deaths.empty() || starts_again) text += "signals\n";
    for (const Death& death : plan.deaths)
        text +=
            fmt::format("  {}: SIGKILL at {}\n", plan.name_of(death.replica), seconds_of(death.at));
    for (const Pause& pause : plan.pauses)
        text += fmt::format("  {}: SIGSTOP at {}, SIGCONT at {}\n", plan.name_of(pause.replica),
                            seconds_of(pause.from), seconds_of(pause.until));
    for (const Life& life : plan.lives)
        if (life.number > 0)
            text += fmt::format("  {}: started again at {}\n", plan.name_of(life.replica),
                                seconds_of(life.from));
    text += print_slowings(plan);
    for (const Problem& warning : plan.warnings)
        text += fmt::format("honoured in part\n  {}\n", warning.message);
    return text;
}

Result<Sockets, Problems> open_sockets(Plan& plan) {
    Sockets sockets;
    sockets.addresses = AddressBook{plan.model};
    Problems problems;
    for (std::uint32_t r = 0; r < plan.model.replicas.size(); ++r)
        sockets.standins.push_back(plan.binding_of(r) ? Descriptor{} : listen_on_loopback());
    for (std::size_t p = 0; p < plan.proxies.size(); ++p) {
        proxy::ProxySettings& settings = plan.proxies[p];
        if (plan.binding_of(settings.replica) == nullptr)
            settings.upstream = proxy::Address::of_socket(sockets.standins[settings.replica].get());
        const Result<int> descriptor = proxy::listen_at(settings.listen);
        if (!descriptor) {
            const std::string owner = port_owner(settings.listen.port());
            problems.push_back(
                {.code = "E302",
                 .message = fmt::format("cannot listen on {}: {}", settings.listen.print(),
                                        descriptor.error().message),
                 .hint = owner.empty() ? "" : "it is held by " + owner,
                 .field = "edges." + plan.model.routes[plan.proxy_routes[p]] + ".listen"});
            continue;
        }
        sockets.proxies.emplace_back(*descriptor);
        settings.descriptor = *descriptor;
        const proxy::Address bound = proxy::Address::of_socket(*descriptor);
        if (bound.family() == AF_INET)
            sockets.addresses.set(plan.proxy_routes[p], settings.replica,
                                  *reinterpret_cast<const sockaddr_in*>(bound.data()));
    }
    if (!problems.empty()) return Unexpected{std::move(problems)};
    return sockets;
}

}  // namespace shaketable::injector
