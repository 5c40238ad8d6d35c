/// A run that goes on, for whoever wants to look: `/metrics` for Prometheus, `/events` for a page,
/// and `POST /v1/stop`, which ends the run in order.
///
/// Belongs to the controller, which gives it a moment each time round its loop. It is bounded as
/// the control API is (control/server.h), and answers the same strangers: none.
#pragma once

#include <cstddef>
#include <optional>

#include "injector/control/server.h"
#include "injector/plan.h"
#include "injector/run/watch.h"

namespace shaketable::injector {

class RunPage {
  public:
    /// `plan` and `watch` outlive it.
    RunPage(const Plan& plan, const Watch& watch, const LiveClock& clock);

    /// Errors: as of Server::listen.
    [[nodiscard]] std::optional<Problem> listen(const proxy::Address& address) {
        return server_.listen(address);
    }
    [[nodiscard]] const proxy::Address& address() const noexcept { return server_.address(); }

    /// Answers who has asked, and tells of the steps that are complete. Returns at once.
    void poll(Time now);
    /// Has somebody asked for the end?
    [[nodiscard]] bool is_stop_wanted() const noexcept { return is_stop_wanted_; }

  private:
    [[nodiscard]] control::Answer answer(const control::Request& request);
    [[nodiscard]] std::string write_metrics() const;
    [[nodiscard]] std::string event_of(std::size_t step) const;
    void publish(Time now);

    const Plan& plan_;
    const Watch& watch_;
    proxy::Commons commons_;
    control::Server server_;
    Time now_{};
    std::size_t published_ = 0;
    bool is_stop_wanted_ = false;
};

}  // namespace shaketable::injector
