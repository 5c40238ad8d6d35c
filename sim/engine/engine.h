/// One run: a compiled model, the dice of one repeat, and what becomes of it.
///
/// Single-threaded and a value: a run is a function call. Events are timers named by number; each
/// leads to one function below. What follows at the same instant goes through a list of things to
/// do, never through recursion, so no chain of refusals or answers can grow the stack. Allocates
/// only while something grows to a new maximum.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/event_queue.h"
#include "base/problem.h"
#include "base/random.h"
#include "base/result.h"
#include "base/slab.h"
#include "model/call_course.h"
#include "model/edge.h"
#include "model/lots.h"
#include "model/model.h"
#include "model/pick_replica.h"
#include "model/weather.h"
#include "reports/record/meters.h"
#include "reports/record/record.h"
#include "scenarios/workloads/arrival_clock.h"
#include "sim/engine/executions.h"
#include "sim/engine/picks.h"
#include "sim/engine/state.h"
#include "sim/engine/todo.h"
#include "sim/engine/tracer.h"

namespace shaketable::sim {

// The engine speaks the model's words.
using model::CachePlan;
using model::CallerEdge;
using model::ChoiceEntry;
using model::Cores;
using model::EdgeDice;
using model::EdgePlan;
using model::EdgeRules;
using model::EdgeStatePlan;
using model::Instruction;
using model::KeyCache;
using model::LinkPlan;
using model::Model;
using model::Op;
using model::ReplicaPlan;
using model::ServicePlan;
using model::SourcePlan;
using model::unlimited_places;
using model::Weather;
using reports::FlowMeter;
using reports::Meters;
using reports::ServiceMeter;

class Engine : private model::CallCourse<Engine, Call>, private model::SharedSteps<Engine> {
  public:
    /// `timeline`: of this repeat. Keeps a reference to the model.
    Engine(const Model& model, std::uint64_t repeat, faults::Timeline timeline);
    Engine(const Engine&) = delete;  // hops and replicas point to their meters
    Engine& operator=(const Engine&) = delete;
    ~Engine() = default;

    /// Notes which requests are worth keeping, for a second playing. Before `run`.
    void note_picks(std::uint32_t keep) { picks_ = Picks{keep}; }
    [[nodiscard]] std::vector<Pick> picks() const { return picks_.take(); }
    /// Writes their stories down, and stops when they have ended. Before `run`; kept by reference.
    void follow(Tracer& tracer) { tracer_ = &tracer; }

    /// Plays the run from start to end. Call it once.
    /// Errors: more than 10 million events at one instant: a loop of calls that takes no time.
    [[nodiscard]] Result<reports::Repeat, Problems> run();

    // The same in pieces, for whoever looks on: begin, step while there is a next event, finish.
    void begin();
    [[nodiscard]] bool has_next() { return !queue_.empty() && queue_.next_time() < end_; }
    /// Handles the next event and all that follows from it at once.
    void step();
    [[nodiscard]] reports::Repeat finish();
    [[nodiscard]] Time now() const noexcept { return now_; }
    /// Of the events so far, their order included.
    [[nodiscard]] std::uint64_t fingerprint() const noexcept { return out_.fingerprint; }
    /// What the event handled last was about: "web[0]", "arrivals of users".
    [[nodiscard]] std::string describe_last() const;

    /// The most requests in flight: for the memory figure.
    [[nodiscard]] std::uint64_t requests_in_flight_max() const noexcept { return in_flight_max_; }

  private:
    friend model::CallCourse<Engine, Call>;
    friend model::SharedSteps<Engine>;

