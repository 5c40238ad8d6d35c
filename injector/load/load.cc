#include "injector/load/load.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "injector/live_run.h"
#include "scenarios/workloads/arrival_clock.h"

namespace shaketable::injector {

namespace {

using Todo = LiveRun::Todo;

/// Sources of requests, as sim/engine/sources.cc.
class Load {
  public:
    Load(const LoadTask& task, Channel& channel, faults::Timeline timeline)
        : run_{*task.model,
               task.repeat,
               std::move(timeline),
               LiveClock{task.zero},
               channel,
               static_cast<TimerId>(task.model->sources.size()) + count_users(*task.model) +
                   Caller::timer_count(*task.model)},
          caller_{run_, task.addresses, task.calls, none, 0},
          trace_stream_{
              random_key(task.model->scenario.run.seed, task.repeat, "load", "traces").bits} {
        for (std::uint32_t s = 0; s < task.model->sources.size(); ++s)
            for (std::uint32_t u = 0; u < task.model->sources[s].users_max; ++u)
                users_.push_back({.source = s, .active = u < task.model->sources[s].users});
        caller_.start(user_timers() + static_cast<TimerId>(users_.size()));
        start_sources();
    }

    void play() { run_.play(*this); }

    void on_timer(TimerId timer) {
        const TimerId records = run_.timer_of(0, LiveRun::RecordTimer::walker);
        const auto users = static_cast<TimerId>(users_.size());
        if (timer < user_timers()) return on_arrival(timer - source_timers);
        if (timer < user_timers() + users) return on_user(timer - user_timers());
        if (timer < records) return caller_.on_timer(timer);
        const TimerId place = timer - records;
        caller_.on_timer(static_cast<LiveRun::RecordTimer>(place % LiveRun::timers_per_record),
                         place / LiveRun::timers_per_record);
    }
    void on_socket(Token token, std::uint32_t events) {
        if (token.kind == Token::Kind::connection) caller_.on_socket(token, events);
    }
    void drain() {
        do {
            for (std::size_t i = 0; i < run_.todo.size(); ++i) {
                const Todo next = run_.todo[i];
                if (next.what == Todo::What::pass_gates)
                    caller_.on_admitted(next.index);
                else
                    request_settled(next.index);
            }
            run_.todo.clear();
            caller_.drain();
        } while (!run_.todo.empty());
    }
    void on_weather(const model::Weather::Change& change) {
        const auto fault_of = [&](std::uint32_t occurrence) -> const faults::Fault& {
            return run_.model.scenario.faults[run_.weather.occurrences()[occurrence].fault];
        };
        for (const std::uint32_t occurrence : change.ended)
            run_.log("fault-end", fault_of(occurrence).id);
        for (const std::uint32_t occurrence : change.started)
            run_.log("fault-start", fault_of(occurrence).id,
                     std::string{faults::kind_name(fault_of(occurrence).what)});
        if (change.services) caller_.on_weather();
        if (change.loads) change_loads();
    }
    void before_cut(Time at) { caller_.before_cut(at); }
    void on_crash() {}
    void on_end() {
        run_.out.in_flight = in_flight_;
        run_.out.requests_in_flight_max = in_flight_max_;
        run_.out.fault_hits = run_.weather.hits();
        for (std::size_t f = 0; f < run_.out.fault_hits.size(); ++f)
            if (!std::holds_alternative<faults::Load>(run_.model.scenario.faults[f].what))
                run_.out.fault_hits[f] = 0;  // counted by whoever is hit
        caller_.check_books();
    }

  private:
    struct User {
        std::uint32_t source = 0;
        bool waits = false;  ///< for an answer
        bool active = true;  ///< not taken away by a load fault
    };
    static constexpr TimerId source_timers = LiveRun::first_timer;

    [[nodiscard]] static TimerId count_users(const model::Model& model) {
        TimerId count = 0;
        for (const model::SourcePlan& source : model.sources) count += source.users_max;
        return count;
    }
    [[nodiscard]] TimerId user_timers() const {
        return source_timers + static_cast<TimerId>(run_.model.sources.size());
    }
    [[nodiscard]] const scenarios::Workload& workload_of(const model::SourcePlan& source) const {
        return run_.model.scenario.workload.entries[source.scenario_workload].value;
    }

