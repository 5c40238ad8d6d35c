/// The calls of one process: a stand-in's to its callees, or the load's. Carries out the policies
/// of the edges exactly as the simulator does, over real connections.
///
/// A connection carries one request at a time; idle ones are kept and used again. A try that was
/// given up keeps its connection until its answer comes (or a minute has passed), because closing
/// it would be a cancellation; with a `cancel` policy it is closed, which the callee notices.
///
/// Requests outstanding are this process's own, so a balancer with `view: global` sees less than in
/// the simulator. Dice are the simulator's own streams where it has one caller for an edge; of
/// several replicas, replica n draws from the n-th sub-stream.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/slab.h"
#include "injector/address_book.h"
#include "injector/calls/records.h"
#include "injector/live_run.h"
#include "model/call_course.h"
#include "model/edge.h"
#include "model/pick_replica.h"

namespace shaketable::injector {

struct CallerOptions {
    std::uint32_t connections_max = 4096;     ///< per edge of a calling replica and replica called
    std::uint32_t in_flight_max = 1U << 20U;  ///< calls and tries each; more fail as unreachable
    /// Messages from stand-in to stand-in take the time of the scenario's links, the real way
    /// included; off: the real way only.
    bool links = true;
};

class Caller : private model::CallCourse<Caller, Call> {
  public:
    /// `replica`: whose calls these are; none: the workloads'. `part`: sub-stream of its dice.
    Caller(LiveRun& run, const AddressBook& addresses, const CallerOptions& options,
           std::uint32_t replica, std::uint64_t part);

    /// Fixed timers that a role keeps for its caller: one per edge state, one per pair of edge
    /// state and replica called.
    [[nodiscard]] static TimerId timer_count(const model::Model& model);
    /// Precondition: `first` is the first of them. Health checks begin.
    void start(TimerId first);

    /// Begins a call. Its end comes as a Todo `resume` for `parent`, unless that is none (of a
    /// workload's call always).
    void start_call(std::uint32_t edge_state, Index parent, Time inherited, Time started,
                    const TraceContext& trace);
    /// Is a call of `parent` under way? No: it has none, or its end is in `todo` already.
    [[nodiscard]] bool is_calling(Index parent) const { return child_of(parent) != none; }
    /// `parent`, who waits for a call of this edge, is going: with `propagate` the call is taken
    /// back, else nobody waits for its end any more.
    void leave(std::uint32_t edge_state, Index parent, policies::CancelMode mode);

    void on_timer(TimerId timer);  ///< a fixed one
    void on_timer(LiveRun::RecordTimer which, Index record);
    void on_socket(Token token, std::uint32_t events);
    using CallCourse::on_admitted;  ///< what Todo `pass_gates` asks for
    /// What could not be done at once; call it after each event.
    void drain();
    void on_weather();
    void before_cut(Time at);
    /// Checks the books: calls begun = settled + in flight.
    void check_books() const;

    /// When a replica of the model was, or will be, up again after its last planned crash.
    [[nodiscard]] Time up_since(std::uint32_t replica) const { return callees_[replica].up_since; }
    [[nodiscard]] bool is_draining(std::uint32_t replica) const {
        return callees_[replica].draining;
    }

  private:
    friend model::CallCourse<Caller, Call>;

    void add_edge_state(std::uint32_t edge_state);
    void apply_pools();

    // ---- calls (calls.cc) ----
    [[nodiscard]] Index new_call(std::uint32_t edge_state, Index parent, Time inherited,
                                 Time started, const TraceContext& trace);
    void call_settled(std::uint32_t edge_state, Index parent, Time started, Outcome outcome,
                      std::uint16_t status, const TraceContext& trace);

    // ---- what model::CallCourse asks for (calls.cc) ----
    [[nodiscard]] Time now() const noexcept { return run_.now; }
    [[nodiscard]] const model::Model& model() const noexcept { return run_.model; }
    [[nodiscard]] model::CallerEdge& machines_of(std::uint32_t edge_state) {
        return state(edge_state);
    }
    void set(TimerId timer, Time at) { run_.set(timer, at); }
    void unset(TimerId timer) { run_.queue.cancel(timer); }
    void reserve_timers(Index record) { run_.reserve_timers(record); }
    [[nodiscard]] TimerId wait_timer(Index call) const {
        return timer(call, LiveRun::RecordTimer::call_wait);
    }
    [[nodiscard]] TimerId total_timer(Index call) const {
        return timer(call, LiveRun::RecordTimer::call_total);
    }
    void pass_gates_later(Index call) { run_.then(LiveRun::Todo::What::pass_gates, call); }
    /// A first try counts from when its call was due: that is later only under overload.
    [[nodiscard]] Time begins(const Call& call) const { return std::max(call.started, run_.due); }
    [[nodiscard]] Time try_ends(const Call& call) {
        return gives_up(call.edge_state, begins(call), call.deadline);
    }
    [[nodiscard]] Outcome send_attempt(Index call, Time ends, const Permit& permit);
    [[nodiscard]] Index& sibling_of(Index attempt) { return attempts_[attempt].sibling; }
    [[nodiscard]] Time sent_of(Index attempt) const { return attempts_[attempt].sent; }
    void drop_attempt(Index attempt, policies::CancelMode mode);
    void count_refused_try(Index call, Outcome outcome);
    void log_edge(const char* what, std::uint32_t edge_state, std::string detail = {});
    [[nodiscard]] Index stand_in(std::uint32_t edge_state, Index call);
    void call_gone(Index call) noexcept { (void)call; }
    void call_over(Index call, Outcome outcome, std::uint16_t status);

