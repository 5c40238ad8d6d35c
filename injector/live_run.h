/// What every process of a live run has: the model, the clock and its timers, the weather, and its
/// part of the record.
///
/// Time is kept as in the simulator: each timer is dealt with at the instant it was set for,
/// however late the machine wakes us, and so are its consequences; only what goes out by a socket
/// is late. So lateness does not add up from step to step, and latencies count from the intended
/// start. Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/event_queue.h"
#include "base/random.h"
#include "faults/timeline.h"
#include "injector/channel.h"
#include "injector/clock.h"
#include "injector/http/socket.h"
#include "injector/poller.h"
#include "injector/stories.h"
#include "model/model.h"
#include "model/weather.h"
#include "reports/record/meters.h"
#include "reports/record/record.h"

namespace shaketable::injector {

using model::Index;
using model::none;

class LiveRun {
  public:
    // Timers by number: those of every process, those of a role, then five per record in flight.
    static constexpr TimerId weather_timer = 0, sample_timer = 1, cut_timer = 2, first_timer = 3;
    enum class RecordTimer : std::uint8_t {
        walker,            ///< a request's step, or its arrival
        attempt_progress,  ///< an answer on its way over an emulated link
        attempt_timeout,   ///< then the end of an abandoned one
        call_wait,
        call_total,
    };
    static constexpr TimerId timers_per_record = 5;

    /// `role_timers`: fixed timers of the role, from `first_timer` on.
    LiveRun(const model::Model& model, std::uint64_t repeat, faults::Timeline timeline,
            LiveClock clock, Channel& channel, TimerId role_timers);

    [[nodiscard]] TimerId timer_of(Index record, RecordTimer which) const noexcept {
        return records_ + record * timers_per_record + static_cast<TimerId>(which);
    }
    void reserve_timers(Index record) { queue.reserve(timer_of(record + 1, RecordTimer::walker)); }
    /// Sets a timer that is not pending; `never` leaves it so. A time that has passed is dealt with
    /// at once.
    void set(TimerId timer, Time at) {
        if (at != never) queue.schedule(timer, at < popped_ ? popped_ : at);
    }
    /// The dice `purpose` of `stream` for one of several processes that share them in the
    /// simulator. 0: the simulator's very own.
    [[nodiscard]] Random dice(std::string_view stream, std::string_view purpose,
                              std::uint64_t part) const {
        return Random::at(random_key(model.scenario.run.seed, repeat, stream, purpose), part);
    }

    void log(const char* what, std::string subject, std::string detail = {});

    /// Runs until the channel says stop or crash, or ends. `Role` has:
    ///   on_timer(TimerId), on_socket(Token, events), drain(), on_weather(const Change&),
    ///   before_cut(Time): whoever is inside counts their stay up to then
    ///   on_crash(): what is in hand is lost; on_end(): what is left in flight is counted
    template <class Role>
    void play(Role& role);

    const model::Model& model;
    const std::uint64_t repeat;
    const LiveClock clock;
    Time now{};  ///< of what is being dealt with
    Time due{};  ///< when the timer being dealt with was set for; before `now` only under overload
    EventQueue queue;
    model::Weather weather;
    reports::Meters meters;
    reports::Repeat out;
    Poller poller;
    Stories stories;  ///< of the first repeat, where the scenario keeps any

    struct Todo {
        enum class What : std::uint8_t { run, fail, resume, pass_gates };
        What what = What::run;
        Outcome outcome = Outcome::ok;
        std::uint16_t status = 0;
        Index index = none;
    };
    std::vector<Todo> todo;  ///< what follows at the same instant, in order
    void then(Todo::What what, Index index, Outcome outcome = Outcome::ok,
              std::uint16_t status = 0) {
        todo.push_back({what, outcome, status, index});
    }

    /// The process dies at this instant, by a planned crash: `play` hands over the part and
    /// returns.
    void crash() noexcept { crashing_ = true; }

