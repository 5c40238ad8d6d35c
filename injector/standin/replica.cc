#include "injector/standin/replica.h"

#include <utility>

#include "base/check.h"

namespace shaketable::injector {

using Todo = LiveRun::Todo;

namespace {

/// Which sub-stream of its service's dice a replica draws from, see StandinTask::life.
std::uint64_t part_of(const StandinTask& task) {
    const model::ReplicaPlan& plan = task.model->replicas[task.replica];
    return plan.number + std::uint64_t{task.life} * task.model->services[plan.service].replicas;
}

}  // namespace

Replica::Replica(const StandinTask& task, Channel& channel, faults::Timeline timeline)
    : task_{task},
      plan_{task.model->replicas[task.replica]},
      run_{*task.model,
           task.repeat,
           std::move(timeline),
           LiveClock{task.zero},
           channel,
           caller_timers - LiveRun::first_timer + Caller::timer_count(*task.model)},
      caller_{run_, task.addresses, task.calls, task.replica, part_of(task)},
      work_dice_{run_.dice(service().stream, "work", part_of(task))},
      step_dice_{run_.dice(service().stream, "steps", part_of(task))},
      startup_dice_{run_.dice(service().stream, "startup", 1 + part_of(task))},
      patience_dice_{run_.dice(service().stream, "patience", 1 + part_of(task))},
      order_dice_{run_.dice(service().stream, "order", part_of(task))},
      queues_(service().priorities),
      fault_hits_(task.model->scenario.faults.size()),
      workers_{service().workers} {
    const model::ServicePlan& plan = service();
    locks_.resize(plan.locks);
    caches_.resize(plan.caches);
    row_versions_.resize(task.model->program.rows);
    lots_.make_room(1);
    for (std::uint32_t c = 0; c < plan.caches; ++c) reset_cache(c);
    if (plan.queue.codel) codel_.emplace(*plan.queue.codel);
    if (plan.policies) {
        if (plan.policies->rate_limit) rate_limit_.emplace(*plan.policies->rate_limit);
        if (plan.policies->shed) shed_.emplace(*plan.policies->shed);
        if (plan.policies->concurrency_limit) limit_.emplace(*plan.policies->concurrency_limit);
    }
    if (task.burn) {
        constexpr std::uint32_t threads_max = 256;
        const auto first = static_cast<std::uint32_t>(plan.cores) * task.replica;
        burner_.emplace(std::min(plan.workers, threads_max), plan.cores, first);
        SHAKETABLE_CHECK(run_.poller.add(burner_->fd(), {.kind = Token::Kind::burner}),
                         "a burner can be waited for");
    } else if (plan.cores > 0) {
        cores_.emplace(plan.cores);
    }
    if (task.life > 0) {
        up_ = false;
        born_ = run_.clock.now();
        run_.set(birth_timer, born_);
    }
    count_workers();
    caller_.start(caller_timers);
    SHAKETABLE_CHECK(run_.poller.add(task.listener.get(), {.kind = Token::Kind::listener}),
                     "a listener can be waited for");
}

void Replica::on_timer(TimerId timer) {
    const TimerId records = run_.timer_of(0, LiveRun::RecordTimer::walker);
    if (timer == cores_timer) {
        const Index walker = cores_->take_first(run_.now);
        schedule_cores();
        return go_on(walker);
    }
    if (timer == birth_timer) return on_birth();
    if (timer == startup_timer) return on_started();
    if (timer < records) return caller_.on_timer(timer);
    const Index record = (timer - records) / LiveRun::timers_per_record;
    const auto which =
        static_cast<LiveRun::RecordTimer>((timer - records) % LiveRun::timers_per_record);
    if (which != LiveRun::RecordTimer::walker) return caller_.on_timer(which, record);
    if (walkers_[record].phase == Phase::coming) return arrive(record);
    if (walkers_[record].phase == Phase::queued) return lose_patience(record);
    go_on(record);
}

void Replica::on_socket(Token token, std::uint32_t events) {
    switch (token.kind) {
        case Token::Kind::listener:
            return on_accept();
        case Token::Kind::session:
            return on_session(token, events);
        case Token::Kind::connection:
            return caller_.on_socket(token, events);
        case Token::Kind::burner:
            for (const Burner::Job& job : burner_->take_ended())
                if (walkers_[job.walker].serial == job.serial) go_on(job.walker);
            return;
        default:
            return;
    }
}

/// What follows at the same instant, in order.
void Replica::drain() {
    do {
        drain_todo();
        caller_.drain();
        if (std::exchange(accept_now_, false)) on_accept();
        if (!run_.todo.empty() || answered_.empty()) continue;
        const Index session = answered_.back();
        answered_.pop_back();
        read_on(session);
    } while (!run_.todo.empty() || !answered_.empty());
}

void Replica::drain_todo() {
    for (std::size_t i = 0; i < run_.todo.size(); ++i) {
        const Todo next = run_.todo[i];
        switch (next.what) {
            case Todo::What::run:
                run_walker(next.index);
                break;
            case Todo::What::fail:
                finish_walker(next.index, Outcome::error, next.status);
                break;
            case Todo::What::resume:
                resume(next.index, next.outcome, next.status);
                break;
            case Todo::What::pass_gates:
                caller_.on_admitted(next.index);
                break;
        }
    }
    run_.todo.clear();
}

/// Those who are here now count their stay up to the cut.
void Replica::before_cut(Time at) {
    const Time cut = run_.meters.segment_start();
    for (Index index = 0; index < walkers_.size(); ++index) {
        const Walker& w = walkers_[index];
        if (w.is_branch || w.phase <= Phase::coming) continue;
        meter().now.sojourn += at - std::max(w.since, cut);
    }
    caller_.before_cut(at);
}

void Replica::on_end() {
    run_.out.fault_hits = fault_hits_;
    caller_.check_books();
    std::uint64_t inside = 0, arrived = 0, gone = 0;
    for (Index index = 0; index < walkers_.size(); ++index)
        if (walkers_[index].phase > Phase::coming && !walkers_[index].is_branch) {
            ++inside;
            note_stay(walkers_[index]);
        }
    for (const reports::Segment& segment : run_.out.segments) {
        const reports::ServiceTotals& totals = segment.services[plan_.service];
        arrived += totals.arrived;
        gone += totals.completed + totals.lost + totals.cancelled;
        for (const std::uint64_t refused : totals.refused) gone += refused;
        SHAKETABLE_CHECK(totals.in_system_time == totals.sojourn,
                         "Little's law: requests x time = sum of their stays");
    }
    SHAKETABLE_CHECK(arrived == gone + inside, "requests: arrived = gone + inside");
}

Index Replica::new_walker() {
    const Index index = walkers_.take();
    run_.reserve_timers(index);
    Walker& w = walkers_[index];
    const std::uint32_t serial = w.serial + 1;
    w = Walker{};
    w.serial = serial;
    return index;
}

/// Of a request that has arrived.
void Replica::note_stay(const Walker& w) {
    if (!w.is_branch && w.since != Time{})
        run_.stories.stayed({.trace = w.trace.trace_low,
                             .id = w.trace.parent,
                             .arrived = w.since,
                             .started = w.started});
}

void Replica::free_walker(Index walker) {
    note_stay(walkers_[walker]);
    ++walkers_[walker].serial;
    walkers_[walker].phase = Phase::free;
    walkers_.give_back(walker);
}

int run_standin(StandinTask task, Channel& channel) {
    return play_role<Replica>(task, channel);
}

}  // namespace shaketable::injector