    // ---- timers (engine.cc) ----
    static constexpr TimerId weather_timer = 0, sample_timer = 1, cut_timer = 2, first_timer = 3;
    enum class WalkerTimer : std::uint8_t { progress, timeout };
    enum class CallTimer : std::uint8_t { wait, total };
    [[nodiscard]] TimerId timer_of(Index walker, WalkerTimer which) const noexcept {
        return dynamic_timers_ + walker * 4 + static_cast<TimerId>(which);
    }
    [[nodiscard]] TimerId timer_of(Index call, CallTimer which) const noexcept {
        return dynamic_timers_ + call * 4 + 2 + static_cast<TimerId>(which);
    }
    void set(TimerId timer, Time at) {
        if (at != never) queue_.schedule(timer, at);
    }
    void prepare_replicas();
    void prepare_edges();
    [[nodiscard]] Duration steady_transit(const EdgeStatePlan& plan, bool request) const;
    [[nodiscard]] Hop hop_of(std::uint32_t edge_state);
    void prepare_timers();
    void prepare_cuts();
    void dispatch(TimerId timer);
    void dispatch_fixed(TimerId timer);
    void dispatch_walker(Index walker);
    void drain();
    void todo(Todo::What what, Index index, Outcome outcome = Outcome::ok,
              std::uint16_t status = 0) {
        todo_.add({what, index, outcome, status});
    }
    void reserve_timers(Index index) { queue_.reserve(dynamic_timers_ + (index + 1) * 4); }
    void on_sample();
    void on_cut();
    void count_stays(Time at);

    // ---- books and health checks (books.cc) ----
    void check_books();
    void start_health_checks();
    void on_health_check(std::uint32_t edge_state);

    // ---- sources (sources.cc) ----
    void start_sources();
    void begin_request(std::uint32_t source, Index user);
    void request_settled(std::uint32_t edge_state, Index user, Time started, Outcome outcome);
    void on_arrival(std::uint32_t source);
    void on_user(std::uint32_t user);
    void change_loads();

    // ---- calls: their beginning (starts.cc) ----
    void start_call(std::uint32_t edge_state, Index parent);
    void start_with_record(std::uint32_t edge_state, Index parent, Time inherited,
                           Tracer::Spot story);
    void start_directly(std::uint32_t edge_state, Index parent, Time inherited, Tracer::Spot story);
    void direct_refused(std::uint32_t edge_state, Index parent, Time inherited, Tracer::Spot story,
                        const policies::BreakerMachine::Permit& permit, Outcome outcome);
    [[nodiscard]] Index promote(Index walker);
    [[nodiscard]] Time deadline_of(const Hop& hop, Index parent) const;
    void await(Index call);
    void pay_for_success(std::uint32_t edge_state, Outcome outcome, std::uint16_t status);
    void count_call(std::uint32_t edge_state);
    [[nodiscard]] Index new_call(std::uint32_t edge_state, Index parent, Time inherited,
                                 Tracer::Spot story);

    // ---- calls at the caller (calls.cc): what model::CallCourse asks for ----
    [[nodiscard]] const Model& model() const noexcept { return model_; }
    [[nodiscard]] const EdgeRules& rules_of(std::uint32_t edge_state) const {
        return rules_[hops_[edge_state].edge];
    }
    [[nodiscard]] EdgeDice& dice_of(std::uint32_t edge_state) {
        return edge_dice_[hops_[edge_state].edge];
    }
    [[nodiscard]] CallerEdge& machines_of(std::uint32_t edge_state) {
        return edge_states_[edge_state];
    }
    [[nodiscard]] TimerId wait_timer(Index call) const { return timer_of(call, CallTimer::wait); }
    [[nodiscard]] TimerId total_timer(Index call) const { return timer_of(call, CallTimer::total); }
    void unset(TimerId timer) { queue_.cancel(timer); }
    void pass_gates_later(Index call) { todo(Todo::What::pass_gates, call); }
    [[nodiscard]] Time try_ends(const Call& call) {
        return gives_up(hops_[call.edge_state], call.deadline);
    }
    [[nodiscard]] Outcome send_attempt(Index call, Time ends,
                                       const policies::BreakerMachine::Permit& permit);
    [[nodiscard]] Index& sibling_of(Index walker) { return walkers_[walker].sibling; }
    [[nodiscard]] Time sent_of(Index walker) const { return walkers_[walker].sent; }
    void drop_attempt(Index walker, policies::CancelMode mode);
    void count_refused_try(Index call, Outcome outcome);
    void log_edge(const char* what, std::uint32_t edge_state, std::string detail = {});
    [[nodiscard]] Index stand_in(std::uint32_t edge_state, Index call);
    void call_gone(Index call) {
        if (executions_.counts()) [[unlikely]]
            executions_.call_gone(call);
    }
    void call_over(Index call, Outcome outcome, std::uint16_t status);
    void call_settled(std::uint32_t edge_state, Index parent, Time started, Outcome outcome,
                      std::uint16_t status, Tracer::Spot story);
    void leave_child(Index parent, policies::CancelMode mode);

