#include <set>

#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

namespace {

/// Walks one endpoint's steps with the locks that a request may hold there.
class Walk {
  public:
    explicit Walk(const Facts& facts) : facts_{facts} {}

    /// False where no request comes to the end.
    bool walk(const Steps& steps, const std::string& path) {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::string at = path + "[" + std::to_string(i) + "]";
            if (!std::visit([&](const auto& word) { return step(word, at); }, steps[i].what))
                return false;
        }
        return true;
    }

  private:
    using Held = std::set<std::string>;

    bool step(const Lock& lock, const std::string& path) {
        if (held_.insert(lock.lock).second || !told_.insert(path).second) return true;
        facts_.warn("W213", path + ".lock",
                    "the lock \"" + lock.lock +
                        "\" may be held by this very request, which then waits for ever",
                    "`unlock` it first, or take a lock of another name");
        return true;
    }
    bool step(const Unlock& unlock, const std::string& /*path*/) {
        held_.erase(unlock.unlock);
        return true;
    }
    bool step(const Fail& fail, const std::string& /*path*/) {
        return fail.probability.fraction < 1;
    }
    /// Branches have locks of their own and let go of them at their end; the request that waits for
    /// them keeps its.
    bool branches(const std::vector<Steps>& all, const std::string& path) {
        const Held before = held_;
        for (std::size_t i = 0; i < all.size(); ++i) {
            walk(all[i], path + "[" + std::to_string(i) + "]");
            held_ = before;
        }
        return true;
    }
    bool step(const Parallel& parallel, const std::string& path) {
        return branches(parallel.parallel, path + ".parallel");
    }
    bool step(const Any& any, const std::string& path) { return branches(any.any, path + ".any"); }
    bool step(const Choose& choose, const std::string& path) {
        const Held before = held_;
        double left = 1;
        Held after;
        bool goes_on = false;
        for (std::size_t i = 0; i < choose.choose.size(); ++i) {
            const Choice& choice = choose.choose[i];
            left -= choice.weight.fraction;
            if (choice.weight.fraction <= 0) continue;
            held_ = before;
            if (!walk(choice.steps, path + ".choose[" + std::to_string(i) + "].steps")) continue;
            after.insert(held_.begin(), held_.end());
            goes_on = true;
        }
        if (left > 1e-9) {
            after.insert(before.begin(), before.end());
            goes_on = true;
        }
        held_ = std::move(after);
        return goes_on;
    }
    bool step(const Cache& cache, const std::string& path) {
        const Held before = held_;
        if (walk(cache.cache.miss, path + ".cache.miss"))
            held_.insert(before.begin(), before.end());
        else
            held_ = before;
        return true;
    }
    bool step(const Optimistic& step, const std::string& path) {
        return walk(step.optimistic.steps, path + ".optimistic.steps");
    }
    /// A second time round meets what the first one left.
    bool step(const Loop& loop, const std::string& path) {
        for (std::uint32_t n = 0; n < loop.loop.times && n < 2; ++n)
            if (!walk(loop.loop.steps, path + ".loop.steps")) return false;
        return true;
    }
    template <class Other>
    bool step(const Other& /*word*/, const std::string& /*path*/) {
        return true;
    }

    const Facts& facts_;
    Held held_;
    std::set<std::string> told_;
};

}  // namespace

void find_lock_twice(const Facts& facts) {
    for (const auto& [name, service] : facts.scenario().services.entries)
        for (const auto& [endpoint, what] : service.endpoints.entries)
            (void)Walk{facts}.walk(what.steps,
                                   "services." + name + ".endpoints." + endpoint + ".steps");
}

}  // namespace shaketable::scenarios::lint_rules
