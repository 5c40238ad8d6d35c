/// Faults that are put on the proxies of a run while it goes on: asked for at the run's page, in
/// the controller, and carried out in the process of the proxies by the control API's own code.
///
/// Nothing of them outlives that process, so there is nothing to write down for an undo: with the
/// run, however it ends, they are gone. What was put and taken away is in the record, as events.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "injector/channel.h"
#include "injector/control/own_api.h"
#include "injector/control/proxies.h"
#include "reports/record/record.h"

namespace shaketable::injector {

/// In the process of the proxies.
class FaultDesk {
  public:
    /// Both outlive it.
    /// `faults_max`: as of PlanOptions.
    FaultDesk(proxy::Worker& worker, Channel& channel, std::optional<std::size_t> faults_max);

    /// An order of the controller's: answers it on the channel.
    void on_order(std::string_view order);
    [[nodiscard]] const std::vector<reports::Event>& events() const noexcept { return events_; }

  private:
    void note(std::string_view what, const control::Json& whom);
    [[nodiscard]] std::optional<control::Refusal> find_lack_of_room(Time until,
                                                                    std::size_t others) const;

    proxy::Worker& worker_;
    Channel& channel_;
    std::optional<std::size_t> faults_max_;
    control::Proxies proxies_;
    control::OwnApi api_;
    std::vector<reports::Event> events_;
};

/// In the controller: hands requests over, and hears of the changes.
class FaultClient {
  public:
    /// `listen`: reads what has come on the channel, and calls `on_order` with the orders in it;
    /// waits a moment where nothing has. False: nobody is there any more.
    FaultClient(Channel& channel, std::function<bool()> listen)
        : channel_{channel}, listen_{std::move(listen)} {}

    /// Waits for the answer, two seconds at most: 503 where none comes.
    [[nodiscard]] control::Answer ask(const control::Request& request);
    void on_order(std::string_view order);
    /// What has changed since it was asked last, in the words of `/v1/events`.
    [[nodiscard]] std::string take_changes() { return std::exchange(changes_, {}); }

  private:
    Channel& channel_;
    std::function<bool()> listen_;
    std::uint32_t asked_ = 0;
    std::optional<control::Answer> answer_;
    std::string changes_;
};

}  // namespace shaketable::injector
