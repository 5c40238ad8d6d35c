#include <algorithm>
#include <utility>

#include "model/cuts.h"
#include "sim/engine/hot_path.h"

namespace shaketable::sim {

Engine::Engine(const Model& model, std::uint64_t repeat, faults::Timeline timeline)
    : model_{model},
      code_{model.program.code.data()},
      repeat_{repeat},
      end_{Time{} + model.scenario.run.duration},
      weather_{model, std::move(timeline), repeat},
      meters_{model.flows.size(), model.services.size()},
      executions_{model.counts_duplicates} {
    row_versions_.resize(model.program.rows);
    prepare_replicas();
    prepare_edges();
    prepare_timers();
    prepare_cuts();
}

namespace {
bool is_orderly(const ServicePlan& service) {
    const scenarios::Queue& queue = service.queue;
    return service.priorities == 1 && queue.discipline == scenarios::Discipline::fifo &&
           !service.patience && !queue.max_wait && !queue.codel;
}
}  // namespace

void Engine::prepare_replicas() {
    const std::uint64_t seed = model_.scenario.run.seed;
    replicas_.resize(model_.replicas.size());
    frozen_.resize(replicas_.size());
    up_since_.resize(replicas_.size(), Time{} - std::chrono::hours{1000});
    inbound_.resize(replicas_.size());
    for (std::uint32_t s = 0; s < model_.services.size(); ++s) {
        const ServicePlan& service = model_.services[s];
        work_dice_.emplace_back(random_key(seed, repeat_, service.stream, "work"));
        step_dice_.emplace_back(random_key(seed, repeat_, service.stream, "steps"));
        startup_dice_.emplace_back(random_key(seed, repeat_, service.stream, "startup"));
        patience_dice_.emplace_back(random_key(seed, repeat_, service.stream, "patience"));
        order_dice_.emplace_back(random_key(seed, repeat_, service.stream, "order"));
        for (std::uint32_t n = 0; n < service.replicas; ++n) {
            const std::uint32_t index = service.first_replica + n;
            Replica& replica = replicas_[index];
            replica.meter = &meters_.service(s);
            replica.service = s;
            replica.workers = service.workers;
            replica.queue_limit = service.queue_limit;
            replica.async = service.async;
            replica.contended = service.contended;
            replica.crash_at = service.crash_at;
            replica.guarded = service.policies.has_value();
            replica.orderly = is_orderly(service);
            replica.by_lot = service.queue.discipline == scenarios::Discipline::random;
            if (replica.by_lot) lots_.make_room(replicas_.size());
            replica.first_queue = static_cast<std::uint32_t>(queues_.size());
            queues_.resize(queues_.size() + service.priorities);
            replica.first_lock = static_cast<std::uint32_t>(locks_.size());
            locks_.resize(locks_.size() + service.locks);
            replica.first_cache = static_cast<std::uint32_t>(caches_.size());
            caches_.resize(caches_.size() + service.caches);
            for (std::uint32_t c = 0; c < service.caches; ++c) reset_cache(index, c);
            if (service.cores > 0) {
                replica.cores = static_cast<std::uint32_t>(cores_.size());
                cores_.emplace_back(service.cores);
            }
            Inbound& inbound = inbound_[index];
            if (service.queue.codel) inbound.codel.emplace(*service.queue.codel);
            if (!service.policies) continue;
            if (service.policies->rate_limit)
                inbound.rate_limit.emplace(*service.policies->rate_limit);
            if (service.policies->shed) inbound.shed.emplace(*service.policies->shed);
            if (service.policies->concurrency_limit)
                inbound.limit.emplace(*service.policies->concurrency_limit);
        }
        count_workers(s);
    }
}

void Engine::prepare_edges() {
    const std::uint64_t seed = model_.scenario.run.seed;
    const auto dice = [&](const EdgePlan& edge, const char* purpose) {
        return Random{random_key(seed, repeat_, edge.name, purpose)};
    };
    for (const EdgePlan& edge : model_.edges) {
        rules_.emplace_back(edge.policy);
        edge_dice_.push_back({dice(edge, "network"), dice(edge, "back-off"), dice(edge, "balance"),
                              dice(edge, "policy")});
    }
    edge_states_.reserve(model_.edge_states.size());
    for (const EdgeStatePlan& state : model_.edge_states) {
        const EdgePlan& edge = model_.edges[state.edge];
        const ServicePlan& callee = model_.services[edge.service];
        edge_states_.emplace_back(edge.policy, callee.balance, callee.replicas);
        model::draw_subset(model_, static_cast<std::uint32_t>(edge_states_.size() - 1), repeat_,
                           edge_states_.back().balancer);
    }
    for (std::uint32_t s = 0; s < edge_states_.size(); ++s) hops_.push_back(hop_of(s));
    ordinals_.resize(model_.routes.size());
    wire_free_.resize(2 * model_.routes.size());
}

/// How long every message takes, one way; < 0 where that differs.
Duration Engine::steady_transit(const EdgeStatePlan& plan, bool request) const {
    Duration time{-1};
    for (std::uint32_t zone = 0; zone < model_.zone_count(); ++zone) {
        const LinkPlan& link = request ? model_.link(plan.edge, plan.zone, zone)
                                       : model_.link(plan.edge, zone, plan.zone);
        if (!link.latency.is_constant() || link.bytes_per_second != 0 || link.loss != 0)
            return Duration{-1};
        if (zone > 0 && link.latency.constant() != time) return Duration{-1};
        time = link.latency.constant();
    }
    return time;
}

Hop Engine::hop_of(std::uint32_t edge_state) {
    const EdgeStatePlan& plan = model_.edge_states[edge_state];
    const EdgePlan& edge = model_.edges[plan.edge];
    const ServicePlan& callee = model_.services[edge.service];
    const CallerEdge& state = edge_states_[edge_state];
    const EdgeRules& rules = rules_[plan.edge];
    Hop hop{.meter = &meters_.flow(plan.flow),
            .edge = plan.edge,
            .service = edge.service,
            .entry = model_.endpoints[edge.endpoint].entry,
            .plain = rules.plain,
            // A first try without a record of its call would be done unseen.
            .direct = rules.plain || (rules.direct && !executions_.counts()),
            .has_budget = state.budget.has_value(),
            .has_gates = !rules.attempt_gates.empty(),
            .from_workload = edge.from_workload,
            .watched = state.breaker || state.throttle || state.ejection,
            .has_deadline = rules.deadline.has_value(),
            .draws_timeout = rules.draws_timeout,
            .route = edge.route,
            .attempt_timeout = rules.attempt_timeout,
            .there = steady_transit(plan, true),
            .back = steady_transit(plan, false),
            .request_bytes = edge.request_bytes,
            .response_bytes = edge.response_bytes};
    if (callee.replicas == 1 && !state.health && !state.ejection)
        hop.sole_replica = callee.first_replica;
    return hop;
}

void Engine::prepare_timers() {
    for (std::uint32_t s = 0; s < model_.sources.size(); ++s)
        for (std::uint32_t u = 0; u < model_.sources[s].users_max; ++u)
            users_.push_back({.source = s, .waits = false, .active = u < model_.sources[s].users});
    const auto size = [](const auto& list) { return static_cast<TimerId>(list.size()); };
    source_timers_ = first_timer;
    user_timers_ = source_timers_ + size(model_.sources);
    cores_timers_ = user_timers_ + size(users_);
    startup_timers_ = cores_timers_ + size(cores_);
    health_timers_ = startup_timers_ + size(replicas_);
    dynamic_timers_ = health_timers_ + size(edge_states_);
    queue_.reserve(dynamic_timers_);
}

void Engine::prepare_cuts() {
    model::Cuts cuts = model::cuts_of(model_, weather_.occurrences());
    out_.spans = std::move(cuts.spans);
    cuts_ = std::move(cuts.ends);
}

inline void Engine::dispatch_walker(Index walker) {
    switch (walkers_[walker].phase()) {
        case Phase::travelling:
            return arrive(walker);
        case Phase::returning:
            return deliver(walker);
        case Phase::queued:
            return lose_patience(walker);
        default:
            return on_work_done(walker);
    }
}

inline void Engine::dispatch(TimerId timer) {
    if (timer < dynamic_timers_) return dispatch_fixed(timer);
    const Index index = (timer - dynamic_timers_) / 4;
    switch ((timer - dynamic_timers_) % 4) {
        case 0:
            return dispatch_walker(index);
        case 1:
            // Of a walker whose caller has gone already, the timer brings the cancellation.
            if (walkers_[index].has(abandoned))
                return cancel(index,
                              rules_[model_.edge_states[walkers_[index].edge_state].edge].cancel);
            return on_attempt_timeout(index);
        case 2:
            return on_call_wait(index);
        default:
            return finish_call(index, Outcome::timeout, 504);
    }
}

/// What follows at the same instant, in order.
inline void Engine::drain() {
    Todo next;
    while (todo_.take(next)) {
        switch (next.what()) {
            case Todo::What::run:
                run_walker(next.index());
                break;
            case Todo::What::arrive:
                arrive(next.index());
                break;
            case Todo::What::deliver:
                deliver(next.index());
                break;
            case Todo::What::resume:
                resume(next.index(), next.outcome(), next.status());
                break;
            case Todo::What::fail:
                finish_walker(next.index(), Outcome::error, next.status());
                break;
            case Todo::What::pass_gates:
                on_admitted(next.index());
                break;
        }
    }
}

void Engine::step() {
    const EventQueue::Fired fired = queue_.pop();
    same_instant_ = fired.at == now_ ? same_instant_ + 1 : 0;
    now_ = fired.at;
    last_timer_ = fired.timer;
    ++out_.engine_events;
    out_.fingerprint =
        (out_.fingerprint ^
         (static_cast<std::uint64_t>(now_.time_since_epoch().count()) + fired.timer)) *
        0x9E37'79B9'7F4A'7C15U;
    dispatch(fired.timer);
    drain();
}

Result<reports::Repeat, Problems> Engine::run() {
    constexpr std::uint64_t same_instant_max = 10'000'000;
    begin();
    while (has_next()) {
        step();
        if (same_instant_ > same_instant_max) [[unlikely]]
            return Unexpected{Problems{problem_of(
                "", "E199", "time stands still: more than 10 million events at one instant",
                "something calls in a circle without taking time; give it work, a wait or a think "
                "time")}};
        if (tracer_ != nullptr && tracer_->is_done()) break;
    }
    if (tracer_ != nullptr) return std::move(out_);
    return finish();
}

void Engine::begin() {
    set(weather_timer, weather_.next_change());
    if (weather_.next_change() == Time{}) dispatch_fixed(queue_.pop().timer);
    drain();
    queue_.schedule(sample_timer, Time{} + model_.scenario.run.sample_every);
    queue_.schedule(cut_timer, cuts_.front());
    start_health_checks();
    start_sources();
    drain();
}

void Engine::dispatch_fixed(TimerId timer) {
    if (timer == weather_timer) return on_weather();
    if (timer == sample_timer) return on_sample();
    if (timer == cut_timer) return on_cut();
    if (timer < user_timers_) return on_arrival(timer - source_timers_);
    if (timer < cores_timers_) return on_user(timer - user_timers_);
    if (timer < startup_timers_) return on_cores(timer - cores_timers_);
    if (timer < health_timers_) return on_life_timer(timer - startup_timers_);
    on_health_check(timer - health_timers_);
}

void Engine::on_sample() {
    meters_.close_sample(now_, out_);
    queue_.schedule(sample_timer, now_ + model_.scenario.run.sample_every);
}

/// Those who are at a replica now count their stay up to now.
void Engine::count_stays(Time at) {
    const Time cut = meters_.segment_start();
    for (Index index = 0; index < walkers_.size(); ++index) {
        const Walker& w = walkers_[index];
        if (w.has(is_branch) || w.phase() < Phase::queued || w.phase() > Phase::running) continue;
        meter_of(w).now.sojourn += at - std::max(w.since, cut);
    }
}

void Engine::on_cut() {
    count_stays(now_);
    for (std::uint32_t s = 0; s < edge_states_.size(); ++s) {
        Time& since = edge_states_[s].open_since;
        if (since == never) continue;
        flow_of(s).now.breaker_open += now_ - since;
        since = now_;
    }
    meters_.close_segment(now_, out_);
    if (++next_cut_ < cuts_.size()) queue_.schedule(cut_timer, cuts_[next_cut_]);
}

reports::Repeat Engine::finish() {
    now_ = end_;
    meters_.close_sample(end_, out_);
    if (next_cut_ < cuts_.size()) on_cut();
    out_.in_flight = in_flight_;
    out_.fault_hits = weather_.hits();
    out_.requests_in_flight_max = in_flight_max_;
    check_books();
    return std::move(out_);
}

std::string Engine::describe_last() const {
    const TimerId timer = last_timer_;
    if (timer == weather_timer) return "a fault begins or ends";
    if (timer == sample_timer) return "a step of the time series";
    if (timer == cut_timer) return "the edge of a window";
    if (timer < user_timers_)
        return "arrivals of " +
               model_.scenario.workload
                   .entries[model_.sources[timer - source_timers_].scenario_workload]
                   .name;
    if (timer < cores_timers_) return "a user";
    if (timer < startup_timers_) return "shared cores";
    if (timer < health_timers_) return "start of " + replica_name(timer - startup_timers_);
    if (timer < dynamic_timers_)
        return "health check of " + edge_state_name(timer - health_timers_);
    const Index index = (timer - dynamic_timers_) / 4;
    if ((timer - dynamic_timers_) % 4 >= 2)
        return "a call " + edge_state_name(calls_[index].edge_state);
    const Index replica = walkers_[index].replica;
    return "a request at " + (replica == none ? std::string{"nobody"} : replica_name(replica));
}

}  // namespace shaketable::sim
