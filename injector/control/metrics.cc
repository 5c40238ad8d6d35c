#include "injector/control/metrics.h"

#include <array>

#include "base/outcome.h"
#include "base/quantity.h"

namespace shaketable::injector::control {

using proxy::EdgeMeter;
using proxy::Proxy;

namespace {

std::string label_of(std::string_view value) {
    std::string text = "\"";
    for (const char c : value) {
        if (c == '\\' || c == '"') text += '\\';
        if (c == '\n')
            text += "\\n";
        else
            text += c;
    }
    return text + "\"";
}

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

class Writer {
  public:
    void head(std::string_view name, std::string_view type, std::string_view help) {
        out_.append("# HELP ").append(name).append(" ").append(help).append("\n");
        out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void line(std::string_view name, const std::string& labels, double value) {
        out_.append(name).append("{").append(labels).append("} ");
        out_.append(print_number(value)).append("\n");
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

void write_outcomes(Writer& writer, Proxy& proxy) {
    for (const auto& [name, outcome] : enum_names(Outcome{})) {
        const std::uint64_t count = proxy.meter().settled[static_cast<std::size_t>(outcome)];
        if (count == 0) continue;
        writer.line("shaketable_proxy_outcomes_total",
                    "proxy=" + label_of(proxy.settings().name) + ",outcome=" + label_of(name),
                    static_cast<double>(count));
    }
}

void write_delay_error(Writer& writer, Proxy& proxy) {
    const reports::LiveHistogram& error = proxy.meter().delay_error;
    const std::string label = "proxy=" + label_of(proxy.settings().name);
    if (error.count() == 0) return;
    for (const auto& [p, text] : {std::pair{0.5, "0.5"}, std::pair{0.99, "0.99"}})
        writer.line("shaketable_proxy_delay_error_seconds", label + ",quantile=\"" + text + "\"",
                    error.quantile(p));
    writer.line("shaketable_proxy_delay_error_seconds_count", label,
                static_cast<double>(error.count()));
}

/// Toxiproxy's own name for what has been passed on.
void write_sent(Writer& writer, Proxies& proxies, Proxy& proxy) {
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
    Writer writer;
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
