#include "injector/run/inject.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/quantity.h"
#include "injector/clock.h"
#include "injector/http/socket.h"
#include "injector/journal.h"
#include "injector/port_owner.h"
#include "injector/run/fault_desk.h"
#include "injector/run/guardian.h"
#include "injector/run/health.h"
#include "injector/run/lease.h"
#include "injector/run/run_page.h"
#include "injector/run/signals.h"
#include "injector/stories.h"
#include "reports/record/merge_part.h"

namespace shaketable::injector {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Controller {
  public:
    Controller(const Plan& plan, Sockets sockets, const InjectOptions& options)
        : plan_{plan},
          sockets_{std::move(sockets)},
          options_{options},
          watch_{plan},
          lease_{options.lease} {}

    Injected run() {
        const Signals signals;
        if (clear_up() && start_guardian() && wait_for_health()) {
            go();
            open_page();
            while (!is_over()) {
                poll();
                look();
            }
            collect();
        }
        end();
        return std::move(result_);
    }

  private:
    struct Process {
        Channel channel;
        bool is_awaited = true;  ///< its part
        bool is_silent = false;  ///< has been given up
        Time last_sample{};
    };

    static constexpr const char* guardian_died = "the guardian died";
    static constexpr const char* guardian_is_silent = "the guardian does not answer";
    void fail(std::string why) {
        if (result_.end != Injected::End::complete) return;
        result_.end = Injected::End::failed;
        result_.why = std::move(why);
    }
    [[nodiscard]] bool is_ended() const { return result_.end != Injected::End::complete; }

    /// What a former run has left behind is put right first.
    bool clear_up() {
        const Result<std::string> folder = Journal::folder();
        if (!folder) return fail(folder.error().message), false;
        journals_ = *folder;
        Undone undone = undo_all(journals_);
        result_.put_right = std::move(undone.done);
        result_.not_undone = std::move(undone.failed);
        for (const std::string& what : result_.not_undone)
            result_.problems.push_back(
                {.code = "E305",
                 .message = "a former run has left something behind: " + what,
                 .hint = "put it right by hand; `shaketable undo` says whether it is"});
        if (!result_.not_undone.empty()) fail("what a former run has left behind cannot be undone");
        return result_.not_undone.empty();
    }

    bool start_guardian() {
        std::vector<Channel> theirs;
        for (std::size_t slot = 0; slot < first_life_slot + plan_.lives.size(); ++slot) {
            auto [ours, other] = Channel::pair();
            const bool is_command = slot >= first_life_slot &&
                                    plan_.binding_of(plan_.lives[slot - first_life_slot].replica);
            processes_.push_back({.channel = std::move(ours), .is_awaited = !is_command});
            theirs.push_back(std::move(other));
        }
        auto [ours, other] = Channel::pair();
        guardian_ = ::fork();
        if (guardian_ < 0) return fail("cannot start the guardian"), false;
        if (guardian_ == 0) {
            // It sees the controller die by the end of its channel, and outlives it.
            processes_.clear();
            Channel controller = std::move(other);
            ours = Channel{Descriptor{}};
            ::_exit(guard({.plan = &plan_,
                           .sockets = &sockets_,
                           .roles = std::move(theirs),
                           .journals = journals_,
                           .burn = options_.burn,
                           .real_time = options_.real_time,
                           .lease = options_.lease},
                          controller));
        }
        wire_ = std::move(ours);
        sockets_.standins.clear();
        sockets_.proxies.clear();
        return true;
    }

    /// The user's own services are there before the load comes.
    bool wait_for_health() {
        constexpr Duration longest = seconds{15};
        const auto until = std::chrono::steady_clock::now() + longest;
        for (std::uint32_t r = 0; r < plan_.model.replicas.size(); ++r) {
            const BoundService* bound = plan_.binding_of(r);
            if (bound == nullptr) continue;
            std::string reason = "it is not there";
            while (!is_healthy(plan_.address_of(r), bound->health, reason)) {
                poll_guardian();
                if (Signals::caught() != 0) return note_signal(), false;
                if (is_ended()) return false;
                if (std::chrono::steady_clock::now() > until)
                    return fail(plan_.name_of(r) + " at " + plan_.address_of(r).print() +
                                " is not well: " + reason),
                           false;
                (void)::poll(nullptr, 0, 20);
            }
        }
        return true;
    }

    void go() {
        // Enough for all processes to be there; those that are late say so by what they count.
        const Duration lead = milliseconds{300} + milliseconds{5} * processes_.size();
        clock_.emplace(std::chrono::steady_clock::now() + lead);
        if (!wire_->send(MessageKind::order, encode_go(clock_->zero()))) fail(guardian_died);
    }

