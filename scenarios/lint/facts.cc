#include "scenarios/lint/facts.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/random.h"

namespace shaketable::scenarios::lint_rules {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Adds up the steps of one endpoint.
class Stopwatch {
  public:
    Stopwatch(const std::map<std::string, std::uint32_t, std::less<>>& numbers,
              const std::vector<Times>& known)
        : numbers_{numbers}, known_{known} {}

    /// `answer` and `held` without regard to threading: `held` leaves the calls out.
    [[nodiscard]] Times measure(const Steps& steps) const {
        Times sum;
        for (const Step& step : steps)
            add(sum, std::visit([this](const auto& word) { return of(word); }, step.what), 1);
        return sum;
    }

  private:
    static void add(Times& sum, const Times& more, double weight) {
        sum.work += weight * more.work;
        sum.answer += weight * more.answer;
        sum.held += weight * more.held;
    }
    [[nodiscard]] Times of(const Work& step) const {
        const double mean = step.work.mean();
        return {mean, mean, mean};
    }
    [[nodiscard]] Times of(const Wait& step) const {
        const double mean = step.wait.mean();
        return {0, mean, mean};
    }
    [[nodiscard]] Times of(const Call& step) const {
        const auto found = numbers_.find(step.call);
        if (found == numbers_.end() || step.async) return {};
        return {0, step.probability.fraction * known_[found->second].answer, 0};
    }
    /// Branches work side by side: the answer takes as long as the `pick`ed one.
    template <class Pick>
    [[nodiscard]] Times branches(const std::vector<Steps>& all, Pick pick) const {
        Times sum;
        bool is_first = true;
        for (const Steps& branch : all) {
            const Times times = measure(branch);
            sum.work += times.work;
            sum.answer = is_first ? times.answer : pick(sum.answer, times.answer);
            sum.held = is_first ? times.held : pick(sum.held, times.held);
            is_first = false;
        }
        return sum;
    }
    [[nodiscard]] Times of(const Parallel& step) const {
        return branches(step.parallel, [](double a, double b) { return std::max(a, b); });
    }
    [[nodiscard]] Times of(const Any& step) const {
        return branches(step.any, [](double a, double b) { return std::min(a, b); });
    }
    [[nodiscard]] Times of(const Choose& step) const {
        Times sum;
        for (const Choice& way : step.choose) add(sum, measure(way.steps), way.weight.fraction);
        return sum;
    }
    [[nodiscard]] Times of(const Cache& step) const {
        Times sum;
        add(sum, measure(step.cache.miss), miss_share(step.cache));
        return sum;
    }
    [[nodiscard]] Times of(const Optimistic& step) const { return measure(step.optimistic.steps); }
    [[nodiscard]] Times of(const Loop& step) const {
        Times sum;
        add(sum, measure(step.loop.steps), step.loop.times);
        return sum;
    }
    template <class Other>
    [[nodiscard]] Times of(const Other&) const {
        return {};
    }

    const std::map<std::string, std::uint32_t, std::less<>>& numbers_;
    const std::vector<Times>& known_;
};

double rate_of(const Arrivals& arrivals, Duration run) {
    switch (arrivals.law) {
        case ArrivalLaw::poisson:
        case ArrivalLaw::constant:
            return arrivals.rate.per_second;
        case ArrivalLaw::mmpp:
            return (arrivals.rate.per_second + arrivals.rate_high.per_second) / 2;
        case ArrivalLaw::renewal: {
            const double mean = arrivals.gap.mean();
            return mean > 0 ? 1 / mean : 0;
        }
        case ArrivalLaw::trace:
            return static_cast<double>(arrivals.trace.size()) / to_seconds(run);
    }
    return 0;
}

}  // namespace

