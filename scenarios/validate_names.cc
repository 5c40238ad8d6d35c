#include <map>
#include <string>

#include "scenarios/validate_parts.h"

namespace shaketable::scenarios::validation {

namespace {

/// Names of one kind, and where each was seen first.
class Register {
  public:
    explicit Register(const Desk& desk) : desk_{desk} {}
    /// `what`: what the name is of, "a fault".
    void add(const std::string& name, const std::string& what, const std::string& path) {
        const auto [first, is_new] = seen_.emplace(name, std::pair{what, path});
        if (is_new) return;
        const Location place = desk_.where(first->second.second);
        std::string note = in_quotes(name) + " is the name of " + first->second.first;
        if (place.line > 0) note += ", line " + std::to_string(place.line);
        desk_.report("E105", path, "the name " + in_quotes(name) + " is used twice", "another name",
                     {std::move(note)});
    }

  private:
    const Desk& desk_;
    std::map<std::string, std::pair<std::string, std::string>> seen_{};
};

}  // namespace

void check_names(const Desk& desk) {
    const Scenario& scenario = desk.scenario;
    if (scenario.workload.empty())
        desk.report("E108", "workload", "expected a workload: nobody calls anything",
                    "workload: {users: {call: web.page, arrivals: poisson(100/s)}}");

    Register callers{desk};  // targets and selectors name services and workloads alike
    for (const auto& service : scenario.services)
        callers.add(service.name, "a service", "services." + service.name);
    for (const auto& workload : scenario.workload)
        callers.add(workload.name, "a workload", "workload." + workload.name);

    Register windows{desk};
    windows.add("run", "the whole run", "run");
    windows.add("baseline", "the time before the first fault", "run");
    for (std::size_t i = 0; i < scenario.faults.size(); ++i)
        windows.add(scenario.faults[i].id, "a fault", "faults[" + std::to_string(i) + "].id");
    for (const auto& window : scenario.windows)
        windows.add(window.name, "a window", "windows." + window.name);

    Register expectations{desk};
    for (std::size_t i = 0; i < scenario.expect.size(); ++i)
        if (!scenario.expect[i].id.empty())
            expectations.add(scenario.expect[i].id, "an expectation",
                             "expect[" + std::to_string(i) + "].id");

    Register dice{desk};  // the same dice twice would make two services alike
    for (const auto& service : scenario.services)
        dice.add(service.value.stream.empty() ? service.name : service.value.stream,
                 "the dice of service " + service.name, "services." + service.name + ".stream");
}

}  // namespace shaketable::scenarios::validation