    // ---- stories (attempts.cc) ----
    [[nodiscard]] Tracer::Spot story_of_caller(std::uint32_t edge_state, Index parent) const;
    [[nodiscard]] Tracer::Spot story_of(const Call& call, Index index) const {
        return call.traced ? tracer_->of_call(index) : Tracer::Spot{};
    }
    [[nodiscard]] Tracer::Spot new_visit(std::uint32_t edge_state, std::uint32_t replica,
                                         Tracer::Spot story, std::uint32_t attempt);
    void tell_sent(Index walker, Tracer::Spot story, std::uint32_t attempt);
    [[nodiscard]] Tracer::Spot tell_settled(Index walker, Outcome outcome);

    // ---- tries (attempts.cc), with what model::pick_replica asks for ----
    template <class Host, class IsAvoided>
    friend struct model::EndpointView;
    template <class Host, class IsAvoided>
    friend std::uint32_t model::pick_replica(Host&, std::uint32_t, bool, const IsAvoided&);
    [[nodiscard]] bool is_draining(std::uint32_t replica) const {
        return replicas_[replica].draining;
    }
    [[nodiscard]] Time up_since(std::uint32_t replica) const { return up_since_[replica]; }
    [[nodiscard]] std::uint32_t outstanding(std::uint32_t replica) const {
        return replicas_[replica].outstanding;
    }
    void count_refusal(std::uint32_t edge_state, Outcome outcome, Tracer::Spot story,
                       std::uint32_t attempt);
    [[nodiscard]] std::uint32_t pick_replica(std::uint32_t edge_state, Index avoided);
    [[nodiscard]] Index replicas_to_avoid(Index call) const;
    [[nodiscard]] Time gives_up(const Hop& hop, Time inherited);
    [[nodiscard]] Outcome start_attempt(std::uint32_t edge_state, Index parent, bool of_call,
                                        Time gives_up,
                                        const policies::BreakerMachine::Permit& permit,
                                        Tracer::Spot story, std::uint32_t attempt);
    void join_call(Index call, Index walker);
    void balance_settled(const Walker& w, Outcome outcome);
    void observe_try(const Walker& w, Outcome outcome, std::uint16_t status);
    void attempt_settled(Index walker, Outcome outcome, std::uint16_t status);
    void on_attempt_timeout(Index walker);
    void abandon(Index walker, policies::CancelMode mode);

    // ---- crossings (crossings.cc) ----
    struct Wire {
        double connection_rate = faults::unlimited_rate;
        double edge_rate = faults::unlimited_rate;
    };
    /// What faults have in store for an answer.
    struct LateVerdict {
        Duration delay{0};
        bool swallow = false;
        bool spoiled = false;  ///< no longer what the replica answered: an error
        Wire wire{};
        [[nodiscard]] bool is_anything() const noexcept {
            return delay > Duration{0} || swallow || spoiled ||
                   wire.connection_rate < faults::unlimited_rate ||
                   wire.edge_rate < faults::unlimited_rate;
        }
    };
    [[nodiscard]] Duration transit(std::uint32_t edge_state, Index replica, std::int64_t bytes,
                                   const Wire& wire, bool request);
    void set_late_verdict(Index walker, LateVerdict verdict);
    void send(Index walker, const Hop& hop);
    void send_through_faults(Index walker, std::uint64_t ordinal);
    void answer(Index walker, Outcome outcome, std::uint16_t status);
    void answer_through_faults(Index walker);
    void deliver(Index walker);
    void come_too_late(Index walker);
    void judge_in_flight(std::uint32_t occurrence);

