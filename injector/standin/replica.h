/// A stand-in at work. The semantics are those of sim/engine (replicas, steps, conditions) for one
/// replica; what differs is where requests come from and where answers go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/slab.h"
#include "injector/calls/caller.h"
#include "injector/live_run.h"
#include "injector/standin/burner.h"
#include "injector/standin/standin.h"
#include "injector/standin/state.h"
#include "model/cores.h"
#include "model/lots.h"
#include "policies/codel.h"
#include "policies/concurrency_limit.h"
#include "policies/rate_limit.h"
#include "policies/shed.h"

namespace shaketable::injector {

class Replica : private model::SharedSteps<Replica> {
  public:
    Replica(const StandinTask& task, Channel& channel, faults::Timeline timeline);

    void play() { run_.play(*this); }

    // ---- what LiveRun asks of a role (replica.cc) ----
    void on_timer(TimerId timer);
    void on_socket(Token token, std::uint32_t events);
    void drain();
    void on_weather(const model::Weather::Change& change);
    void before_cut(Time at);
    void on_crash();
    void on_end();

  private:
    friend model::SharedSteps<Replica>;

    // ---- connections (server.cc) ----
    void on_accept();
    void on_session(Token token, std::uint32_t events);
    void read_on(Index session);
    void on_request(Index session);
    void respond(Index session, std::uint16_t status, Outcome outcome, std::int64_t bytes,
                 std::string_view text = {});
    void after_answer(Index session);
    void close_session(Index session);
    void answer(Index walker, Outcome outcome, std::uint16_t status);
    [[nodiscard]] const model::EdgePlan* edge_of(const CallHead& call) const;
    [[nodiscard]] const model::EndpointPlan* endpoint_of(const RequestParser& request,
                                                         const model::EdgePlan* edge) const;
    [[nodiscard]] TraceContext new_trace();
    [[nodiscard]] std::string metrics() const;

    // ---- admission, waiting room, workers (room.cc) ----
    void push(List& list, Index walker) { model::push(list, walkers_, walker); }
    void unlink(List& list, Index walker) { model::unlink(list, walkers_, walker); }
    [[nodiscard]] List& queue_of(const Walker& w);
    void refuse(Index walker, Outcome outcome);
    [[nodiscard]] Outcome ask_inbound(const Walker& w);
    void arrive(Index walker);
    void give_worker(Index walker);
    void release_worker(Index walker);
    void serve_next();
    [[nodiscard]] Outcome judge_wait(const Walker& w, Duration waited);
    [[nodiscard]] Index next_in_queue();
    void enqueue(Index walker);
    void dequeue(Index walker);
    void leave(Index walker);
    void lose_patience(Index walker);
    void leave_child(Index walker, policies::CancelMode mode);
    void detach(Index walker);
    void on_gone(Index walker);
    void cancel(Index walker, policies::CancelMode mode);
    /// Has its caller left, as far as can be known?
    [[nodiscard]] bool is_abandoned(const Walker& w) const {
        return !w.is_branch && (w.gone || w.patience < run_.now);
    }

    // ---- steps (steps.cc) ----
    void run_walker(Index walker);
    [[nodiscard]] std::uint32_t choose(const model::Instruction& step, double die) const;
    [[nodiscard]] bool step_work(Index walker, const model::Instruction& step);
    [[nodiscard]] bool step_wait(Index walker, const model::Instruction& step);
    void go_on(Index walker);
    void schedule_cores();
    void step_fork(Index walker, const model::Instruction& step);
    void finish_branch(Index branch, Outcome outcome, std::uint16_t status);
    void drop_branches(Index walker);
    void step_reply(Index walker, std::uint16_t status);
    void resume(Index walker, Outcome outcome, std::uint16_t status);
    void finish_walker(Index walker, Outcome outcome, std::uint16_t status);

    // ---- what model::SharedSteps asks for ----
    [[nodiscard]] Time now() const noexcept { return run_.now; }
    [[nodiscard]] const model::Model& model() const noexcept { return run_.model; }
    [[nodiscard]] Slab<Walker>& walkers() noexcept { return walkers_; }
    [[nodiscard]] Random& step_dice_of(Index) noexcept { return step_dice_; }
    [[nodiscard]] double cold_of(Index) const noexcept { return cold_; }
    [[nodiscard]] LockState& lock_of(Index, std::uint32_t lock) { return locks_[lock]; }
    [[nodiscard]] CacheState& cache_of(Index, std::uint32_t cache) {
        return caches_[run_.model.program.caches[cache].number];
    }
    void wait_for_another(Index walker);
    void wake(Index walker);

    // ---- conditions (conditions.cc) ----
    void apply_condition();
    void count_workers();
    void start_up(Time until);
    void on_birth();
    void on_started();
    void pause();
    void unpause();
    void reset_cache(std::uint32_t number);

    void drain_todo();
    [[nodiscard]] Index new_walker();
    void free_walker(Index walker);
    void note_stay(const Walker& walker);
    [[nodiscard]] reports::ServiceMeter& meter() { return run_.meters.service(plan_.service); }
    [[nodiscard]] const model::ServicePlan& service() const {
        return run_.model.services[plan_.service];
    }
    [[nodiscard]] std::uint32_t state_of(std::uint32_t edge) const {
        return run_.model.edges[edge].first_state + plan_.number;
    }
    [[nodiscard]] TimerId progress_timer(Index walker) const {
        return run_.timer_of(walker, LiveRun::RecordTimer::walker);
    }
    static constexpr TimerId cores_timer = LiveRun::first_timer;
    static constexpr TimerId birth_timer = LiveRun::first_timer + 1;
    static constexpr TimerId startup_timer = LiveRun::first_timer + 2;
    static constexpr TimerId caller_timers = LiveRun::first_timer + 3;

    const StandinTask& task_;
    const model::ReplicaPlan& plan_;
    LiveRun run_;
    Caller caller_;
    Random work_dice_, step_dice_, startup_dice_, patience_dice_, order_dice_;
    Slab<Walker> walkers_;
    Slab<Session> sessions_;
    std::vector<List> queues_;  ///< one, or one per priority
    model::Lots lots_;          ///< who waits, where the queue is served in random order
    std::optional<model::Cores> cores_;
    std::optional<Burner> burner_;
    std::vector<Frozen> frozen_;
    std::vector<Index> answered_;  ///< sessions that may have their next request
    std::optional<policies::RateLimitMachine> rate_limit_;
    std::optional<policies::ShedMachine> shed_;
    std::optional<policies::ConcurrencyLimitMachine> limit_;
    std::optional<policies::CoDelMachine> codel_;
    std::vector<std::uint64_t> fault_hits_;  ///< per fault of the scenario
    std::string head_;                       ///< of the answer being sent
    List ready_;                             ///< walkers that want a worker back
    std::uint32_t workers_ = 0;              ///< that may be held now
    std::uint32_t busy_ = 0;
    std::uint32_t queued_ = 0;
    std::uint32_t generation_ = 0;
    std::uint64_t traces_ = 0;
    double slowdown_ = 1;
    double cold_ = 0;       ///< share of fixed-share cache hits that miss
    Time born_{};           ///< of this life
    Time empty_at_{};       ///< when the queue was last empty
    bool up_ = true;        ///< able to serve
    bool crashed_ = false;  ///< by the timeline, in an earlier life
    bool paused_ = false;
    bool draining_ = false;
    bool accept_later_ = false;  ///< connections wait for descriptors
    bool accept_now_ = false;    ///< and one was given back
};

}  // namespace shaketable::injector
