#include "injector/run/guardian.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "injector/clock.h"
#include "injector/confine.h"
#include "injector/http/socket.h"
#include "injector/load/load.h"
#include "injector/marked.h"
#include "injector/realtime.h"
#include "injector/run/command.h"
#include "injector/run/lease.h"
#include "injector/run/proxy_role.h"
#include "injector/standin/standin.h"

namespace shaketable::injector {

namespace {

class Guardian {
  public:
    Guardian(GuardianTask task, Channel& controller)
        : task_{std::move(task)},
          plan_{*task_.plan},
          controller_{controller},
          journal_{task_.journals},
          lease_{task_.lease},
          children_(task_.roles.size()) {
        ports_.resize(plan_.model.replicas.size());
        wanted_.resize(plan_.model.replicas.size(), 1);
        for (std::uint32_t r = 0; r < ports_.size(); ++r)
            if (task_.sockets->standins[r].is_open())
                ports_[r] = proxy::Address::of_socket(task_.sockets->standins[r].get()).port();
    }

    int run() {
        start_commands();
        bool is_alone = false;
        while (!controller_.closed() && !stopped_ && !is_alone) {
            act();
            wait();
            reap();
            listen();
            is_alone = lease_.is_over();
        }
        const int code = end();
        return code == 0 && is_alone ? exit_alone : code;
    }

  private:
    struct Child {
        pid_t pid = 0;
        bool leads_group = false;
        bool is_killed = false;  ///< by us, as the plan says
        /// To its group, where it leads one.
        [[nodiscard]] bool signal(int number) const {
            return ::kill(leads_group ? -pid : pid, number) == 0;
        }
    };

    [[nodiscard]] bool is_command(const Life& life) const {
        return plan_.binding_of(life.replica) != nullptr;
    }

    // ---- starting ----

    template <class Play>
    void fork_into(std::size_t slot, Play play) {
        const pid_t self = ::getpid();
        const bool leads_group =
            slot >= first_life_slot && is_command(plan_.lives[slot - first_life_slot]);
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::getppid() != self) ::_exit(70);  // the guardian died before that took hold
            ::signal(SIGINT, SIG_IGN);
            // Whoever holds a copy of another's end keeps it from seeing an end.
            controller_ = Channel{Descriptor{}};
            if (leads_group)
                ::setpgid(0, 0);
            else
                become_role(slot);
            Channel own = std::move(task_.roles[slot]);
            task_.roles.clear();
            ::_exit(play(own));
        }
        if (pid < 0) {
            say("cannot start a process: " + std::string{std::strerror(errno)});
            return;
        }
        if (leads_group) ::setpgid(pid, pid);  // whoever of the two comes first
        children_[slot] = {.pid = pid, .leads_group = leads_group};
        if (slot != proxy_slot) task_.roles[slot] = Channel{Descriptor{}};
    }

    /// What comes over a wire is for these processes to read, and none starts a program.
    void become_role(std::size_t slot) const {
        if (task_.real_time) (void)run_in_real_time();
        (void)forbid_programs();
        if (slot != proxy_slot) return (void)keep_rights({});
        // A proxy that refuses gives its address up, and needs the right to take it again.
        (void)keep_rights({Right::low_ports, Right::any_folder});
    }

    void start_commands() {
        for (std::size_t i = 0; i < plan_.lives.size(); ++i)
            if (is_command(plan_.lives[i]) && plan_.lives[i].number == 0) start_life(i);
    }

    void start_roles() {
        fork_into(proxy_slot, [&](Channel& channel) {
            task_.sockets->standins.clear();
            return run_proxies(plan_, clock_->zero(), channel);
        });
        for (std::size_t i = 0; i < plan_.lives.size(); ++i)
            if (!is_command(plan_.lives[i]) && plan_.lives[i].number == 0) start_life(i);
        fork_into(load_slot, [&](Channel& channel) {
            drop_sockets();
            return run_load({.model = &plan_.model,
                             .repeat = plan_.options.repeat,
                             .zero = clock_->zero(),
                             .addresses = task_.sockets->addresses,
                             .calls = {}},
                            channel);
        });
    }

    void drop_sockets() {
        task_.sockets->standins.clear();
        task_.sockets->proxies.clear();
    }