    // ---- replicas (replicas.cc) ----
    void push(List& list, Index walker) { model::push(list, walkers_, walker); }
    void unlink(List& list, Index walker) { model::unlink(list, walkers_, walker); }
    [[nodiscard]] std::uint32_t priority_of(const Walker& w) const;
    [[nodiscard]] List& queue_of(const Walker& w);
    void refuse(Index walker, Outcome outcome);
    [[nodiscard]] Outcome ask_inbound(const Walker& w);
    void arrive(Index walker);
    void give_worker(Index walker, Replica& replica);
    void release_worker(Index walker);
    void serve_next(Index replica);
    void lose_patience(Index walker);
    [[nodiscard]] Outcome judge_wait(Index replica, const Walker& w, Duration waited);
    [[nodiscard]] Index next_in_queue(Index replica);
    void leave(Index walker);
    void tell_limit(Index walker);
    void detach(Index walker);
    void cancel(Index walker, policies::CancelMode mode);

    // ---- steps (steps.cc) ----
    void run_walker(Index walker);
    void freeze(Index walker);
    [[nodiscard]] bool step_other(Index walker, const Instruction& step);
    [[nodiscard]] std::uint32_t choose(const Instruction& step, double die) const;
    [[nodiscard]] bool step_work(Index walker, const Instruction& step);
    [[nodiscard]] bool step_wait(Index walker, const Instruction& step);
    void on_work_done(Index walker);
    void schedule_cores(std::uint32_t cores);
    void on_cores(std::uint32_t cores);
    void step_fork(Index walker, const Instruction& step);
    void finish_branch(Index branch, Outcome outcome, std::uint16_t status);
    void drop_branches(Index walker);
    void step_reply(Index walker, std::uint16_t status);
    void replace_child(Index from, Index to);
    void resume(Index walker, Outcome outcome, std::uint16_t status);
    void finish_walker(Index walker, Outcome outcome, std::uint16_t status);

    // ---- what model::SharedSteps asks for (steps.cc) ----
    [[nodiscard]] Slab<Walker>& walkers() noexcept { return walkers_; }
    [[nodiscard]] const Replica& replica_of(Index walker) const {
        return replicas_[walkers_[walker].replica];
    }
    [[nodiscard]] Random& step_dice_of(Index walker) {
        return step_dice_[replica_of(walker).service];
    }
    [[nodiscard]] double cold_of(Index walker) const { return replica_of(walker).cold; }
    [[nodiscard]] LockState& lock_of(Index walker, std::uint32_t lock) {
        return locks_[replica_of(walker).first_lock + lock];
    }
    [[nodiscard]] CacheState& cache_of(Index walker, std::uint32_t cache) {
        return caches_[replica_of(walker).first_cache + model_.program.caches[cache].number];
    }
    void wait_for_another(Index walker);
    void wake(Index walker) {
        walkers_[walker].go(Phase::running);
        todo(Todo::What::run, walker);
    }