    void open_page() {
        if (!options_.page || is_ended()) return;
        faults_.emplace(processes_[proxy_slot].channel, [this] { return hear_proxies(); });
        page_.emplace(plan_, watch_, *clock_, &*faults_);
        if (std::optional<Problem> problem = page_->listen(*options_.page)) {
            const std::string owner = port_owner(options_.page->port());
            if (problem->code == "E001") problem->code = "E302";
            if (!owner.empty()) problem->hint = "it is held by " + owner;
            result_.problems.push_back(*problem);
            return fail("the page of the run cannot be opened");
        }
        if (options_.listening) options_.listening(page_->address());
    }

    [[nodiscard]] bool is_over() const {
        const Time end = Time{} + plan_.model.scenario.run.duration;
        return is_ended() || clock_->now() >= end;
    }

    void poll() {
        std::vector<pollfd> waits{{wire_->fd(), POLLIN, 0}};
        for (const Process& process : processes_)
            if (!process.channel.closed()) waits.push_back({process.channel.fd(), POLLIN, 0});
        (void)::poll(waits.data(), waits.size(), 50);
        poll_guardian();
        for (Process& process : processes_) hear(process);
    }

    void poll_guardian() {
        while (const std::optional<Message> message = wire_->receive()) {
            lease_.renew();
            if (message->kind == MessageKind::error) fail(message->body);
            if (message->kind == MessageKind::order && message->body != sign_of_life)
                on_order(message->body);
        }
        if (lease_.is_sign_due()) (void)wire_->send(MessageKind::order, sign_of_life);
        if (wire_->closed()) fail(guardian_died);
        if (lease_.is_over()) fail(guardian_is_silent);
    }

    /// "hit N": a signal of that fault has reached a process of the user's.
    void on_order(std::string_view order) {
        if (!order.starts_with("hit ")) return on_death(order);
        std::size_t fault = 0;
        std::from_chars(order.data() + 4, order.data() + order.size(), fault);
        if (fault < hits_.size()) ++hits_[fault];
    }

    /// "died N CODE": the process of slot N, which hands over nothing any more; a negative code is
    /// the signal that killed it.
    void on_death(std::string_view died) {
        std::size_t slot = 0;
        int code = 0;
        const char* end = died.data() + died.size();
        const auto [rest, error] = std::from_chars(died.data() + 5, end, slot);
        if (error != std::errc{} || rest == end) return;
        std::from_chars(rest + 1, end, code);
        const bool is_ours = !is_command(slot);
        if (slot < processes_.size()) processes_[slot].is_awaited = false;
        if (!is_ended()) result_.is_defect = is_ours && is_crash(code);
        fail(name_of_slot(slot) + how_it_ended(code));
    }

    [[nodiscard]] bool is_command(std::size_t slot) const {
        return slot >= first_life_slot && slot - first_life_slot < plan_.lives.size() &&
               plan_.binding_of(plan_.lives[slot - first_life_slot].replica) != nullptr;
    }

    [[nodiscard]] std::string name_of_slot(std::size_t slot) const {
        if (slot == proxy_slot) return "the process of the proxies ";
        if (slot == load_slot) return "the load generator ";
        const std::string name = plan_.name_of(plan_.lives[slot - first_life_slot].replica);
        return is_command(slot) ? name + ", which was started for the run, "
                                : "the stand-in " + name + " ";
    }

    static std::string how_it_ended(int code) {
        if (code >= 0) return "ended with code " + std::to_string(code);
        return std::string{is_crash(code) ? "crashed" : "was killed"} + " (signal " +
               std::to_string(-code) + ", " + ::strsignal(-code) + ")";
    }
    /// By a mistake of its own: a signal that nobody sends, or the exit code of a check.
    static bool is_crash(int code) {
        return code == 70 || code == -SIGSEGV || code == -SIGBUS || code == -SIGILL ||
               code == -SIGFPE || code == -SIGABRT;
    }

    /// While somebody waits for an answer of theirs.
    bool hear_proxies() {
        Process& proxies = processes_[proxy_slot];
        pollfd wait{proxies.channel.fd(), POLLIN, 0};
        if (!proxies.channel.closed()) (void)::poll(&wait, 1, 50);
        hear(proxies);
        poll_guardian();
        return !proxies.channel.closed();
    }