    // ---- tries (attempts.cc), with what model::pick_replica asks for ----
    template <class Host, class IsAvoided>
    friend struct model::EndpointView;
    template <class Host, class IsAvoided>
    friend std::uint32_t model::pick_replica(Host&, std::uint32_t, bool, const IsAvoided&);
    [[nodiscard]] std::uint32_t outstanding(std::uint32_t replica) const {
        return outstanding_[replica];
    }
    void count_refusal(std::uint32_t edge_state, Outcome outcome, const TraceContext& trace,
                       std::uint32_t attempt);
    void note_try(const Attempt& attempt, Outcome outcome);
    [[nodiscard]] std::uint32_t pick_replica(std::uint32_t edge_state, Index avoided);
    struct Try {
        std::uint32_t edge_state = 0;
        Index parent = none;
        bool of_call = false;
        Time gives_up = never;  ///< end of its own time
        Time sent{};            ///< when it leaves
        Time patience = never;  ///< end of its call's time
        TraceContext trace;
        Permit permit{};
    };
    struct Sent {
        Index attempt = none;
        Outcome outcome = Outcome::ok;  ///< else why nothing was sent
    };
    [[nodiscard]] Time gives_up(std::uint32_t edge_state, Time started, Time inherited);
    [[nodiscard]] Sent start_attempt(const Try& what);
    void attempt_settled(Index attempt, Outcome outcome, std::uint16_t status);
    void on_attempt_timeout(Index attempt);
    void abandon(Index attempt, policies::CancelMode mode);
    void free_attempt(Index attempt);
    [[nodiscard]] Duration transit(std::uint32_t edge_state, std::uint32_t replica,
                                   std::int64_t bytes, bool request);
    void answered(Index attempt, Outcome outcome, std::uint16_t status, Time left);
    void deliver(Index attempt);

    // ---- connections (connections.cc) ----
    void transmit(Index attempt);
    [[nodiscard]] Index open_connection(std::uint32_t pool);
    void send_on(Index connection, Index attempt);
    void take_back(Index connection);
    void close_connection(Index connection);
    void on_readable(Index connection);
    void on_answer(Index connection);
    void on_broken(Index connection);
    void leave_connection_queue(Index attempt);
    void serve_waiting(std::uint32_t pool);
    [[nodiscard]] std::uint32_t pool_of(const Attempt& attempt) const;

    // ---- health checks (checks.cc) ----
    void on_check_due(std::uint32_t edge_state);
    void start_check(std::uint32_t pool);
    void end_check(std::uint32_t pool, bool passed);

    [[nodiscard]] Index child_of(Index parent) const {
        return parent < children_.size() ? children_[parent] : none;
    }
    void set_child(Index parent, Index child) {
        if (parent == none) return;
        if (parent >= children_.size()) children_.resize(parent + 1, none);
        children_[parent] = child;
    }
    [[nodiscard]] EdgeState& state(std::uint32_t edge_state) { return states_[own_[edge_state]]; }
    [[nodiscard]] const EdgeState& state(std::uint32_t edge_state) const {
        return states_[own_[edge_state]];
    }
    [[nodiscard]] const model::EdgePlan& edge_of(std::uint32_t edge_state) const {
        return run_.model.edges[run_.model.edge_states[edge_state].edge];
    }
    [[nodiscard]] const model::EdgeRules& rules_of(std::uint32_t edge_state) const {
        return rules_[run_.model.edge_states[edge_state].edge];
    }
    [[nodiscard]] model::EdgeDice& dice_of(std::uint32_t edge_state) {
        return dice_[run_.model.edge_states[edge_state].edge];
    }
    [[nodiscard]] reports::FlowMeter& flow_of(std::uint32_t edge_state) {
        return run_.meters.flow(run_.model.edge_states[edge_state].flow);
    }
    [[nodiscard]] TimerId timer(Index record, LiveRun::RecordTimer which) const {
        return run_.timer_of(record, which);
    }

    LiveRun& run_;
    const AddressBook& addresses_;
    CallerOptions options_;
    std::vector<model::EdgeRules> rules_;  ///< per edge
    std::vector<model::EdgeDice> dice_;    ///< per edge
    std::vector<std::uint32_t> own_;       ///< per edge state: index into `states_`, or none
    std::vector<EdgeState> states_;
    std::vector<Pool> pools_;
    std::vector<Index> children_;  ///< per parent: the call or plain try that it waits for
    Slab<Attempt> attempts_;
    Slab<Connection> connections_;
    std::vector<std::uint32_t> outstanding_;  ///< per replica of the model
    /// What the weather makes of the replicas called; the same in every process, so all draw the
    /// same times to start up.
    struct Callee {
        bool draining = false;
        bool crashed = false;
        Time up_since{};
    };
    std::vector<Callee> callees_;       ///< per replica of the model
    std::vector<Random> startup_dice_;  ///< per service
    struct Broken {
        Index connection;
        std::uint32_t generation;
    };
    std::vector<std::uint32_t> starved_;  ///< pools without a connection for those who wait
    std::vector<Broken> broken_;          ///< found broken while sending
    std::string head_;                    ///< of the message being sent
    std::uint64_t span_stream_ = 0, spans_ = 0;
    TimerId check_timers_ = 0, check_ends_ = 0;
    std::uint32_t generation_ = 0;
    bool told_exhausted_ = false;
};

}  // namespace shaketable::injector
