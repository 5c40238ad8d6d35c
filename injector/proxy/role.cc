#include "injector/proxy/role.h"

#include <set>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "model/cuts.h"

namespace shaketable::injector::proxy {

namespace {

constexpr int exit_internal = 70;

class Role {
  public:
    Role(const ProxyTask& task, const ControlLink& link, faults::Timeline timeline)
        : model_{*task.model},
          link_{link},
          meters_{model_.flows.size(), model_.services.size()},
          worker_{LiveClock{task.zero}, task.limits, model_, std::move(timeline), task.repeat},
          control_{worker_.io()},
          sample_timer_{worker_.io()},
          cut_timer_{worker_.io()} {
        worker_.commons().meters = &meters_;
        model::Cuts cuts = model::cuts_of(model_, worker_.weather()->occurrences());
        out_.spans = std::move(cuts.spans);
        cuts_ = std::move(cuts.ends);
    }
    ~Role() { (void)control_.release(); }  // the descriptor is the link's
    Role(const Role&) = delete;
    Role& operator=(const Role&) = delete;

    int run(const std::vector<ProxySettings>& proxies) {
        for (const ProxySettings& settings : proxies)
            if (settings.counts_service) watched_.insert(settings.replica);
        count_up();
        for (const ProxySettings& settings : proxies)
            if (const Result<Proxy*> made = worker_.create(settings); !made) {
                link_.problem(made.error().message);
                return exit_internal;
            }
        if (link_.descriptor >= 0) {
            control_.assign(link_.descriptor);
            listen();
        }
        next_sample_ = Time{} + model_.scenario.run.sample_every;
        wait_for_sample();
        wait_for_cut();
        link_.ready();
        worker_.io().run();
        return 0;
    }

  private:
    using Timer = boost::asio::steady_timer;

    void wait(Timer& timer, Time until, void (Role::*then)()) {
        timer.expires_at(worker_.commons().clock.zero() + until.time_since_epoch());
        timer.async_wait([this, then](boost::system::error_code error) {
            if (!error) (this->*then)();
        });
    }
    void wait_for_sample() { wait(sample_timer_, next_sample_, &Role::on_sample); }
    void wait_for_cut() { wait(cut_timer_, cuts_[next_cut_], &Role::on_cut); }

    void listen() {
        control_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                            [this](boost::system::error_code error) {
                                if (error) return;
                                if (link_.receive(worker_)) return listen();
                                finish();
                                worker_.io().stop();
                            });
    }
    /// Of the services that say nothing of themselves: who is meant to be there now.
    void count_up() {
        for (reports::ServiceMeter& service : meters_.services()) service.up = 0;
        for (const std::uint32_t replica : watched_) {
            const faults::Condition condition = worker_.weather()->replica_condition(replica);
            if (condition.up && !condition.paused)
                ++meters_.service(model_.replicas[replica].service).up;
        }
    }
    void on_sample() {
        count_up();
        meters_.close_sample(next_sample_, out_);
        link_.sample(next_sample_, out_, worker_);
        next_sample_ += model_.scenario.run.sample_every;
        wait_for_sample();
    }
    void on_cut() {
        if (next_cut_ + 1 == cuts_.size()) return finish();
        close_segment(cuts_[next_cut_++]);
        wait_for_cut();
    }
    /// The stays of all requests together are the integral of how many there were.
    void close_segment(Time at) {
        for (reports::ServiceMeter& service : meters_.services())
            service.now.sojourn = service.in_system.read(at) - service.at_segment.in_system;
        meters_.close_segment(at, out_);
    }
    /// Closes the books and hands them over, at the end of the run or where it is broken off.
    void finish() {
        if (finished_) return;
        finished_ = true;
        sample_timer_.cancel();
        cut_timer_.cancel();
        const Time end = std::min(worker_.commons().clock.now(), cuts_.back());
        meters_.close_sample(end, out_);
        close_segment(end);
        out_.fault_hits = worker_.weather()->hits();
        link_.part(out_);
    }

    const model::Model& model_;
    const ControlLink& link_;
    reports::Meters meters_;
    reports::Repeat out_;
    Worker worker_;
    boost::asio::posix::stream_descriptor control_;
    Timer sample_timer_, cut_timer_;
    std::vector<Time> cuts_;
    std::set<std::uint32_t> watched_;  ///< replicas that these proxies count for
    std::size_t next_cut_ = 0;
    Time next_sample_{};
    bool finished_ = false;
};

}  // namespace

int run_proxies(const ProxyTask& task, const ControlLink& link) {
    const scenarios::Scenario& scenario = task.model->scenario;
    auto timeline =
        faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, task.repeat);
    if (!timeline) {
        link.problem(timeline.error().front().message);
        return exit_internal;
    }
    return Role{task, link, std::move(*timeline)}.run(task.proxies);
}

}  // namespace shaketable::injector::proxy
