// GET /metrics: what a stand-in has counted, as Prometheus text.
#include <iterator>

#include <fmt/format.h>

#include "injector/http/message.h"
#include "injector/standin/replica.h"

namespace shaketable::injector {

namespace {

/// Backslash, quote and line feed are escaped in label values.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

class Page {
  public:
    void head(std::string_view name, std::string_view type, std::string_view help) {
        fmt::format_to(std::back_inserter(text_),
                       "# HELP shaketable_{} {}\n# TYPE shaketable_{} {}\n", name, help, name,
                       type);
    }
    template <class Number>
    void line(std::string_view name, std::string_view labels, Number number) {
        fmt::format_to(std::back_inserter(text_), "shaketable_{}{{{}}} {}\n", name, labels, number);
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

template <class Totals, class Number>
struct Counter {
    const char* name;
    const char* help;
    Number Totals::*number;
};

constexpr std::array service_counters{
    Counter<reports::ServiceTotals, std::uint64_t>{"requests_arrived_total", "requests received",
                                                   &reports::ServiceTotals::arrived},
    Counter<reports::ServiceTotals, std::uint64_t>{"requests_admitted_total",
                                                   "requests taken in, to be served or to wait",
                                                   &reports::ServiceTotals::admitted},
    Counter<reports::ServiceTotals, std::uint64_t>{"requests_completed_total",
                                                   "requests whose steps are done",
                                                   &reports::ServiceTotals::completed},
    Counter<reports::ServiceTotals, std::uint64_t>{"requests_cancelled_total",
                                                   "requests taken back by their callers",
                                                   &reports::ServiceTotals::cancelled},
    Counter<reports::ServiceTotals, std::uint64_t>{"requests_wasted_total",
                                                   "requests done after their callers had left",
                                                   &reports::ServiceTotals::wasted},
};
constexpr std::array service_times{
    Counter<reports::ServiceTotals, reports::RequestTime>{
        "work_seconds_total", "worker time of work steps", &reports::ServiceTotals::work},
    Counter<reports::ServiceTotals, reports::RequestTime>{
        "busy_seconds_total", "integral of workers held", &reports::ServiceTotals::busy_time},
    Counter<reports::ServiceTotals, reports::RequestTime>{
        "queue_seconds_total", "integral of requests waiting", &reports::ServiceTotals::queue_time},
};
constexpr std::array flow_counters{
    Counter<reports::FlowTotals, std::uint64_t>{"calls_started_total", "calls begun",
                                                &reports::FlowTotals::started},
    Counter<reports::FlowTotals, std::uint64_t>{
        "attempts_total", "tries sent or refused at the caller", &reports::FlowTotals::attempts},
    Counter<reports::FlowTotals, std::uint64_t>{"retries_total", "tries after a failure",
                                                &reports::FlowTotals::retries},
    Counter<reports::FlowTotals, std::uint64_t>{
        "late_answers_total", "answers to tries that were given up", &reports::FlowTotals::late},
};

/// All that a part holds of one row, and the open segment's on top.
template <class Totals, class Row>
Totals sum_of(const std::vector<reports::Segment>& segments, std::uint32_t index, Row row,
              const Totals& now) {
    Totals sum;
    for (const reports::Segment& segment : segments) sum.merge((segment.*row)[index]);
    sum.merge(now);
    return sum;
}

void write_service(Page& page, const reports::ServiceTotals& totals,
                   const reports::ServiceMeter& meter, const std::string& labels) {
    for (const auto& counter : service_counters) {
        page.head(counter.name, "counter", counter.help);
        page.line(counter.name, labels, totals.*counter.number);
    }
    for (const auto& counter : service_times) {
        page.head(counter.name, "counter", counter.help);
        page.line(counter.name, labels, to_seconds(totals.*counter.number));
    }
    page.head("requests_refused_total", "counter", "requests not served, by reason");
    for (const auto& [name, outcome] : enum_names(Outcome{}))
        if (const std::uint64_t n = totals.refused[static_cast<std::size_t>(outcome)]; n > 0)
            page.line("requests_refused_total", fmt::format("{},reason=\"{}\"", labels, name), n);
    page.head("requests_waiting", "gauge", "requests that wait for a worker");
    page.line("requests_waiting", labels, meter.waiting.value());
    page.head("workers_busy", "gauge", "workers held");
    page.line("workers_busy", labels, meter.busy.value());
    page.head("requests_in_hand", "gauge", "requests waiting or in service");
    page.line("requests_in_hand", labels, meter.in_system.value());
}

}  // namespace

std::string Replica::metrics() const {
    Page page;
    const reports::ServiceMeter& meter = run_.meters.services()[plan_.service];
    write_service(
        page, sum_of(run_.out.segments, plan_.service, &reports::Segment::services, meter.now),
        meter, fmt::format("service=\"{}\",replica=\"{}\"", escaped(service().name), plan_.number));
    struct Row {
        std::string labels;
        reports::FlowTotals totals;
    };
    std::vector<Row> rows;
    for (std::uint32_t f = 0; f < run_.model.flows.size(); ++f) {
        const reports::FlowKey& key = run_.model.flows[f];
        if (key.from_workload || key.caller != service().name) continue;
        rows.push_back(
            {fmt::format("caller=\"{}\",replica=\"{}\",service=\"{}\",endpoint=\"{}\"",
                         escaped(key.caller), plan_.number, escaped(key.service),
                         escaped(key.endpoint)),
             sum_of(run_.out.segments, f, &reports::Segment::flows, run_.meters.flows()[f].now)});
    }
    for (const auto& counter : flow_counters) {
        page.head(counter.name, "counter", counter.help);
        for (const Row& row : rows) page.line(counter.name, row.labels, row.totals.*counter.number);
    }
    page.head("calls_settled_total", "counter", "calls ended, by outcome");
    for (const Row& row : rows)
        for (const auto& [name, outcome] : enum_names(Outcome{}))
            if (const std::uint64_t n = row.totals.settled[static_cast<std::size_t>(outcome)];
                n > 0)
                page.line("calls_settled_total", fmt::format("{},outcome=\"{}\"", row.labels, name),
                          n);
    return page.take();
}

}  // namespace shaketable::injector
