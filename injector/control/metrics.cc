#include "injector/control/metrics.h"

#include <array>

#include "base/outcome.h"
#include "injector/control/exposition.h"

namespace shaketable::injector::control {

using proxy::EdgeMeter;
using proxy::Proxy;

namespace {

/// One figure of every proxy.
struct Metric {
    std::string_view name, type, help;
    double (*value)(const EdgeMeter& meter);
};

constexpr std::array metrics{
    Metric{"shaketable_proxy_connections_total", "counter", "Connections accepted.",
           [](const EdgeMeter& m) { return static_cast<double>(m.connections); }},
    Metric{"shaketable_proxy_connections_open", "gauge", "Connections open now.",
           [](const EdgeMeter& m) { return static_cast<double>(m.open); }},
    Metric{"shaketable_proxy_unreachable_total", "counter",
           "Connections for which the upstream could not be reached.",
           [](const EdgeMeter& m) { return static_cast<double>(m.unreachable); }},
    Metric{"shaketable_proxy_calls_total", "counter", "Requests, or turns of a tcp connection.",
           [](const EdgeMeter& m) { return static_cast<double>(m.calls); }},
    Metric{"shaketable_proxy_malformed_total", "counter", "HTTP messages that do not parse.",
           [](const EdgeMeter& m) { return static_cast<double>(m.malformed); }},
    Metric{"shaketable_proxy_stalls_total", "counter",
           "Times that a delay found no memory and capped the rate.",
           [](const EdgeMeter& m) { return static_cast<double>(m.stalls); }},
};

void write_outcomes(Exposition& writer, Proxy& proxy) {
    for (const auto& [name, outcome] : enum_names(Outcome{})) {
        const std::uint64_t count = proxy.meter().settled[static_cast<std::size_t>(outcome)];
        if (count == 0) continue;
        writer.line("shaketable_proxy_outcomes_total",
                    "proxy=" + label_of(proxy.settings().name) + ",outcome=" + label_of(name),
                    static_cast<double>(count));
    }
}

void write_delay_error(Exposition& writer, Proxy& proxy) {
    const reports::LiveHistogram& error = proxy.meter().delay_error;
    const std::string label = "proxy=" + label_of(proxy.settings().name);
    if (error.count() == 0) return;
    for (const auto& [p, text] : {std::pair{0.5, "0.5"}, std::pair{0.99, "0.99"}})
        writer.line("shaketable_proxy_delay_error_seconds", label + ",quantile=\"" + text + "\"",
                    error.quantile(p));
    writer.line("shaketable_proxy_delay_error_seconds_sum", label,
                to_seconds(proxy.meter().delay_error_sum));
    writer.line("shaketable_proxy_delay_error_seconds_count", label,
                static_cast<double>(error.count()));
}

/// Toxiproxy's own name for what has been passed on.
void write_sent(Exposition& writer, Proxies& proxies, Proxy& proxy) {
    for (const proxy::Way way : proxy::both_ways)
        writer.line("toxiproxy_proxy_sent_bytes_total",
                    std::string{"direction=\""} +
                        (way == proxy::Way::request ? "upstream" : "downstream") +
                        "\",listener=" + label_of(proxies.listen_of(proxy)) +
                        ",proxy=" + label_of(proxy.settings().name) +
                        ",upstream=" + label_of(proxies.upstream_of(proxy)),
                    static_cast<double>(proxy.meter().bytes[proxy::index_of(way)]));
}

}  // namespace

std::string write_metrics(Proxies& proxies) {
    Exposition writer;
    const std::vector<Proxy*> all = proxies.list();
    for (const Metric& metric : metrics) {
        writer.head(metric.name, metric.type, metric.help);
        for (Proxy* proxy : all)
            writer.line(metric.name, "proxy=" + label_of(proxy->settings().name),
                        metric.value(proxy->meter()));
    }
    writer.head("shaketable_proxy_outcomes_total", "counter", "How calls ended.");
    for (Proxy* proxy : all) write_outcomes(writer, *proxy);
    writer.head("shaketable_proxy_delay_error_seconds", "summary",
                "How much later than asked delayed bytes went on.");
    for (Proxy* proxy : all) write_delay_error(writer, *proxy);
    writer.head("toxiproxy_proxy_sent_bytes_total", "counter", "Bytes passed on, by direction.");
    for (Proxy* proxy : all) write_sent(writer, proxies, *proxy);
    return writer.take();
}

}  // namespace shaketable::injector::control
