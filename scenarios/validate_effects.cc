// Words that are right by themselves and could do nothing, or only harm, where they stand.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/validate_parts.h"

namespace shaketable::scenarios::validation {

namespace {

/// The optimistic steps of one service.
class Rows {
  public:
    explicit Rows(const Desk& desk) : desk_{desk} {}

    void walk(const Steps& steps, const std::string& path) {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::string at = path + "[" + std::to_string(i) + "]";
            std::visit([&](const auto& word) { step(word, at); }, steps[i].what);
        }
    }

  private:
    struct Use {
        std::uint32_t keys;
        std::string path;
    };

    void step(const Optimistic& word, const std::string& path) {
        const OptimisticSettings& table = word.optimistic;
        const std::string own = path + ".optimistic";
        const std::uint32_t keys = table.keys ? table.keys->n : 1;
        const auto [known, is_new] = seen_.emplace(table.row, Use{keys, own});
        if (!is_new && known->second.keys != keys)
            desk_.report("E125", own + (table.keys ? ".keys" : ".row"),
                         "the row " + in_quotes(table.row) + " has " + std::to_string(keys) +
                             (keys == 1 ? " key here and " : " keys here and ") +
                             std::to_string(known->second.keys) + " elsewhere in its service",
                         "the same number of keys, or another name", {note(known->second.path)});
        const auto outer = std::find(open_.begin(), open_.end(), table.row);
        if (outer != open_.end() && keys == 1)
            desk_.report("E125", own + ".row",
                         "the row " + in_quotes(table.row) +
                             " is committed within its own steps: the outer commit always fails",
                         "one of the two, or another row");
        open_.push_back(table.row);
        walk(table.steps, own + ".steps");
        open_.pop_back();
    }
    void step(const Parallel& word, const std::string& path) {
        branches(word.parallel, path + ".parallel");
    }
    void step(const Any& word, const std::string& path) { branches(word.any, path + ".any"); }
    void step(const Choose& word, const std::string& path) {
        for (std::size_t i = 0; i < word.choose.size(); ++i)
            walk(word.choose[i].steps, path + ".choose[" + std::to_string(i) + "].steps");
    }
    void step(const Cache& word, const std::string& path) {
        walk(word.cache.miss, path + ".cache.miss");
    }
    void step(const Loop& word, const std::string& path) {
        walk(word.loop.steps, path + ".loop.steps");
    }
    template <class Other>
    void step(const Other&, const std::string&) {}

    void branches(const std::vector<Steps>& all, const std::string& path) {
        for (std::size_t i = 0; i < all.size(); ++i)
            walk(all[i], path + "[" + std::to_string(i) + "]");
    }
    [[nodiscard]] std::string note(const std::string& path) const {
        const Location place = desk_.where(path);
        return place.line > 0 ? "line " + std::to_string(place.line) : path;
    }

    const Desk& desk_;
    std::map<std::string, Use> seen_{};
    std::vector<std::string> open_{};
};

/// A breaker that refuses only retries needs someone who retries.
void check_breakers(const Desk& desk) {
    for (const auto& [name, policy] : desk.scenario.policies) {
        if (!policy.breaker || policy.breaker->refuses != policies::Refuses::retries) continue;
        bool is_used = false;
        bool repeats = false;
        for (const CallSite& site : desk.topology.sites()) {
            if (site.policy != name) continue;
            is_used = true;
            const policies::EdgePolicy own = policy_of(desk.scenario, site);
            repeats = repeats || own.retry || own.hedge;
        }
        if (is_used && !repeats)
            desk.report("E125", "policies." + name + ".breaker.refuses",
                        "a breaker that refuses only retries refuses nothing here: nobody who "
                        "uses " +
                            in_quotes(name) + " tries again",
                        "a `retry` or `hedge` beside it, or refuses: all");
    }
}

}  // namespace

void check_effects(const Desk& desk) {
    for (const auto& service : desk.scenario.services) {
        Rows rows{desk};
        for (const auto& endpoint : service.value.endpoints)
            rows.walk(endpoint.value.steps,
                      "services." + service.name + ".endpoints." + endpoint.name + ".steps");
    }
    check_breakers(desk);
}

}  // namespace shaketable::scenarios::validation