    void hear(Process& process) {
        while (const std::optional<Message> message = process.channel.receive()) {
            if (message->kind == MessageKind::error) fail(message->body);
            if (message->kind == MessageKind::order && &process != &processes_[proxy_slot])
                stories_.on_answer(message->body);
            else if (message->kind == MessageKind::order && faults_)
                faults_->on_order(message->body);
            if (message->kind == MessageKind::sample) {
                process.last_sample = clock_->now();
                if (const auto sample = decode_sample(message->body)) watch_.add(*sample);
            } else if (message->kind == MessageKind::part) {
                process.is_awaited = false;
                const auto part = decode_part(message->body);
                if (!part) return fail("a process has handed over a part that cannot be read");
                if (result_.repeats.empty()) result_.repeats.emplace_back();
                reports::merge_part(result_.repeats.front(), *part);
            }
        }
    }

    void note_signal() {
        result_.end = Injected::End::interrupted;
        result_.signal = Signals::caught();
        result_.why = ::strsignal(Signals::caught());
    }

    void look() {
        const Time now = clock_->now();
        if (Signals::caught() != 0) return note_signal();
        if (options_.progress) options_.progress(watch_, now);
        if (page_) page_->poll(now);
        if (page_ && page_->is_stop_wanted()) return stop("somebody asked for the end");
        if (now <= Time{}) return;
        if (const auto why = watch_.find_stop(now)) return stop(*why);
        if (const auto why = find_silence(now)) return stop(*why);
        if (options_.duration_max && now >= Time{} + *options_.duration_max)
            return stop("it has run for as long as it may");
        const auto& occurrences = plan_.timeline.occurrences;
        if (is_baseline_judged_ || occurrences.empty()) return;
        if (now + milliseconds{50} < occurrences.front().start) return;
        is_baseline_judged_ = true;
        if (const auto broken = watch_.find_bad_baseline())
            fail("the baseline is broken before any fault: " + *broken);
    }

    /// What cannot be seen cannot be guarded: proxies and load say every step what has happened.
    [[nodiscard]] std::optional<std::string> find_silence(Time now) {
        for (const std::size_t slot : {proxy_slot, load_slot}) {
            const Duration silence = now - processes_[slot].last_sample;
            if (silence <= plan_.model.scenario.run.sample_every + options_.lease) continue;
            processes_[slot].is_awaited = false;
            processes_[slot].is_silent = true;
            return name_of_slot(slot) + "has said nothing for " +
                   Text<Duration>::print(std::chrono::duration_cast<seconds>(silence));
        }
        return std::nullopt;
    }

    void stop(std::string why) {
        result_.end = Injected::End::stopped;
        result_.why = std::move(why);
    }

    /// Has the process of this slot been started, as the plan says?
    [[nodiscard]] bool has_begun(std::size_t slot) const {
        return slot < first_life_slot || plan_.lives[slot - first_life_slot].number == 0 ||
               plan_.lives[slot - first_life_slot].from <= clock_->now();
    }

    /// For five seconds at most. False: some have not come.
    bool wait_for_parts() {
        const auto until = std::chrono::steady_clock::now() + seconds{5};
        const auto is_waiting = [&] {
            return std::any_of(processes_.begin(), processes_.end(), [&](const Process& process) {
                const auto slot = static_cast<std::size_t>(&process - processes_.data());
                return process.is_awaited && !process.channel.closed() && has_begun(slot);
            });
        };
        while (is_waiting() && std::chrono::steady_clock::now() < until && !wire_->closed()) poll();
        return !is_waiting();
    }

    /// Some requests whole: first whose stories are worth telling, then what everybody knows.
    void gather_stories() {
        if (plan_.options.repeat > 0 || plan_.model.scenario.run.keep_traces == 0) return;
        const auto wait_for = [&](auto is_told) {
            const auto until = std::chrono::steady_clock::now() + seconds{2};
            while (!is_told() && std::chrono::steady_clock::now() < until &&
                   result_.end != Injected::End::failed)
                poll();
        };
        Process& load = processes_[load_slot];
        if (load.is_silent || !load.channel.send(MessageKind::order, stories_.order_to_choose()))
            return;
        wait_for([&] { return stories_.has_chosen() || load.channel.closed(); });
        std::vector<const Process*> asked;
        for (std::size_t slot = load_slot; slot < processes_.size(); ++slot)
            if (!is_command(slot) && has_begun(slot) && !processes_[slot].channel.closed() &&
                processes_[slot].channel.send(MessageKind::order, stories_.order_to_tell()))
                asked.push_back(&processes_[slot]);
        wait_for([&] {
            const auto gone = std::count_if(asked.begin(), asked.end(), [](const Process* process) {
                return process->channel.closed();
            });
            return stories_.told() + static_cast<std::size_t>(gone) >= asked.size();
        });
        if (stories_.has_chosen()) result_.traces = stories_.take(plan_.model);
    }

