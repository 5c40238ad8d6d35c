#include "injector/run/proxy_role.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include "injector/http/socket.h"
#include "injector/parts.h"
#include "injector/proxy/role.h"
#include "injector/run/fault_desk.h"
#include "reports/record/merge_part.h"

namespace shaketable::injector {

namespace {

/// Has the channel said stop, or ended? Orders go to the desk, where there is one.
bool is_over(Channel& channel, FaultDesk* desk = nullptr) {
    bool over = false;
    while (const std::optional<Message> message = channel.receive()) {
        over = over || message->kind == MessageKind::stop;
        if (message->kind == MessageKind::order && desk != nullptr) desk->on_order(message->body);
    }
    return over || channel.closed();
}

/// The last row of every series.
LiveSample last_rows(Time at, const reports::Repeat& so_far) {
    LiveSample sample{.at = at, .flows = {}, .services = {}};
    for (const auto& series : so_far.flow_samples) sample.flows.push_back(series.back());
    for (const auto& series : so_far.service_samples) sample.services.push_back(series.back());
    return sample;
}

/// Whom the faults of services and loads hit is counted by the load generator.
reports::Repeat with_hits_of_traffic(reports::Repeat part, const scenarios::Scenario& scenario) {
    for (std::size_t f = 0; f < scenario.faults.size(); ++f)
        if (!faults::is_traffic_fault(scenario.faults[f].what)) part.fault_hits[f] = 0;
    return part;
}

}  // namespace

int run_proxies(const Plan& plan, std::chrono::steady_clock::time_point zero, Channel& channel) {
    allow_many_descriptors();
    const proxy::ProxyTask task{.model = &plan.model,
                                .repeat = plan.options.repeat,
                                .zero = zero,
                                .proxies = plan.proxies,
                                .limits = {}};
    std::optional<FaultDesk> desk;
    reports::Repeat changes;  // events of the desk
    const proxy::ControlLink link{
        .descriptor = channel.fd(),
        .receive =
            [&](proxy::Worker& worker) {
                if (!desk) desk.emplace(worker, channel, plan.options.faults_max);
                if (!is_over(channel, &*desk)) return true;
                changes.events = desk->events();
                desk.reset();  // it sits at the worker, and leaves before that
                return false;
            },
        .ready = [&] { (void)channel.send(MessageKind::ready); },
        .sample =
            [&](Time at, const reports::Repeat& so_far, proxy::Worker&) {
                (void)channel.send(MessageKind::sample, encode_sample(last_rows(at, so_far)));
            },
        .part =
            [&](const reports::Repeat& part) {
                reports::Repeat own = with_hits_of_traffic(part, plan.model.scenario);
                if (desk) changes.events = desk->events();
                reports::merge_part(own, changes);
                (void)channel.send(MessageKind::part, encode_part(own));
            },
        .problem = [&](const std::string& why) { (void)channel.send(MessageKind::error, why); }};
    return proxy::run_proxies(task, link);
}

int pass_through(const Plan& plan, Channel& channel) {
    allow_many_descriptors();
    proxy::Worker worker{LiveClock{std::chrono::steady_clock::now()}, proxy::Limits{}, 0};
    for (proxy::ProxySettings settings : plan.proxies) {
        settings.replica = model::none;
        settings.edge_states.clear();
        settings.counts_flow = settings.counts_service = false;
        if (!worker.create(std::move(settings))) return 70;
    }
    boost::asio::posix::stream_descriptor wire{worker.io(), channel.fd()};
    std::function<void()> wait = [&] {
        wire.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [&](boost::system::error_code error) {
                            if (error || is_over(channel)) return worker.io().stop();
                            wait();
                        });
    };
    wait();
    worker.io().run();
    (void)wire.release();
    return 0;
}

}  // namespace shaketable::injector
