/// A run that goes on, for whoever wants to look: `/metrics` for Prometheus, `/events` for a page,
/// and `POST /v1/stop`, which ends the run in order. `/v1/faults` and `/v1/proxies` are those of
/// the control API (control/own_api.h), on the proxies of the run.
///
/// Belongs to the controller, which gives it a moment each time round its loop. It is bounded as
/// the control API is (control/server.h), and answers the same strangers: none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "injector/control/server.h"
#include "injector/plan.h"
#include "injector/run/fault_desk.h"
#include "injector/run/watch.h"

namespace shaketable::injector {

class RunPage {
  public:
    /// `plan`, `watch` and `faults` outlive it. `faults`: null where none can be put.
    RunPage(const Plan& plan, const Watch& watch, const LiveClock& clock,
            FaultClient* faults = nullptr);

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
    FaultClient* faults_;
    proxy::Commons commons_;
    control::Server server_;
    Time now_{};
    std::size_t published_ = 0;
    static constexpr std::size_t figures = 5;
    using Counts = std::array<std::uint64_t, figures>;
    std::vector<Counts> sums_;  ///< per flow, of the steps that are published
    bool is_stop_wanted_ = false;
};

}  // namespace shaketable::injector
