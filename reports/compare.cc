#include "reports/compare.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "reports/metrics/metric.h"

namespace shaketable::reports {

namespace {

using scenarios::Claim;
using scenarios::Comparison;
using scenarios::Metric;
using scenarios::Unit;

// The largest p that t_quantile knows.
constexpr double p_most = 0.9995;

bool less_is_better(const Claim& claim) {
    return claim.comparison == Comparison::less || claim.comparison == Comparison::at_most;
}
bool has_direction(const Claim& claim) {
    return claim.comparison != Comparison::equal && claim.comparison != Comparison::not_equal;
}

/// The claim without its limit: what is measured, and when.
std::string left_side(const Claim& claim) {
    std::size_t end = 0;
    for (int depth = 0; end < claim.text.size(); ++end) {
        if (claim.text[end] == '(') ++depth;
        if (claim.text[end] == ')' && --depth == 0) break;
    }
    const std::string measured = claim.text.substr(0, end + 1);
    for (const std::string_view word : {" during ", " before ", " after "})
        if (const std::size_t at = claim.text.find(word, end); at != std::string::npos)
            return measured + claim.text.substr(at);
    return measured;
}

Claim plain_claim(Metric metric, scenarios::Selector selector, Comparison comparison,
                  const std::string& subject) {
    Claim claim;
    claim.metric = metric;
    claim.selector = std::move(selector);
    claim.comparison = comparison;
    claim.unit = row_of(metric).unit;
    claim.text = fmt::format("{}({})", name_of(metric), subject);
    return claim;
}

bool has_more_than_one_try(const Record& record, std::string_view caller,
                           std::string_view service) {
    for (const Repeat& repeat : record.repeats)
        for (const Segment& segment : repeat.segments)
            for (std::size_t f = 0; f < segment.flows.size(); ++f)
                if (record.flows[f].caller == caller && record.flows[f].service == service &&
                    segment.flows[f].retries + segment.flows[f].hedges > 0)
                    return true;
    return false;
}

/// What is compared though nobody expects anything of it, in the order of the record.
void add_figures(const RunView& run, std::vector<Claim>& claims) {
    const Record& record = *run.record;
    std::set<std::string> known;
    for (const Claim& claim : claims) known.insert(claim.text);
    const auto add = [&](Claim claim) {
        if (known.insert(claim.text).second) claims.push_back(std::move(claim));
    };
    for (const FlowKey& flow : record.flows) {
        if (!flow.from_workload) continue;
        const scenarios::Selector selector{flow.caller, flow.service, flow.endpoint, ""};
        const std::string subject =
            fmt::format("{} -> {}.{}", flow.caller, flow.service, flow.endpoint);
        add(plain_claim(Metric::success, selector, Comparison::at_least, subject));
        add(plain_claim(Metric::p50, selector, Comparison::at_most, subject));
        add(plain_claim(Metric::p99, selector, Comparison::at_most, subject));
        add(plain_claim(Metric::goodput, selector, Comparison::at_least, subject));
    }
    for (const FlowKey& flow : record.flows)
        if (has_more_than_one_try(record, flow.caller, flow.service))
            add(plain_claim(Metric::attempts, {flow.caller, flow.service, "", ""},
                            Comparison::at_most,
                            fmt::format("{} -> {}", flow.caller, flow.service)));
    for (const std::string& service : record.services) {
        const Claim claim =
            plain_claim(Metric::wasted, {"", service, "", ""}, Comparison::at_most, service);
        for (const Repeat& repeat : record.repeats)
            if (measure(*run.scenario, record, repeat, claim).value > 0) add(claim);
    }
}

bool knows(const Record& record, const scenarios::Selector& selector) {
    return std::any_of(record.flows.begin(), record.flows.end(), [&](const FlowKey& flow) {
        return flow.service == selector.service &&
               (selector.caller.empty() || flow.caller == selector.caller) &&
               (selector.endpoint.empty() || flow.endpoint == selector.endpoint);
    });
}

struct Values {
    std::vector<double> values;
    std::string absence;   ///< why a repeat has none
    bool in_all = false;   ///< every repeat has one
    bool endless = false;  ///< of one the true value is larger than any seen
};

Values values_of(const RunView& run, const Claim& claim) {
    Values all;
    if (!knows(*run.record, claim.selector)) {
        all.absence = "nothing of that name was called";
        return all;
    }
    for (const Repeat& repeat : run.record->repeats) {
        Measurement m = measure(*run.scenario, *run.record, repeat, claim);
        if (m.absence != Absence::none) {
            if (all.absence.empty()) all.absence = std::move(m.reason);
            continue;
        }
        all.values.push_back(m.value);
        all.endless = all.endless || m.at_least;
    }
    all.in_all = all.values.size() == run.record->repeats.size();
    return all;
}

double allowed(const Claim& claim, double a, const Tolerances& tolerances) {
    if (claim.unit == Unit::share) return tolerances.share;
    if (claim.unit != Unit::seconds) return tolerances.other * std::abs(a);
    const bool tail = claim.metric == Metric::p99 || claim.metric == Metric::p999 ||
                      claim.metric == Metric::p9999 || claim.metric == Metric::max;
    return (tail ? tolerances.tail : tolerances.latency) * std::abs(a);
}

/// A difference with what is needed to widen its interval.
struct Spread {
    double error = 0;  ///< standard error of the difference
    std::uint32_t dof = 1;
};

Spread spread_of_pairs(const std::vector<double>& pairs) {
    const auto n = static_cast<double>(pairs.size());
    return {deviation_of(pairs) / std::sqrt(n), static_cast<std::uint32_t>(pairs.size() - 1)};
}

Spread spread_of_two(const std::vector<double>& a, const std::vector<double>& b) {
    const auto part = [](const std::vector<double>& values) {
        const double s = deviation_of(values);
        return s * s / static_cast<double>(values.size());
    };
    const double va = part(a), vb = part(b), sum = va + vb;
    if (!(sum > 0)) return {0, static_cast<std::uint32_t>(a.size() + b.size() - 2)};
    const double dof =
        sum * sum /
        (va * va / static_cast<double>(a.size() - 1) + vb * vb / static_cast<double>(b.size() - 1));
    return {std::sqrt(sum), std::max(1U, static_cast<std::uint32_t>(dof))};
}

bool have_same_dice(const Record& a, const Record& b) {
    return a.world == "simulated" && b.world == "simulated" && a.seed == b.seed &&
           a.repeats.size() == b.repeats.size();
}

/// A difference, before it is known how many there are.
struct Draft {
    Claim claim;
    Difference out;
    std::optional<Spread> spread{};
};

Draft draft(const RunView& run_a, const RunView& run_b, Claim claim, const Tolerances& tolerances) {
    const Values a = values_of(run_a, claim), b = values_of(run_b, claim);
    Draft made{std::move(claim), {}};
    Difference& out = made.out;
    out.figure = left_side(made.claim);
    out.unit = made.claim.unit;
    out.a = estimate_of(a.values);
    out.b = estimate_of(b.values);
    if (a.values.empty() || b.values.empty()) {
        out.change = Change::missing;
        out.note = a.values.empty() ? "first: " + a.absence : "second: " + b.absence;
        return made;
    }
    if (a.endless && b.endless) {
        out.note = "both: not yet when the run ended";
        return made;
    }
    if (a.endless != b.endless) {
        // "Had not recovered" against a time: no number says how much worse that is.
        out.to_the_worse = b.endless;
        out.change = b.endless ? Change::worse : Change::better;
        out.note =
            b.endless ? "second: not yet when the run ended" : "first: not yet when the run ended";
        return made;
    }
    const double difference = out.b.mean - out.a.mean;
    out.to_the_worse = has_direction(made.claim) && difference != 0 &&
                       (difference > 0) == less_is_better(made.claim);
    out.difference = {difference, difference, difference, 1};
    out.paired = have_same_dice(*run_a.record, *run_b.record) && a.in_all && b.in_all;
    if (a.values.size() < 2 || b.values.size() < 2) {
        out.paired = false;
        out.allowed = allowed(made.claim, out.a.mean, tolerances);
        return made;
    }
    std::vector<double> pairs;
    if (out.paired)
        for (std::size_t i = 0; i < a.values.size(); ++i)
            pairs.push_back(b.values[i] - a.values[i]);
    made.spread = out.paired ? spread_of_pairs(pairs) : spread_of_two(a.values, b.values);
    const double half = t_quantile(0.975, made.spread->dof) * made.spread->error;
    out.difference = {difference, difference - half, difference + half, made.spread->dof + 1};
    return made;
}

void judge(Draft& made, double p) {
    Difference& out = made.out;
    if (out.difference.n == 0) return;
    const double size = std::abs(out.difference.mean);
    if (!made.spread) {
        if (size > out.allowed) out.change = Change::outside;
        return;
    }
    // Rounding of sums is no difference.
    const double noise = 1e-12 * std::max(std::abs(out.a.mean), std::abs(out.b.mean));
    if (size <= noise || size <= t_quantile(p, made.spread->dof) * made.spread->error) return;
    if (!has_direction(made.claim))
        out.change = Change::differs;
    else
        out.change = out.to_the_worse ? Change::worse : Change::better;
}

}  // namespace

std::vector<Difference> compare(const RunView& a, const RunView& b, const Tolerances& tolerances) {
    std::vector<Claim> claims;
    for (const RunView* run : {&a, &b}) add_figures(*run, claims);
    std::set<std::string> expected;
    for (const Claim& claim : claims) expected.insert(claim.text);
    for (const RunView* run : {&a, &b})
        for (const scenarios::Expectation& expectation : run->scenario->expect)
            if (expected.insert(left_side(expectation.that)).second)
                claims.push_back(expectation.that);
    std::vector<Draft> drafts;
    std::size_t sure = 0;
    for (Claim& claim : claims) {
        drafts.push_back(draft(a, b, std::move(claim), tolerances));
        sure += drafts.back().spread ? 1U : 0U;
    }
    const double p =
        std::min(p_most, 1 - 0.025 / static_cast<double>(std::max<std::size_t>(1, sure)));
    std::vector<Difference> all;
    for (Draft& made : drafts) {
        judge(made, p);
        all.push_back(std::move(made.out));
    }
    return all;
}

bool is_regression(const Difference& difference) noexcept {
    return difference.change == Change::worse ||
           (difference.change == Change::outside && difference.to_the_worse);
}

}  // namespace shaketable::reports