    void start_life(std::size_t index) {
        const Life& life = plan_.lives[index];
        const std::size_t slot = first_life_slot + index;
        if (is_command(life)) return start_command(life, slot);
        Descriptor& listener = task_.sockets->standins[life.replica];
        if (!listener.is_open()) listener = listen_on_loopback(ports_[life.replica]);
        if (!listener.is_open()) return say(plan_.name_of(life.replica) + " cannot listen again");
        fork_into(slot, [&](Channel& channel) {
            StandinTask task{.model = &plan_.model,
                             .repeat = plan_.options.repeat,
                             .zero = clock_->zero(),
                             .replica = life.replica,
                             .life = life.number,
                             .listener = std::move(listener),
                             .addresses = task_.sockets->addresses,
                             .calls = {},
                             .burn = task_.burn};
            drop_sockets();
            return run_standin(std::move(task), channel);
        });
        listener.reset();  // it is the child's alone: dead, its port refuses
    }

    void start_command(const Life& life, std::size_t slot) {
        const std::string name = plan_.name_of(life.replica);
        const auto self = identify(::getpid());
        if (!self) return say("cannot start " + name + ": this process cannot be looked at");
        const std::string mark = mark_of(*self);
        if (!is_mark_written_ && !journal_.will_start(mark))
            return say("cannot start " + name + ": " + why_not_written());
        is_mark_written_ = true;
        fork_into(slot, [&](Channel&) {
            drop_sockets();
            return become(command_of(plan_, life.replica), mark);
        });
        // One that is started again while it is slow is slow from its beginning.
        if (wanted_[life.replica] > 1) apply_slowdown(life.replica);
    }

    // ---- what the plan says, in time ----

    [[nodiscard]] Time next_act() const {
        if (!clock_) return never;
        Time next = never;
        if (next_life_ < plan_.lives.size()) next = plan_.lives[next_life_].from;
        if (next_death_ < plan_.deaths.size()) next = std::min(next, plan_.deaths[next_death_].at);
        if (next_pause_ < plan_.pauses.size())
            next = std::min(next, plan_.pauses[next_pause_].from);
        for (const std::size_t p : paused_) next = std::min(next, plan_.pauses[p].until);
        if (next_slowing_ < plan_.slowings.size())
            next = std::min(next, plan_.slowings[next_slowing_].at);
        return next;
    }

    void act() {
        if (!clock_) return;
        const Time now = clock_->now();
        std::erase_if(paused_, [&](std::size_t p) {
            if (plan_.pauses[p].until > now) return false;
            resume(plan_.pauses[p].replica);
            return true;
        });
        for (; next_death_ < plan_.deaths.size() && plan_.deaths[next_death_].at <= now;
             ++next_death_) {
            const Death& death = plan_.deaths[next_death_];
            Child* child = child_of(death.replica);
            if (child == nullptr || !child->signal(SIGKILL)) continue;
            child->is_killed = true;
            has_hit(death.fault);
        }
        for (; next_life_ < plan_.lives.size() && plan_.lives[next_life_].from <= now; ++next_life_)
            if (plan_.lives[next_life_].number > 0) start_life(next_life_);
        for (; next_pause_ < plan_.pauses.size() && plan_.pauses[next_pause_].from <= now;
             ++next_pause_) {
            const Pause& pause_now = plan_.pauses[next_pause_];
            if (!pause(pause_now.replica)) continue;
            paused_.push_back(next_pause_);
            // A stand-in counts for itself.
            if (plan_.binding_of(pause_now.replica) != nullptr) has_hit(pause_now.fault);
        }
        for (; next_slowing_ < plan_.slowings.size() && plan_.slowings[next_slowing_].at <= now;
             ++next_slowing_)
            slow_down(plan_.slowings[next_slowing_]);
    }

    void has_hit(std::size_t fault) {
        (void)controller_.send(MessageKind::order, "hit " + std::to_string(fault));
    }

    /// The process that plays a replica now.
    [[nodiscard]] Child* child_of(std::uint32_t replica) {
        for (std::size_t i = plan_.lives.size(); i-- > 0;)
            if (plan_.lives[i].replica == replica && children_[first_life_slot + i].pid > 0)
                return &children_[first_life_slot + i];
        return nullptr;
    }

