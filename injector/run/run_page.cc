#include "injector/run/run_page.h"

#include <algorithm>

#include "injector/control/exposition.h"
#include "injector/control/json.h"

namespace shaketable::injector {

using control::Answer;
using control::Exposition;
using control::Json;
using control::label_of;
using control::plain;

namespace {

/// One figure of every flow; all steps together, or the last complete one.
struct FlowFigure {
    const char* name;
    const char* help;
    std::uint32_t reports::FlowSample::*count;
};
constexpr std::array flow_figures{
    FlowFigure{"shaketable_run_calls_started_total", "Calls begun.", &reports::FlowSample::started},
    FlowFigure{"shaketable_run_calls_succeeded_total", "Calls answered well.",
               &reports::FlowSample::succeeded},
    FlowFigure{"shaketable_run_calls_failed_total", "Calls that failed.",
               &reports::FlowSample::failed},
    FlowFigure{"shaketable_run_attempts_total", "Tries, retries and hedges included.",
               &reports::FlowSample::attempts},
    FlowFigure{"shaketable_run_retries_total", "Retries.", &reports::FlowSample::retries},
};

std::string labels_of(const reports::FlowKey& key) {
    std::string labels = "caller=" + label_of(key.caller) + ",service=" + label_of(key.service) +
                         ",endpoint=" + label_of(key.endpoint);
    if (!key.from_zone.empty()) labels += ",zone=" + label_of(key.from_zone);
    return labels;
}

bool is_active(const Plan& plan, std::size_t fault, Time now) {
    const auto& all = plan.timeline.occurrences;
    return std::any_of(all.begin(), all.end(), [&](const faults::Occurrence& occurrence) {
        return occurrence.fault == fault && occurrence.contains(now);
    });
}

bool is_of_faults(const std::string& path) {
    return path == "/v1/faults" || path.starts_with("/v1/faults/") || path == "/v1/proxies" ||
           path.starts_with("/v1/proxies/");
}

proxy::Limits few_connections() {
    proxy::Limits limits;
    limits.connections_max = 0;  // it proxies nothing
    return limits;
}

}  // namespace

RunPage::RunPage(const Plan& plan, const Watch& watch, const LiveClock& clock, FaultClient* faults)
    : plan_{plan},
      watch_{watch},
      faults_{faults},
      commons_{clock, few_connections()},
      server_{commons_, control::ServerLimits{.connections_max = 32},
              [this](const control::Request& request) { return answer(request); }},
      sums_(plan.model.flows.size()) {}

void RunPage::poll(Time now) {
    now_ = now;
    publish(now);
    commons_.io.restart();
    commons_.io.poll();
}

Answer RunPage::answer(const control::Request& request) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (request.path == "/v1/stop") {
        if (request.method != "POST") return plain(405, "POST ends the run");
        is_stop_wanted_ = true;
        return plain(202, "the run ends, and everything is undone");
    }
    if (faults_ != nullptr && is_of_faults(request.path)) return faults_->ask(request);
    if (request.path != "/metrics" && request.path != "/events" && request.path != "/healthz")
        return plain(
            404, "here are /metrics, /events, /healthz, /v1/faults, /v1/proxies and POST /v1/stop");
    if (!reads) return plain(405, "GET it");
    if (request.path == "/healthz") return plain(200, "ok");
    if (request.path == "/metrics") return {.type = control::metrics_type, .body = write_metrics()};
    std::string past;
    for (std::size_t step = 0; step < published_; ++step) past += event_of(step);
    return {.type = "text/event-stream", .body = std::move(past), .streams = true};
}

std::string RunPage::write_metrics() const {
    Exposition out;
    const auto& flows = plan_.model.flows;
    static_assert(flow_figures.size() == figures);
    for (std::size_t i = 0; i < figures; ++i) {
        out.head(flow_figures[i].name, "counter", flow_figures[i].help);
        for (std::size_t f = 0; f < flows.size(); ++f)
            out.line(flow_figures[i].name, labels_of(flows[f]), static_cast<double>(sums_[f][i]));
    }
    const auto quantile = [&](const char* name, const char* help, auto which) {
        out.head(name, "gauge", help);
        for (std::size_t f = 0; f < flows.size() && published_ > 0; ++f) {
            const float value = watch_.flow(published_ - 1, f).*which;
            if (value >= 0) out.line(name, labels_of(flows[f]), static_cast<double>(value));
        }
    };
    quantile("shaketable_run_latency_p50_seconds",
             "Median of the successful calls of the last step; the largest of the processes'.",
             &reports::FlowSample::p50);
    quantile("shaketable_run_latency_p99_seconds", "99th percentile of the same.",
             &reports::FlowSample::p99);
    out.head("shaketable_run_fault_active", "gauge", "1 while the fault acts, else 0.");
    const auto& faults = plan_.model.scenario.faults;
    for (std::size_t f = 0; f < faults.size(); ++f)
        out.line("shaketable_run_fault_active", "fault=" + label_of(faults[f].id),
                 is_active(plan_, f, now_) ? 1 : 0);
    out.head("shaketable_run_seconds", "gauge", "Time of the run.");
    out.line("shaketable_run_seconds", "", std::max(0.0, to_seconds(now_.time_since_epoch())));
    return out.take();
}

/// `event: step`, with all flows that were called in it.
std::string RunPage::event_of(std::size_t step) const {
    const Duration length = plan_.model.scenario.run.sample_every;
    const Time end{length * static_cast<std::int64_t>(step + 1)};
    Json flows = Json::array();
    for (std::size_t f = 0; f < plan_.model.flows.size(); ++f) {
        const reports::FlowSample& sample = watch_.flow(step, f);
        if (sample.started + sample.succeeded + sample.failed == 0) continue;
        const reports::FlowKey& key = plan_.model.flows[f];
        Json flow{{"caller", key.caller},          {"service", key.service},
                  {"endpoint", key.endpoint},      {"started", sample.started},
                  {"succeeded", sample.succeeded}, {"failed", sample.failed},
                  {"attempts", sample.attempts},   {"retries", sample.retries}};
        if (sample.p50 >= 0) flow["p50"] = control::number_of(sample.p50);
        if (sample.p99 >= 0) flow["p99"] = control::number_of(sample.p99);
        flows.push_back(std::move(flow));
    }
    Json faults = Json::array();
    for (std::size_t f = 0; f < plan_.model.scenario.faults.size(); ++f)
        if (is_active(plan_, f, end - length / 2))
            faults.push_back(plan_.model.scenario.faults[f].id);
    const Json data{{"at", to_seconds(end.time_since_epoch())},
                    {"flows", std::move(flows)},
                    {"faults", std::move(faults)}};
    return "id: " + std::to_string(step + 1) + "\nevent: step\ndata: " + control::print(data) +
           "\n\n";
}

void RunPage::publish(Time now) {
    const std::size_t complete = watch_.complete_steps(now);
    for (; published_ < complete; ++published_) {
        for (std::size_t f = 0; f < sums_.size(); ++f)
            for (std::size_t i = 0; i < figures; ++i)
                sums_[f][i] += watch_.flow(published_, f).*flow_figures[i].count;
        server_.publish(event_of(published_));
    }
    if (faults_ == nullptr) return;
    if (const std::string changes = faults_->take_changes(); !changes.empty())
        server_.publish(changes);
}

}  // namespace shaketable::injector
