#include "reports/render/topology_text.h"

#include "reports/render/figures.h"
#include "scenarios/topology.h"

namespace shaketable::reports {

namespace {

using scenarios::Scenario;
using scenarios::ServiceKind;

/// "ledger x3" where there are several replicas.
std::string label_of(const std::string& name, const scenarios::Service& service) {
    const std::uint32_t replicas = service.replicas.total();
    return harmless(name) + (replicas > 1 ? " x" + std::to_string(replicas) : "");
}

/// Within double quotes of DOT, only quotes and backslashes mean something.
std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

/// Within double quotes of Mermaid, which knows references and no escapes.
std::string referenced(std::string_view text) {
    constexpr std::string_view special = "\"#&<>;`\\";
    std::string out = "\"";
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos)
            out.append("#").append(std::to_string(static_cast<int>(c))).append(";");
        else
            out += c;
    }
    return out + "\"";
}

/// "s3" and "w0": names may hold anything, numbers may not.
std::string id_of(const scenarios::ServiceEdge& edge) {
    return (edge.from_workload ? "w" : "s") + std::to_string(edge.from);
}

}  // namespace

std::string to_dot(const Scenario& scenario) {
    std::string text = "digraph " + in_quotes(harmless(scenario.name)) +
                       " {\n  rankdir=LR;\n  node [shape=box, style=rounded, "
                       "fontname=\"sans-serif\"];\n";
    for (std::size_t w = 0; w < scenario.workload.size(); ++w)
        text += "  w" + std::to_string(w) + " [shape=plaintext, label=" +
                in_quotes(harmless(scenario.workload.entries[w].name)) + "];\n";
    for (std::size_t s = 0; s < scenario.services.size(); ++s) {
        const auto& [name, service] = scenario.services.entries[s];
        text += "  s" + std::to_string(s) + " [label=" + in_quotes(label_of(name, service));
        if (service.kind == ServiceKind::database || service.kind == ServiceKind::cache)
            text += ", shape=cylinder";
        if (service.kind == ServiceKind::external) text += ", style=\"rounded,dashed\"";
        text += "];\n";
    }
    const scenarios::Topology topology{scenario};
    for (const scenarios::ServiceEdge& edge : topology.edges()) {
        text += "  " + id_of(edge) + " -> s" + std::to_string(edge.to);
        if (edge.async) text += " [style=dashed, label=\"async\"]";
        if (!edge.async && edge.optional) text += " [style=dotted, label=\"optional\"]";
        text += ";\n";
    }
    return text + "}\n";
}

std::string to_mermaid(const Scenario& scenario) {
    std::string text = "flowchart LR\n";
    for (std::size_t w = 0; w < scenario.workload.size(); ++w)
        text += "  w" + std::to_string(w) + "([" +
                referenced(harmless(scenario.workload.entries[w].name)) + "])\n";
    for (std::size_t s = 0; s < scenario.services.size(); ++s) {
        const auto& [name, service] = scenario.services.entries[s];
        const bool stores =
            service.kind == ServiceKind::database || service.kind == ServiceKind::cache;
        text += "  s" + std::to_string(s) + (stores ? "[(" : "[") +
                referenced(label_of(name, service)) + (stores ? ")]\n" : "]\n");
    }
    const scenarios::Topology topology{scenario};
    for (const scenarios::ServiceEdge& edge : topology.edges()) {
        const char* arrow = edge.async      ? " -.->|async| s"
                            : edge.optional ? " -.->|optional| s"
                                            : " --> s";
        text += "  " + id_of(edge) + arrow + std::to_string(edge.to) + "\n";
    }
    return text;
}

}  // namespace shaketable::reports