    // ---- conditions (conditions.cc) ----
    void on_weather();
    void apply_conditions(const std::vector<std::uint32_t>& services);
    void apply_pools(const std::vector<std::uint32_t>& services);
    void apply_condition(std::uint32_t replica);
    void count_workers(std::uint32_t service);
    void crash(std::uint32_t replica);
    void reset_cache(std::uint32_t replica, std::uint32_t number);
    void reset_edges(std::uint32_t replica);
    void start_up(std::uint32_t replica);
    void on_started(std::uint32_t replica);
    void on_life_timer(std::uint32_t replica);
    void break_down_soon(std::uint32_t replica);
    void break_down(std::uint32_t replica);
    void pause(std::uint32_t replica);
    void unpause(std::uint32_t replica);
    void cool_caches(std::uint32_t replica, double share);
    void log(const char* what, std::string subject, std::string detail = {});
    [[nodiscard]] std::string replica_name(std::uint32_t replica) const;
    [[nodiscard]] std::string edge_state_name(std::uint32_t edge_state) const;

    [[nodiscard]] Index new_walker();
    void free_walker(Index walker);
    void free_settled(Index walker);
    [[nodiscard]] ServiceMeter& meter_of(const Walker& w) { return *replicas_[w.replica].meter; }
    [[nodiscard]] FlowMeter& flow_of(std::uint32_t edge_state) { return *hops_[edge_state].meter; }
    /// The state of `edge` that belongs to the replica the walker is at.
    [[nodiscard]] std::uint32_t state_of(const Walker& w, std::uint32_t edge) const {
        return model_.edges[edge].first_state + model_.replicas[w.replica].number;
    }

    const Model& model_;
    const Instruction* code_;  ///< of the model
    std::uint64_t repeat_;
    Time now_{};
    Time end_{};
    EventQueue queue_;
    Slab<Walker> walkers_;
    Weather weather_;
    Meters meters_;
    std::vector<Replica> replicas_;
    std::vector<List> queues_;
    model::Lots lots_;  ///< per replica: who waits where the queue is served in random order
    std::vector<Cores> cores_;
    std::vector<std::vector<Frozen>> frozen_;  ///< per replica
    std::vector<Time> up_since_;               ///< per replica
    /// What a replica does about its own load.
    struct Inbound {
        std::optional<policies::RateLimitMachine> rate_limit;
        std::optional<policies::ShedMachine> shed;
        std::optional<policies::ConcurrencyLimitMachine> limit;
        std::optional<policies::CoDelMachine> codel;
    };
    std::vector<Inbound> inbound_;     ///< per replica
    std::vector<EdgeRules> rules_;     ///< per edge
    std::vector<EdgeDice> edge_dice_;  ///< per edge
    std::vector<CallerEdge> edge_states_;
    std::vector<Hop> hops_;                                                     ///< per edge state
    std::vector<Random> work_dice_, step_dice_, startup_dice_, patience_dice_;  ///< per service
    std::vector<Random> order_dice_;                                            ///< the same
    std::vector<std::uint64_t> ordinals_;  ///< per route: crossings so far
    std::vector<Time> wire_free_;  ///< per route and direction: when a throttled wire is free
    std::vector<LateVerdict> late_verdicts_;  ///< per walker with `has_verdict`
    struct User {
        std::uint32_t source = 0;
        bool waits = false;  ///< for an answer
        bool active = true;  ///< not taken away by a load fault
    };
    std::vector<User> users_;
    std::vector<scenarios::ArrivalClock> clocks_;  ///< per open source
    std::vector<Random> think_dice_;               ///< per source
    Executions executions_;
    Picks picks_{0};
    Tracer* tracer_ = nullptr;
    Tracer::Spot root_story_;  ///< of the request that begins now
    TodoList todo_;
    std::vector<Time> cuts_;
    std::size_t next_cut_ = 0;
    TimerId source_timers_ = 0, user_timers_ = 0, cores_timers_ = 0, startup_timers_ = 0;
    TimerId health_timers_ = 0, dynamic_timers_ = 0;
    std::uint64_t same_instant_ = 0;
    TimerId last_timer_ = 0;
    std::uint64_t in_flight_ = 0, in_flight_max_ = 0;
    reports::Repeat out_;
};

}  // namespace shaketable::sim