  private:
    template <class Role>
    void catch_up(Role& role);
    template <class Role>
    void dispatch(Role& role, TimerId timer);
    template <class Role>
    void finish(Role& role, Time at, bool crashed);
    template <class Role>
    void on_cut(Role& role);
    void on_sample();
    void send_part();

    Channel& channel_;
    std::vector<Time> cuts_;
    std::size_t next_cut_ = 0;
    Time end_{};
    Time popped_{};  ///< time of the last timer taken from the queue
    TimerId records_ = 0;
    bool over_ = false;
    bool crashing_ = false;
    bool stopped_ = false;
};

template <class Role>
void LiveRun::play(Role& role) {
    while (!stopped_) {
        const Time next = over_ || queue.empty() ? never : queue.next_time();
        const auto ready = poller.wait(clock, next);
        catch_up(role);
        for (const epoll_event& event : ready) {
            const Token token = Token::unpack(event.data.u64);
            if (token.kind != Token::Kind::channel) {
                if (over_) continue;
                role.on_socket(token, event.events);
                role.drain();
                catch_up(role);
                continue;
            }
            while (const std::optional<Message> message = channel_.receive()) {
                if (message->kind == MessageKind::order)
                    if (const auto told = stories.answer(message->body))
                        (void)channel_.send(MessageKind::order, *told);
                const bool crashed = message->kind == MessageKind::crash;
                if (!crashed && message->kind != MessageKind::stop) continue;
                finish(role, now < end_ ? now : end_, crashed);
                stopped_ = true;
            }
            stopped_ |= channel_.closed();
        }
    }
}

/// Deals with what is due. At most so much at once that sockets get their turn under overload too.
template <class Role>
void LiveRun::catch_up(Role& role) {
    constexpr int at_once_max = 64;
    const Time real = clock.now();
    for (int n = 0; n < at_once_max && !over_ && !queue.empty() && queue.next_time() <= real; ++n) {
        const EventQueue::Fired fired = queue.pop();
        popped_ = due = fired.at;
        now = fired.at > now ? fired.at : now;
        dispatch(role, fired.timer);
        role.drain();
        if (!crashing_) continue;
        finish(role, due, true);
        stopped_ = true;
    }
    now = real > now ? real : now;
    due = now;
}

template <class Role>
void LiveRun::dispatch(Role& role, TimerId timer) {
    if (timer == weather_timer) {
        role.on_weather(weather.advance(due));
        set(weather_timer, weather.next_change());
    } else if (timer == sample_timer) {
        on_sample();
    } else if (timer == cut_timer) {
        on_cut(role);
    } else {
        role.on_timer(timer);
    }
}

template <class Role>
void LiveRun::on_cut(Role& role) {
    // At the very instant of the cut, even if this comes late: all parts are cut alike.
    if (next_cut_ + 1 == cuts_.size()) return finish(role, due, false);
    role.before_cut(due);
    meters.close_segment(due, out);
    set(cut_timer, cuts_[++next_cut_]);
}

/// Closes the books at `at` and hands them over.
template <class Role>
void LiveRun::finish(Role& role, Time at, bool crashed) {
    if (over_) return;
    over_ = true;
    if (crashed) role.on_crash();
    role.before_cut(at);
    meters.close_sample(at, out);
    meters.close_segment(at, out);
    role.on_end();
    send_part();
}

/// A role from its beginning to its end, in a process of its own: `Role` is made of (task, channel,
/// timeline), and has `play()`. Returns the exit code.
template <class Role, class Task>
[[nodiscard]] int play_role(const Task& task, Channel& channel) {
    const scenarios::Scenario& scenario = task.model->scenario;
    auto timeline =
        faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, task.repeat);
    if (!timeline) {
        (void)channel.send(MessageKind::error, timeline.error().front().message);
        return 70;
    }
    allow_many_descriptors();
    Role role{task, channel, std::move(*timeline)};
    (void)channel.send(MessageKind::ready);
    role.play();
    return 0;
}

}  // namespace shaketable::injector
