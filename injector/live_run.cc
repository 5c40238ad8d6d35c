#include "injector/live_run.h"

#include <utility>

#include "injector/parts.h"
#include "model/cuts.h"

namespace shaketable::injector {

LiveRun::LiveRun(const model::Model& the_model, std::uint64_t the_repeat, faults::Timeline timeline,
                 LiveClock the_clock, Channel& channel, TimerId role_timers)
    : model{the_model},
      repeat{the_repeat},
      clock{the_clock},
      weather{the_model, std::move(timeline), the_repeat},
      meters{the_model.flows.size(), the_model.services.size()},
      stories{the_model.scenario.run.keep_traces > 0 && the_repeat == 0},
      channel_{channel},
      end_{Time{} + the_model.scenario.run.duration},
      records_{first_timer + role_timers} {
    queue.reserve(records_);
    model::Cuts cuts = model::cuts_of(model, weather.occurrences());
    out.spans = std::move(cuts.spans);
    cuts_ = std::move(cuts.ends);
    set(weather_timer, weather.next_change());
    set(sample_timer, Time{} + model.scenario.run.sample_every);
    set(cut_timer, cuts_.front());
    SHAKETABLE_CHECK(poller.add(channel.fd(), {.kind = Token::Kind::channel}),
                     "a channel can be waited for");
}

void LiveRun::log(const char* what, std::string subject, std::string detail) {
    constexpr std::size_t events_max = 10'000;
    if (out.events.size() >= events_max) {
        ++out.events_dropped;
        return;
    }
    out.events.push_back({now, what, std::move(subject), std::move(detail)});
}

void LiveRun::on_sample() {
    meters.close_sample(due, out);
    LiveSample sample{.at = due, .flows = {}, .services = {}};
    for (const auto& row : out.flow_samples) sample.flows.push_back(row.back());
    for (const auto& row : out.service_samples) sample.services.push_back(row.back());
    (void)channel_.send(MessageKind::sample, encode_sample(sample));
    set(sample_timer, due + model.scenario.run.sample_every);
}

void LiveRun::send_part() {
    (void)channel_.send(MessageKind::part, encode_part(out));
}

}  // namespace shaketable::injector
