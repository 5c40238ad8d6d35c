// Faults of services: replicas that crash, pause, slow down, lose workers or their caches.
#include <algorithm>

#include "sim/engine/hot_path.h"

namespace shaketable::sim {

using faults::Condition;

void Engine::on_weather() {
    const Weather::Change change = weather_.advance(now_);
    for (const std::uint32_t index : change.ended) {
        const faults::Fault& fault = model_.scenario.faults[weather_.occurrences()[index].fault];
        log("fault-end", fault.id);
    }
    for (const std::uint32_t index : change.started) {
        const faults::Fault& fault = model_.scenario.faults[weather_.occurrences()[index].fault];
        log("fault-start", fault.id, std::string{faults::kind_name(fault.what)});
        if (const auto* cold = std::get_if<faults::ColdCache>(&fault.what))
            for (std::uint32_t r = 0; r < replicas_.size(); ++r)
                if (weather_.acts_on(index, r)) cool_caches(r, cold->share.fraction);
        judge_in_flight(index);
    }
    if (change.services) {
        apply_conditions(change.touched);
        apply_pools(change.touched);
    }
    if (change.loads) change_loads();
    set(weather_timer, weather_.next_change());
}

/// Compares the condition of each replica of these services with what is in force, and makes it so.
void Engine::apply_conditions(const std::vector<std::uint32_t>& services) {
    for (const std::uint32_t s : services) {
        const ServicePlan& service = model_.services[s];
        faults::Taken taken;
        for (std::uint32_t r = 0; r < service.replicas; ++r)
            taken = weather_.replica_condition(service.first_replica + r).replicas;
        const std::uint64_t left = taken.left_of(service.replicas);
        for (std::uint32_t r = 0; r < service.replicas; ++r)
            replicas_[service.first_replica + r].draining = r >= left;
        for (std::uint32_t r = 0; r < service.replicas; ++r)
            apply_condition(service.first_replica + r);
        count_workers(s);
    }
}

/// Callers have so many connections to each of these services as something else leaves them.
void Engine::apply_pools(const std::vector<std::uint32_t>& services) {
    for (std::uint32_t s = 0; s < edge_states_.size(); ++s) {
        auto& bulkhead = edge_states_[s].bulkhead;
        if (!bulkhead) continue;
        const std::uint32_t service = model_.edges[model_.edge_states[s].edge].service;
        if (!std::binary_search(services.begin(), services.end(), service)) continue;
        const std::uint64_t left = weather_.pool_left(service, bulkhead->size());
        for (std::uint32_t n = bulkhead->set_connections(left); n > 0; --n) admit_first_waiting(s);
    }
}

void Engine::apply_condition(std::uint32_t index) {
    const Condition condition = weather_.replica_condition(index);
    Replica& replica = replicas_[index];
    const ServicePlan& service = model_.services[replica.service];
    replica.cold = condition.cold;
    replica.slowdown = condition.slowdown;
    if (service.workers != unlimited_places)
        replica.workers = static_cast<std::uint32_t>(condition.workers.left_of(service.workers));
    if (!condition.up && !replica.crashed) crash(index);
    if (condition.up && replica.crashed) start_up(index);
    if (condition.paused != replica.paused) condition.paused ? pause(index) : unpause(index);
    if (replica.cores != none) {
        const double speed = replica.paused ? 0 : 1 / condition.slowdown;
        if (cores_[replica.cores].set_speed(now_, speed)) schedule_cores(replica.cores);
    }
    serve_next(index);
}

/// Workers and replicas that are there, for the utilisation.
void Engine::count_workers(std::uint32_t s) {
    const ServicePlan& service = model_.services[s];
    ServiceMeter& meter = meters_.service(s);
    std::uint64_t workers = 0;
    meter.up = 0;
    for (std::uint32_t r = 0; r < service.replicas; ++r) {
        const Replica& replica = replicas_[service.first_replica + r];
        if (!replica.up) continue;
        if (!replica.draining && !replica.paused) ++meter.up;
        if (service.workers != unlimited_places) workers += service.workers;
    }
    meter.workers.set(now_, workers);
}

/// Everything in hand is lost; callers see their connection reset.
void Engine::crash(std::uint32_t index) {
    Replica& replica = replicas_[index];
    replica.crashed = true;
    replica.breaking = false;
    replica.up = false;
    queue_.cancel(startup_timers_ + index);
    log("crashed", replica_name(index));
    const Index count = walkers_.size();
    // First cut every tie into the replica, so that nothing that dies wakes anything else that
    // dies.
    std::vector<Index> dead;
    for (Index w = 0; w < count; ++w) {
        const Phase phase = walkers_[w].phase();
        if (walkers_[w].replica == index && phase >= Phase::queued && phase <= Phase::running)
            dead.push_back(w);
    }
    for (const Index w : dead) {
        leave_child(w, policies::CancelMode::none);
        detach(w);
        walkers_[w].go(Phase::locked);
    }
    frozen_[index].clear();
    for (const Index w : dead) {
        while (walkers_[w].frames != none) frames_.pop(walkers_[w].frames);
    }
    const ServicePlan& service = model_.services[replica.service];
    for (std::uint32_t l = 0; l < service.locks; ++l) locks_[replica.first_lock + l] = {};
    for (const Index w : dead) {
        Walker& walker = walkers_[w];
        if (walker.has(holds_worker)) {
            walker.drop(holds_worker);
            --replica.busy;
            meter_of(walker).remove_busy(now_);
        }
        if (walker.has(is_branch)) {
            free_walker(w);
            continue;
        }
        ++meter_of(walker).now.lost;
        leave(w);
        if (walker.has(replied))
            free_walker(w);
        else
            answer(w, Outcome::unreachable, 503);
    }
    for (std::uint32_t c = 0; c < service.caches; ++c) reset_cache(index, c);
    reset_edges(index);
}

void Engine::reset_cache(std::uint32_t replica, std::uint32_t number) {
    CacheState& cache = caches_[replicas_[replica].first_cache + number];
    const ServicePlan& service = model_.services[replicas_[replica].service];
    const CachePlan& plan = model_.program.caches[service.first_cache + number];
    cache.waiting.clear();
    if (plan.hit < 0) cache.keys.emplace(plan.key_count, plan.capacity, plan.ttl);
}

/// What the replica knew of its callees is lost with its memory. Calls under way keep their places
/// in it.
void Engine::reset_edges(std::uint32_t replica) {
    for (std::uint32_t s = 0; s < model_.edge_states.size(); ++s) {
        const EdgeStatePlan& plan = model_.edge_states[s];
        if (plan.caller_replica != replica) continue;
        const policies::EdgePolicy& policy = model_.edges[plan.edge].policy;
        CallerEdge& state = edge_states_[s];
        if (state.breaker) {
            if (state.open_since != never) flow_of(s).now.breaker_open += now_ - state.open_since;
            state.open_since = never;
            state.breaker.emplace(*policy.breaker);
        }
        if (state.throttle) state.throttle.emplace(*policy.throttle);
        if (state.rate_limit) state.rate_limit.emplace(*policy.rate_limit);
    }
}

void Engine::start_up(std::uint32_t index) {
    Replica& replica = replicas_[index];
    replica.crashed = false;
    replica.broken = false;
    const Duration time =
        model_.services[replica.service].startup.draw(startup_dice_[replica.service]);
    log("starting", replica_name(index));
    if (time == Duration{0}) return on_started(index);
    queue_.schedule(startup_timers_ + index, now_ + time);
}

void Engine::on_started(std::uint32_t index) {
    Replica& replica = replicas_[index];
    replica.up = true;
    replica.empty_at = now_;
    up_since_[index] = now_;
    log("up", replica_name(index));
    count_workers(replica.service);
}

/// A replica that is up has too much in hand; one that is down is due to start, or has started.
void Engine::on_life_timer(std::uint32_t index) {
    if (replicas_[index].breaking) return break_down(index);
    if (replicas_[index].broken) return start_up(index);
    on_started(index);
}

/// Not at once: whoever brought it the last request is still busy with it.
void Engine::break_down_soon(std::uint32_t index) {
    Replica& replica = replicas_[index];
    if (replica.breaking) return;
    replica.breaking = true;
    queue_.schedule(startup_timers_ + index, now_);
}

/// Crashes of what it has in hand. No fault ends that; it is started again in time, or never.
void Engine::break_down(std::uint32_t index) {
    crash(index);
    Replica& replica = replicas_[index];
    replica.crashed = false;
    replica.broken = true;
    count_workers(replica.service);
    const Duration time = model_.services[replica.service].restart_after;
    if (time != forever) queue_.schedule(startup_timers_ + index, now_ + time);
}

/// Stops work and answers, keeps connections. What is under way keeps what it had left to do.
void Engine::pause(std::uint32_t index) {
    replicas_[index].paused = true;
    log("paused", replica_name(index));
    const Index count = walkers_.size();
    for (Index w = 0; w < count; ++w) {
        const Walker& walker = walkers_[w];
        if (walker.replica != index || walker.phase() != Phase::working || walker.has(in_core))
            continue;
        const TimerId timer = timer_of(w, WalkerTimer::progress);
        frozen_[index].push_back({w, queue_.time_of_pending(timer) - now_});
        queue_.cancel(timer);
    }
}

void Engine::unpause(std::uint32_t index) {
    replicas_[index].paused = false;
    log("resumed", replica_name(index));
    const std::vector<Frozen> frozen = std::move(frozen_[index]);
    frozen_[index].clear();
    for (const Frozen& f : frozen) {
        if (f.left < Duration{0})
            todo(Todo::What::run, f.walker);
        else
            queue_.schedule(timer_of(f.walker, WalkerTimer::progress), now_ + f.left);
    }
}

void Engine::cool_caches(std::uint32_t index, double share) {
    const Replica& replica = replicas_[index];
    for (std::uint32_t c = 0; c < model_.services[replica.service].caches; ++c)
        if (CacheState& cache = caches_[replica.first_cache + c]; cache.keys)
            cache.keys->drop(share);
}

void Engine::log(const char* what, std::string subject, std::string detail) {
    constexpr std::size_t events_max = 10'000;
    if (out_.events.size() >= events_max) {
        ++out_.events_dropped;
        return;
    }
    out_.events.push_back({now_, what, std::move(subject), std::move(detail)});
}

std::string Engine::replica_name(std::uint32_t index) const {
    return model::replica_name(model_, index);
}

std::string Engine::edge_state_name(std::uint32_t index) const {
    return model::edge_state_name(model_, index);
}

}  // namespace shaketable::sim
