// Faults of services, as far as a replica carries them out itself. As sim/engine/conditions.cc.
#include <algorithm>
#include <utility>

#include "injector/standin/replica.h"

namespace shaketable::injector {

using model::unlimited_places;

void Replica::on_weather(const model::Weather::Change& change) {
    for (const std::uint32_t occurrence : change.started) {
        const std::size_t fault = run_.weather.occurrences()[occurrence].fault;
        const faults::AnyKind& what = run_.model.scenario.faults[fault].what;
        if (faults::is_traffic_fault(what) || std::holds_alternative<faults::Load>(what) ||
            !run_.weather.acts_on(occurrence, task_.replica) || run_.now < born_)
            continue;
        ++fault_hits_[fault];
        if (const auto* cold = std::get_if<faults::ColdCache>(&what))
            for (CacheState& cache : caches_)
                if (cache.keys) cache.keys->drop(cold->share.fraction);
    }
    if (!change.services) return;
    caller_.on_weather();
    apply_condition();
}

/// Compares the replica's condition with what is in force, and makes it so.
void Replica::apply_condition() {
    const faults::Condition condition = run_.weather.replica_condition(task_.replica);
    cold_ = condition.cold;
    slowdown_ = condition.slowdown;
    draining_ = caller_.is_draining(task_.replica);
    if (service().workers != unlimited_places)
        workers_ = static_cast<std::uint32_t>(condition.workers.left_of(service().workers));
    if (!condition.up && !crashed_) {
        crashed_ = true;
        up_ = false;
        run_.queue.cancel(startup_timer);
        if (run_.now >= born_) {
            run_.log("crashed", model::replica_name(run_.model, task_.replica));
            return run_.crash();
        }
    } else if (condition.up && crashed_) {
        crashed_ = false;
        start_up(caller_.up_since(task_.replica));
    }
    if (condition.paused != paused_) condition.paused ? pause() : unpause();
    if (cores_) {
        cores_->set_speed(run_.now, paused_ ? 0 : 1 / condition.slowdown);
        schedule_cores();
    }
    count_workers();
    serve_next();
}

/// Workers and replicas that are there, for the utilisation.
void Replica::count_workers() {
    const bool there = up_ && run_.now >= born_;
    meter().up = there && !draining_ && !paused_ ? 1 : 0;
    const bool limited = service().workers != unlimited_places;
    meter().workers.set(run_.now, there && limited ? service().workers : 0);
}

void Replica::start_up(Time until) {
    if (run_.now >= born_ || until > born_)
        run_.log("starting", model::replica_name(run_.model, task_.replica));
    if (until <= run_.now) return on_started();
    run_.set(startup_timer, until);
}

/// A later life begins. Where the timeline has not said so, it starts up now.
void Replica::on_birth() {
    if (!up_ && !crashed_ && !run_.queue.is_pending(startup_timer))
        start_up(run_.now + service().startup.draw(startup_dice_));
    count_workers();
}

void Replica::on_started() {
    up_ = true;
    empty_at_ = run_.now;
    if (run_.now >= born_) run_.log("up", model::replica_name(run_.model, task_.replica));
    count_workers();
}

/// Stops work and answers, keeps connections. What is under way keeps what it had left to do.
void Replica::pause() {
    paused_ = true;
    run_.log("paused", model::replica_name(run_.model, task_.replica));
    for (Index w = 0; w < walkers_.size(); ++w) {
        const TimerId timer = progress_timer(w);
        if (walkers_[w].phase != Phase::working || !run_.queue.is_pending(timer)) continue;
        frozen_.push_back({w, run_.queue.time_of_pending(timer) - run_.now});
        run_.queue.cancel(timer);
    }
}

void Replica::unpause() {
    paused_ = false;
    run_.log("resumed", model::replica_name(run_.model, task_.replica));
    for (const Frozen& f : std::exchange(frozen_, {})) {
        if (f.left < Duration{0})
            run_.then(LiveRun::Todo::What::run, f.walker);
        else
            run_.set(progress_timer(f.walker), run_.now + f.left);
    }
}

void Replica::reset_cache(std::uint32_t number) {
    const model::CachePlan& plan = run_.model.program.caches[service().first_cache + number];
    if (plan.hit < 0) caches_[number].keys.emplace(plan.key_count, plan.capacity, plan.ttl);
}

/// Everything in hand is lost; callers see their connections end with the process.
void Replica::on_crash() {
    for (Index index = 0; index < walkers_.size(); ++index) {
        Walker& w = walkers_[index];
        if (w.phase <= Phase::coming) continue;
        if (w.phase == Phase::queued || w.phase == Phase::ready) meter().remove_waiting(run_.now);
        if (std::exchange(w.holds_worker, false)) meter().remove_busy(run_.now);
        if (!w.is_branch) {
            ++meter().now.lost;
            meter().leave(run_.now, w.since, run_.meters.segment_start());
        }
        w.phase = Phase::free;
    }
    up_ = false;
    count_workers();
}

}  // namespace shaketable::injector