Facts::Facts(const Scenario& scenario, const Locate& where, Problems& problems)
    : topology_{scenario},
      where_{where},
      problems_{problems},
      times_(topology_.endpoints().size()),
      rates_(topology_.endpoints().size(), 0) {
    for (const CallSite& site : topology_.sites()) policies_.push_back(policy_of(scenario, site));
    for (std::uint32_t e = 0; e < times_.size(); ++e) numbers_.emplace(topology_.name_of(e), e);
    const std::vector<std::uint32_t>& order = topology_.order();
    for (auto at = order.rbegin(); at != order.rend(); ++at)
        measure_endpoint(*at);  // callees first
    for (std::uint32_t w = 0; w < scenario.workload.size(); ++w) {
        workload_rates_.push_back(busiest_rate(w));
        const std::optional<std::vector<double>> visits = topology_.visits_of(w);
        for (std::size_t e = 0; visits && e < visits->size(); ++e)
            rates_[e] += workload_rates_.back() * (*visits)[e];
    }
}

void Facts::measure_endpoint(std::uint32_t endpoint) {
    const EndpointIndex at = topology_.endpoints()[endpoint];
    const Service& service = scenario().services.entries[at.service].value;
    const Steps& steps = service.endpoints.entries[at.number].value.steps;
    Times times = Stopwatch{numbers_, times_}.measure(steps);
    if (service.threading == Threading::blocking) times.held = times.answer;
    times_[endpoint] = times;
}

double Facts::busiest_rate(std::uint32_t index) const {
    const Workload& workload = scenario().workload.entries[index].value;
    if (workload.arrivals) return rate_of(*workload.arrivals, scenario().run.duration);
    double busiest = 0;
    for (const Stage& stage : workload.stages)
        busiest = std::max({busiest, stage.rate.value_or(Rate{}).per_second,
                            stage.to.value_or(Rate{}).per_second});
    if (!workload.users) return busiest;
    const auto called = numbers_.find(workload.call);
    const double answer = called == numbers_.end() ? 0 : times_[called->second].answer;
    const double round = workload.think.mean() + answer;
    return round > 0 ? *workload.users / round : 0;
}

double Facts::rate_of_site(const CallSite& site) const {
    if (site.is_fallback) return 0;
    if (site.caller == nowhere) return workload_rates_[site.workload];
    return rates_[site.caller] * site.expected;
}

void Facts::warn(std::string_view code, std::string_view path, std::string message,
                 std::string hint, std::vector<std::string> notes) const {
    problems_.push_back({.code = std::string{code},
                         .message = std::move(message),
                         .hint = std::move(hint),
                         .notes = std::move(notes),
                         .where = where_(path),
                         .severity = Severity::warning});
}

double tries_of(const policies::EdgePolicy& policy) {
    if (!policy.retry) return 1;
    return 1 + policies::RetryRule{*policy.retry}.retries;
}

double patience_of(const policies::EdgePolicy& policy) {
    if (!policy.timeout) return infinity;
    double patience = infinity;
    if (policy.timeout->attempt) patience = policy.timeout->attempt->mean();
    if (policy.timeout->total) patience = std::min(patience, to_seconds(*policy.timeout->total));
    return patience;
}

double longest_wait(const policies::EdgePolicy& policy) {
    if (!policy.timeout) return infinity;
    double wait = policy.timeout->attempt ? policy.timeout->attempt->mean() : infinity;
    if (policy.retry && policy.timeout->attempt) {
        policies::RetryRule rule{*policy.retry};
        rule.backoff.jitter = policies::Jitter::none;
        Random no_dice{RandomKey{}};
        if (policies::is_retryable(rule, Outcome::timeout)) {
            wait *= tries_of(policy);
            for (std::uint32_t n = 1; n <= rule.retries; ++n)
                wait += to_seconds(policies::next_wait(rule.backoff, n, Duration{0}, no_dice));
        }
    }
    if (policy.timeout->total) wait = std::min(wait, to_seconds(*policy.timeout->total));
    return wait;
}

std::string print_seconds(double seconds) {
    if (seconds >= 100) return fmt::format("{:.0f} s", seconds);
    if (seconds >= 1) return fmt::format("{:.3g} s", seconds);
    if (seconds >= 1e-3) return fmt::format("{:.3g} ms", seconds * 1e3);
    return fmt::format("{:.3g} us", seconds * 1e6);
}

std::string print_short(double number) {
    return number >= 100 && number < 1e15 ? fmt::format("{:.0f}", number)
                                          : fmt::format("{:.3g}", number);
}

}  // namespace shaketable::scenarios::lint_rules