    /// A child of ours, or the user's own process, which the journal hears of first.
    bool pause(std::uint32_t replica) {
        if (const Child* child = child_of(replica)) return child->signal(SIGSTOP);
        const BoundService* bound = plan_.binding_of(replica);
        pid_t pid = 0;
        if (bound == nullptr || !(std::ifstream{bound->pid_file} >> pid) || pid <= 1) {
            say("cannot pause " + plan_.name_of(replica) + ": no process id in " +
                (bound ? bound->pid_file : ""));
            return false;
        }
        if (is_self_or_above(pid)) {
            say("cannot pause " + plan_.name_of(replica) + ": " + bound->pid_file +
                " names this run, or who started it");
            return false;
        }
        const std::optional<ProcessId> process = identify(pid);
        if (!process || !journal_.will_stop(*process)) {
            say("cannot pause " + plan_.name_of(replica) + ": " +
                (process ? why_not_written() : "process " + std::to_string(pid) + " is not there"));
            return false;
        }
        foreign_.push_back({replica, *process});
        if (send_signal(*process, SIGSTOP)) return true;
        if (errno != ESRCH)
            say("cannot pause " + plan_.name_of(replica) + ": " + std::strerror(errno));
        return false;
    }

    void resume(std::uint32_t replica) {
        if (const Child* child = child_of(replica)) {
            (void)child->signal(SIGCONT);
            return;
        }
        std::erase_if(foreign_, [&](const Foreign& foreign) {
            if (foreign.replica != replica) return false;
            if (!continue_foreign(foreign.process))
                say("cannot continue " + plan_.name_of(replica) + ": " + std::strerror(errno));
            return true;
        });
    }

    /// False: the journal says still that it is stopped, so it is tried again at the end; `errno`.
    bool continue_foreign(const ProcessId& process) {
        if (!send_signal(process, SIGCONT) && errno != ESRCH) return false;
        journal_.has_continued(process);
        return true;
    }

    [[nodiscard]] std::string why_not_written() const {
        const std::string why = std::strerror(errno);
        return "what is to be undone cannot be written to " + journal_.path() + ": " + why;
    }

    // ---- control groups ----

    void slow_down(const Slowing& slowing) {
        wanted_[slowing.replica] = slowing.slowdown;
        apply_slowdown(slowing.replica);
        for (const std::size_t fault : slowing.faults) has_hit(fault);
    }

    void apply_slowdown(std::uint32_t replica) {
        const double slowdown = wanted_[replica];
        if (slowdown <= 1) return let_go(replica);
        const auto fail = [&](const std::string& why) {
            say("cannot slow down " + plan_.name_of(replica) + ": " + why);
        };
        const std::optional<pid_t> pid = process_of(replica);
        // One that has crashed is slow from the beginning of its next life.
        if (!pid && !plan_.binding_of(replica)->start.empty()) return;
        if (!pid) return fail("its process is not there");
        const Result<const HeldBack*> held = hold_back(replica, *pid);
        if (!held) return fail(held.error().message);
        if (const auto problem = groups_->begin((*held)->deed, *pid)) return fail(problem->message);
        const Quota quota = quota_of(slowdown, plan_.cores_of(replica));
        if (const auto problem = groups_->limit((*held)->deed, quota)) fail(problem->message);
    }

    struct HeldBack {
        std::uint32_t replica;
        QuotaDeed deed;
    };
    /// How it is or will be held back; the journal hears of it before anything is done.
    Result<const HeldBack*> hold_back(std::uint32_t replica, pid_t pid) {
        for (const HeldBack& held : held_back_)
            if (held.replica == replica) return &held;
        if (!groups_) {
            const Result<Cgroups> found = Cgroups::find();
            if (!found) return Unexpected{found.error()};
            groups_ = *found;
        }
        const Result<QuotaDeed> deed = groups_->plan(
            pid, "shaketable-" + std::to_string(::getpid()) + "-" + std::to_string(replica));
        if (!deed) return Unexpected{deed.error()};
        if (!journal_.will_limit(*deed))
            return Unexpected{Problem{.code = "E303", .message = why_not_written()}};
        held_back_.push_back({replica, *deed});
        return &held_back_.back();
    }

    [[nodiscard]] std::optional<pid_t> process_of(std::uint32_t replica) {
        if (const Child* child = child_of(replica)) return child->pid;
        const BoundService* bound = plan_.binding_of(replica);
        pid_t pid = 0;
        if (bound == nullptr || !(std::ifstream{bound->pid_file} >> pid) || pid <= 1 ||
            is_self_or_above(pid) || !identify(pid))
            return std::nullopt;
        return pid;
    }

    void let_go(std::uint32_t replica) {
        std::erase_if(held_back_, [&](const HeldBack& held) {
            if (held.replica != replica) return false;
            // What cannot be undone now is tried again at the end, and said then.
            if (!undo(held.deed)) journal_.has_released(held.deed);
            return true;
        });
    }

