// Where requests come from: open streams and closed users.
#include <algorithm>

#include "sim/engine/engine.h"

namespace shaketable::sim {

void Engine::start_sources() {
    for (std::uint32_t s = 0; s < model_.sources.size(); ++s) {
        const SourcePlan& source = model_.sources[s];
        const scenarios::Workload& workload =
            model_.scenario.workload.entries[source.scenario_workload].value;
        const std::string& name = model_.workload_names[source.workload];
        const std::string& stream = workload.stream.empty() ? name : workload.stream;
        const std::string purpose = "arrivals" + model_.zones[source.zone];
        const Random dice{random_key(model_.scenario.run.seed, repeat_, stream, purpose)};
        think_dice_.emplace_back(random_key(model_.scenario.run.seed, repeat_, stream,
                                            "think" + model_.zones[source.zone]));
        if (source.users == 0) {
            clocks_.emplace_back(workload, source.part, dice);
            set(source_timers_ + s, clocks_.back().next(Time{}));
        } else {
            // Closed: only a load fault with a rate of its own adds arrivals.
            scenarios::Workload extra;
            extra.arrivals.emplace();
            clocks_.emplace_back(extra, source.part, dice);
            set(source_timers_ + s, clocks_.back().next(Time{}));
        }
    }
    // Users begin after a think time of their own, so that they do not march in step.
    for (std::uint32_t u = 0; u < users_.size(); ++u) {
        const SourcePlan& source = model_.sources[users_[u].source];
        const scenarios::Workload& workload =
            model_.scenario.workload.entries[source.scenario_workload].value;
        const Time first = Time{} + workload.start.value_or(Duration{0});
        set(user_timers_ + u, first + source.think.draw(think_dice_[users_[u].source]));
    }
}

void Engine::begin_request(std::uint32_t source, Index user) {
    ++out_.requests;
    ++in_flight_;
    in_flight_max_ = std::max(in_flight_max_, in_flight_);
    const SourcePlan& plan = model_.sources[source];
    if (tracer_ != nullptr) {
        const model::EndpointPlan& endpoint = model_.endpoints[model_.edges[plan.edge].endpoint];
        root_story_ = tracer_->begin({now_, plan.edge_state}, out_.requests - 1,
                                     model_.workload_names[plan.workload],
                                     model_.services[endpoint.service].name, endpoint.name);
    }
    start_call(plan.edge_state, user);
}

void Engine::on_arrival(std::uint32_t source) {
    set(source_timers_ + source, clocks_[source].next(now_));
    begin_request(source, none);
}

void Engine::on_user(std::uint32_t index) {
    User& user = users_[index];
    if (!user.active) return;
    const scenarios::Workload& workload =
        model_.scenario.workload.entries[model_.sources[user.source].scenario_workload].value;
    if (workload.length && now_ >= Time{} + workload.start.value_or(Duration{0}) + *workload.length)
        return;
    user.waits = true;
    begin_request(user.source, index);
}

void Engine::request_settled(std::uint32_t edge_state, Index index, Time started, Outcome outcome) {
    --in_flight_;
    picks_.settled({started, edge_state}, now_ - started, is_success(outcome));
    if (index == none) return;
    User& user = users_[index];
    user.waits = false;
    const Duration think = model_.sources[user.source].think.draw(think_dice_[user.source]);
    queue_.schedule(user_timers_ + index, now_ + think);
}

/// Open streams change their rate; of closed ones so many users are there.
void Engine::change_loads() {
    for (std::uint32_t s = 0; s < model_.sources.size(); ++s) {
        const SourcePlan& source = model_.sources[s];
        const faults::Condition condition = weather_.workload_condition(source.workload);
        queue_.cancel(source_timers_ + s);
        set(source_timers_ + s,
            clocks_[s].change(now_, condition.load, condition.load_extra * source.part));
        if (source.users == 0) continue;
        const double wanted = static_cast<double>(source.users) * condition.load + 0.5;
        std::uint32_t left = static_cast<std::uint32_t>(wanted);
        for (std::uint32_t u = 0; u < users_.size(); ++u) {
            User& user = users_[u];
            if (user.source != s) continue;
            const bool active = left > 0;
            if (active) --left;
            if (active && !user.active && !user.waits && !queue_.is_pending(user_timers_ + u))
                queue_.schedule(user_timers_ + u, now_ + source.think.draw(think_dice_[s]));
            user.active = active;
        }
    }
}

}  // namespace shaketable::sim