    void start_sources() {
        const model::Model& model = run_.model;
        for (std::uint32_t s = 0; s < model.sources.size(); ++s) {
            const model::SourcePlan& source = model.sources[s];
            const scenarios::Workload& workload = workload_of(source);
            const std::string& stream =
                workload.stream.empty() ? model.workload_names[source.workload] : workload.stream;
            const std::string& zone = model.zones[source.zone];
            think_dice_.push_back(run_.dice(stream, "think" + zone, 0));
            // Of closed users only a load fault with a rate of its own adds arrivals.
            scenarios::Workload extra;
            extra.arrivals.emplace();
            clocks_.emplace_back(source.users == 0 ? workload : extra, source.part,
                                 run_.dice(stream, "arrivals" + zone, 0));
            run_.set(source_timers + s, clocks_.back().next(Time{}));
        }
        // Users begin after a think time of their own, so that they do not march in step.
        for (std::uint32_t u = 0; u < users_.size(); ++u) {
            const model::SourcePlan& source = model.sources[users_[u].source];
            const Time first = Time{} + workload_of(source).start.value_or(Duration{0});
            run_.set(user_timers() + u, first + source.think.draw(think_dice_[users_[u].source]));
        }
    }

    void begin_request(std::uint32_t source, Index user, Time intended) {
        ++run_.out.requests;
        ++in_flight_;
        in_flight_max_ = std::max(in_flight_max_, in_flight_);
        const std::uint64_t ordinal = 2 * run_.out.requests;
        const TraceContext trace{.trace_high = span_id(trace_stream_, ordinal),
                                 .trace_low = span_id(trace_stream_, ordinal + 1),
                                 .parent = 1};
        run_.stories.request_began(trace.trace_low);
        caller_.start_call(run_.model.sources[source].edge_state, user, never, intended, trace);
    }

    void on_arrival(std::uint32_t source) {
        const Time intended = run_.due;
        run_.set(source_timers + source, clocks_[source].next(intended));
        begin_request(source, none, intended);
    }

    void on_user(std::uint32_t index) {
        User& user = users_[index];
        if (!user.active) return;
        const scenarios::Workload& workload = workload_of(run_.model.sources[user.source]);
        const Time start = Time{} + workload.start.value_or(Duration{0});
        if (workload.length && run_.now >= start + *workload.length) return;
        user.waits = true;
        begin_request(user.source, index, run_.due);
    }

    void request_settled(Index index) {
        --in_flight_;
        if (index == none) return;
        User& user = users_[index];
        user.waits = false;
        const model::SourcePlan& source = run_.model.sources[user.source];
        run_.set(user_timers() + index, run_.now + source.think.draw(think_dice_[user.source]));
    }

    /// Open streams change their rate; of closed ones so many users are there.
    void change_loads() {
        for (std::uint32_t s = 0; s < run_.model.sources.size(); ++s) {
            const model::SourcePlan& source = run_.model.sources[s];
            const faults::Condition condition = run_.weather.workload_condition(source.workload);
            run_.queue.cancel(source_timers + s);
            run_.set(source_timers + s, clocks_[s].change(run_.due, condition.load,
                                                          condition.load_extra * source.part));
            if (source.users > 0)
                change_users(s, static_cast<std::uint32_t>(
                                    static_cast<double>(source.users) * condition.load + 0.5));
        }
    }

    void change_users(std::uint32_t source, std::uint32_t left) {
        for (std::uint32_t u = 0; u < users_.size(); ++u) {
            User& user = users_[u];
            if (user.source != source) continue;
            const bool active = left > 0;
            if (active) --left;
            const TimerId timer = user_timers() + u;
            if (active && !user.active && !user.waits && !run_.queue.is_pending(timer))
                run_.set(timer,
                         run_.now + run_.model.sources[source].think.draw(think_dice_[source]));
            user.active = active;
        }
    }

    LiveRun run_;
    Caller caller_;
    std::uint64_t trace_stream_;
    std::vector<User> users_;
    std::vector<scenarios::ArrivalClock> clocks_;  ///< per source
    std::vector<Random> think_dice_;               ///< per source
    std::uint64_t in_flight_ = 0, in_flight_max_ = 0;
};

}  // namespace

int run_load(const LoadTask& task, Channel& channel) {
    return play_role<Load>(task, channel);
}

}  // namespace shaketable::injector