    // ---- waiting and listening ----

    void wait() {
        constexpr Duration tick = std::chrono::milliseconds{20};  // how long a death goes unnoticed
        Duration longest = tick;
        if (const Time next = next_act(); next != never)
            longest = std::clamp(next - clock_->now(), Duration{0}, tick);
        pollfd wait{controller_.fd(), POLLIN, 0};
        const timespec limit{0, static_cast<long>(longest.count())};
        (void)::ppoll(&wait, 1, &limit, nullptr);
    }

    void reap() {
        int status = 0;
        for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;)
            for (std::size_t slot = 0; slot < children_.size(); ++slot) {
                if (children_[slot].pid != pid) continue;
                const bool is_expected = std::exchange(children_[slot], {}).is_killed;
                if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
                const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
                if (!is_expected)
                    (void)controller_.send(MessageKind::order, "died " + std::to_string(slot) +
                                                                   " " + std::to_string(code));
                if (slot == proxy_slot && clock_) rescue();
            }
    }

    /// Clients of a dead worker see their connections closed; new ones reach the real services.
    void rescue() {
        auto [ours, theirs] = Channel::pair();
        task_.roles[proxy_slot] = std::move(theirs);
        fork_into(proxy_slot, [&](Channel& channel) {
            task_.sockets->standins.clear();
            return pass_through(plan_, channel);
        });
        rescue_ = std::move(ours);
    }

    void listen() {
        while (const std::optional<Message> message = controller_.receive()) {
            lease_.renew();
            if (message->kind == MessageKind::stop) stopped_ = true;
            if (message->kind == MessageKind::order && message->body == sign_of_life) {
                (void)controller_.send(MessageKind::order, sign_of_life);
                continue;
            }
            if (message->kind != MessageKind::order || clock_) continue;
            const std::chrono::steady_clock::duration zero{
                std::strtoll(message->body.c_str(), nullptr, 10)};
            clock_.emplace(std::chrono::steady_clock::time_point{zero});
            start_roles();
        }
    }

    void say(const std::string& text) { (void)controller_.send(MessageKind::error, text); }

    int end() {
        for (const Child& child : children_)
            if (child.pid > 0) (void)child.signal(SIGKILL);
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
        }
        for (const Foreign& foreign : foreign_) (void)continue_foreign(foreign.process);
        while (!held_back_.empty()) let_go(held_back_.back().replica);
        const Undone undone = undo(journal_.path());
        if (!stopped_) say_alone(undone.failed);
        return undone.failed.empty() ? 0 : 5;
    }

    /// The controller has died or stands still, so nobody else tells the user.
    void say_alone(const std::vector<std::string>& failed) const {
        std::string text = controller_.closed()
                               ? "shaketable: the controller of the run died; "
                               : "shaketable: the controller of the run does not answer; ";
        if (failed.empty()) text += "everything that was done is undone\n";
        for (const std::string& what : failed) text += "\nNOT UNDONE: " + what + "\n";
        (void)!::write(STDERR_FILENO, text.data(), text.size());
    }

    GuardianTask task_;
    const Plan& plan_;
    Channel& controller_;
    Journal journal_;
    Lease lease_;                  ///< the controller's
    std::vector<Child> children_;  ///< by slot
    std::vector<std::uint16_t> ports_;
    std::optional<LiveClock> clock_;
    std::size_t next_life_ = 0, next_death_ = 0, next_pause_ = 0, next_slowing_ = 0;
    std::optional<Cgroups> groups_;
    std::vector<HeldBack> held_back_;
    std::vector<double> wanted_;       ///< how slow each replica is meant to be now
    std::vector<std::size_t> paused_;  ///< pauses under way
    struct Foreign {
        std::uint32_t replica;
        ProcessId process;
    };
    std::vector<Foreign> foreign_;  ///< the user's processes that are stopped
    std::optional<Channel> rescue_;
    bool stopped_ = false;
    bool is_mark_written_ = false;
};

}  // namespace

std::string encode_go(std::chrono::steady_clock::time_point zero) {
    return std::to_string(zero.time_since_epoch().count());
}

int guard(GuardianTask task, Channel& controller) {
    // A terminal's interrupt goes to the controller, which undoes in order. What a terminal kills
    // it by (SIGQUIT) reaches both, and one must be left.
    for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ})
        ::signal(signal, SIG_IGN);
    ::prctl(PR_SET_NAME, "shake-guardian");
    return Guardian{std::move(task), controller}.run();
}

}  // namespace shaketable::injector