    /// Everybody hands over what it has counted: at the end of the run by itself, else when told.
    void collect() {
        if (!is_ended()) wait_for_parts();
        if (result_.end != Injected::End::failed) gather_stories();
        for (Process& process : processes_)
            if (!process.channel.closed()) (void)process.channel.send(MessageKind::stop);
        if (!wait_for_parts()) fail("a process has not handed over what it counted");
        if (result_.repeats.empty()) return;
        reports::Repeat signals;
        signals.fault_hits = hits_;
        reports::merge_part(result_.repeats.front(), signals);
    }

    /// Nothing is left when this is over, or `not_undone` says what.
    void end() {
        if (guardian_ <= 0) return;
        const bool is_told = wire_->send(MessageKind::stop);
        const int status = wait_for_guardian();
        // It has done so itself, unless it was killed.
        result_.not_undone = undo(Journal::path_of(journals_, guardian_)).failed;
        if (!is_told || !WIFEXITED(status)) {
            const int code = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
            if (!is_ended() || result_.why == guardian_died) {
                result_.is_defect = is_crash(code);
                result_.end = Injected::End::failed;
                result_.why = code == exit_alone
                                  ? "this process stood still, so the guardian ended the run"
                                  : "the guardian " + how_it_ended(code);
            }
        }
    }

    /// How it ended; one that does not end is killed, and its children with it.
    [[nodiscard]] int wait_for_guardian() const {
        const auto patience = result_.why == guardian_is_silent ? Duration{0} : seconds{10};
        const auto until = std::chrono::steady_clock::now() + patience;
        int status = 0;
        while (::waitpid(guardian_, &status, WNOHANG) == 0) {
            if (std::chrono::steady_clock::now() >= until) ::kill(guardian_, SIGKILL);
            (void)::poll(nullptr, 0, 2);
        }
        return status;
    }

    const Plan& plan_;
    Sockets sockets_;
    const InjectOptions& options_;
    Watch watch_;
    Lease lease_;  ///< the guardian's
    std::string journals_;
    std::vector<Process> processes_;
    std::optional<Channel> wire_;  ///< to the guardian
    pid_t guardian_ = 0;
    std::optional<LiveClock> clock_;
    std::optional<FaultClient> faults_;  ///< of the page
    std::optional<RunPage> page_;
    /// Signals sent for each fault to processes that cannot count them themselves.
    std::vector<std::uint64_t> hits_ =
        std::vector<std::uint64_t>(plan_.model.scenario.faults.size());
    StoryBook stories_{plan_.model.scenario.run.keep_traces};
    bool is_baseline_judged_ = false;
    Injected result_;
};

}  // namespace

Injected inject(const Plan& plan, Sockets sockets, const InjectOptions& options) {
    return Controller{plan, std::move(sockets), options}.run();
}

Injected inject_repeats(const Plan& plan, Sockets sockets, const InjectOptions& options) {
    const scenarios::Run& run = plan.model.scenario.run;
    const auto begun = std::chrono::steady_clock::now();
    InjectOptions how = options;
    how.listening = [&](const proxy::Address& address) {
        // The others are found where the first was.
        if (how.page && how.page->port() == 0 && options.listening) options.listening(address);
        how.page = address;
    };
    const auto put_after = [](auto& before, auto& own) {
        std::move(own.begin(), own.end(), std::back_inserter(before));
        own = std::move(before);
    };
    Injected all;
    std::optional<Plan> next;
    for (std::uint64_t n = 0; n < run.repeats && all.end == Injected::End::complete; ++n) {
        if (n > 0) {
            PlanOptions of_next = plan.options;
            of_next.repeat += n;
            Result<Plan, Problems> made = make_plan(plan.model.scenario, plan.bindings, of_next);
            if (made) next.emplace(*std::move(made));
            Result<Sockets, Problems> opened =
                made ? open_sockets(*next) : Unexpected{std::move(made.error())};
            if (!opened) {
                all.end = Injected::End::failed;
                all.why = "repeat " + std::to_string(n + 1) + " cannot begin";
                all.problems = std::move(opened.error());
                break;
            }
            sockets = *std::move(opened);
        }
        const Plan& now = next ? *next : plan;
        if (options.duration_max)
            how.duration_max = *options.duration_max - (std::chrono::steady_clock::now() - begun);
        if (options.begins) options.begins(now);
        Injected one = inject(now, std::move(sockets), how);
        put_after(all.put_right, one.put_right);
        put_after(all.repeats, one.repeats);
        put_after(all.traces, one.traces);
        all = std::move(one);
    }
    return all;
}

}  // namespace shaketable::injector
