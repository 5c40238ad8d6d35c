#include <array>
#include <cmath>

#include <fmt/format.h>

#include "reports/render/figures.h"
#include "reports/render/formats.h"
#include "reports/select.h"
#include "reports/summary.h"

namespace shaketable::reports {

namespace {

std::string label(std::string_view name, std::string_view value) {
    std::string text = fmt::format("{}=\"", name);
    for (const char c : harmless(value)) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + "\"";
}

/// One metric with all its samples, which must stand together.
class Family {
  public:
    Family(std::string_view name, std::string_view help)
        : name_{name}, text_{fmt::format("# HELP {} {}\n# TYPE {} gauge\n", name, help, name)} {}
    void add(const std::string& labels, double value) {
        if (!std::isfinite(value)) return;
        text_ += fmt::format("{}{{{}}} {}\n", name_, labels, value);
    }
    void add(const std::string& labels, const Estimate& value) {
        if (value.n > 0) add(labels, value.mean);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string name_, text_;
};

std::string labels_of(const RunView& run) {
    return label("scenario", run.record->scenario) + "," + label("variant", run.record->variant);
}

struct Windows {
    std::string labels;  ///< of the run
    const Record* record;
    std::vector<WindowSummary> windows;
};

std::string flows(const std::vector<Windows>& runs) {
    using C = CallSummary;
    struct Figure {
        std::string_view name, help;
        Estimate C::*member;
    };
    constexpr std::array figures{
        Figure{"shaketable_call_rate", "Calls begun a second.", &C::rate},
        Figure{"shaketable_call_success_ratio", "Share of settled calls that succeeded.",
               &C::success},
        Figure{"shaketable_call_attempts_ratio", "Tries for each call begun.", &C::attempts},
        Figure{"shaketable_call_latency_p50_seconds", "Median latency of successful calls.",
               &C::p50},
        Figure{"shaketable_call_latency_p99_seconds", "99th percentile of the same.", &C::p99}};
    std::string text;
    for (const Figure& figure : figures) {
        Family family{figure.name, figure.help};
        for (const Windows& run : runs)
            for (const WindowSummary& window : run.windows)
                for (std::size_t f = 0; f < window.flows.size(); ++f) {
                    const FlowKey& flow = run.record->flows[f];
                    family.add(run.labels + "," + label("window", window.name) + "," +
                                   label("caller", flow.caller) + "," +
                                   label("zone", flow.from_zone) + "," +
                                   label("service", flow.service) + "," +
                                   label("endpoint", flow.endpoint),
                               window.flows[f].*figure.member);
                }
        text += family.text();
    }
    return text;
}

std::string services(const std::vector<Windows>& runs) {
    using S = ServiceSummary;
    struct Figure {
        std::string_view name, help;
        Estimate S::*member;
    };
    constexpr std::array figures{
        Figure{"shaketable_service_arrival_rate", "Requests a second.", &S::arrivals},
        Figure{"shaketable_service_utilization_ratio", "Share of workers held.", &S::utilization},
        Figure{"shaketable_service_queue_max", "Most requests waiting at an instant.",
               &S::queue_max},
        Figure{"shaketable_service_wasted_ratio", "Share of work for callers who had left.",
               &S::wasted},
        Figure{"shaketable_service_refused_ratio", "Share of requests that were not served.",
               &S::refused}};
    std::string text;
    for (const Figure& figure : figures) {
        Family family{figure.name, figure.help};
        for (const Windows& run : runs)
            for (const WindowSummary& window : run.windows)
                for (std::size_t s = 0; s < window.services.size(); ++s)
                    family.add(run.labels + "," + label("window", window.name) + "," +
                                   label("service", run.record->services[s]),
                               window.services[s].*figure.member);
        text += family.text();
    }
    return text;
}

}  // namespace

std::string to_prometheus(const std::vector<RunView>& runs) {
    Family holds{"shaketable_expectation_holds", "1 where the expectation holds, else 0."};
    Family values{"shaketable_expectation_value", "What was measured, in the unit of the limit."};
    Family limits{"shaketable_expectation_limit", "What it was held against."};
    std::vector<Windows> all;
    for (const RunView& run : runs) {
        for (const Finding& finding : run.findings->expectations) {
            const scenarios::Claim& claim = finding.expectation.that;
            const std::string labels = labels_of(run) + "," + label("expectation", claim.text);
            holds.add(labels, finding.verdict == Verdict::hold ? 1 : 0);
            values.add(labels, finding.value);
            limits.add(labels, claim.limit);
        }
        all.push_back({labels_of(run), run.record, summarize(*run.scenario, *run.record)});
    }
    return holds.text() + values.text() + limits.text() + flows(all) + services(all);
}

}  // namespace shaketable::reports
