#include "scenarios/text/foreign.h"

#include <algorithm>
#include <array>

namespace shaketable::scenarios::text {

namespace {

struct ForeignKey {
    std::string_view key;
    std::string_view advice;
};

constexpr std::string_view count_retries =
    "write `retries`, the tries after the first: 3 attempts are `retries: 2`";
constexpr std::string_view write_retries = "write `retries`: tries after the first";

constexpr std::array foreign_keys{
    ForeignKey{"attempts", count_retries},
    ForeignKey{"maxAttempts", count_retries},
    ForeignKey{"max_attempts", count_retries},
    ForeignKey{"maxRetries", write_retries},
    ForeignKey{"max_retries", write_retries},
    ForeignKey{"MaxRetryAttempts", write_retries},
    ForeignKey{"numRetries", write_retries},
    ForeignKey{"num_retries", write_retries},
    ForeignKey{"retryOn", "write `when: [timeout, 5xx]`"},
    ForeignKey{"retry_on", "write `when: [timeout, 5xx]`"},
    ForeignKey{"perTryTimeout", "write `timeout: {attempt: 1s}`"},
    ForeignKey{"per_try_timeout", "write `timeout: {attempt: 1s}`"},
    ForeignKey{"initialBackoff", "write `backoff: {base: 25ms}`"},
    ForeignKey{"initialInterval", "write `backoff: {base: 25ms}`"},
    ForeignKey{"base_interval", "write `backoff: {base: 25ms}`"},
    ForeignKey{"maxBackoff", "write `backoff: {max: 250ms}`"},
    ForeignKey{"max_interval", "write `backoff: {max: 250ms}`"},
    ForeignKey{"backoffMultiplier", "write `backoff: {factor: 2}`"},
    ForeignKey{"circuitBreaker", "write `breaker`"},
    ForeignKey{"circuit_breaker", "write `breaker`"},
    ForeignKey{"outlierDetection", "write `balance: {outlier_ejection: ...}`"},
    ForeignKey{"maxConnections", "write `bulkhead: {connections: 100}`"},
    ForeignKey{"max_connections", "write `bulkhead: {connections: 100}`"},
    ForeignKey{"numReplicas", "write `replicas`"},
    ForeignKey{"instances", "write `replicas`"},
    ForeignKey{"scale", "write `replicas`"},
    ForeignKey{"script", "write `steps`"},
    ForeignKey{"errorRate", "write a step `fail: 500` with `probability: 1%`"},
    ForeignKey{"depends_on", "write a step `call: service.endpoint`"},
    ForeignKey{"rps", "write `arrivals: poisson(100/s)`"},
    ForeignKey{"qps", "write `arrivals: poisson(100/s)`"},
    ForeignKey{"vus", "write `users`"},
    ForeignKey{"thinkTime", "write `think`"},
    ForeignKey{"duration_seconds", "write `duration: 60s`"},
    ForeignKey{"on", "write `when`: YAML reads `on` as true"},
    ForeignKey{"toxicity", "write `share: 50%`"},
    ForeignKey{"upstream", "where services live stands in a bindings file"},
    ForeignKey{"image", "a scenario says how a service behaves, not what runs it"},
};

bool says(const Node& map, std::string_view key, std::string_view start) noexcept {
    const Entry* entry = map.find(key);
    return entry != nullptr && entry->value->is_scalar() && entry->value->text.starts_with(start);
}

bool any_item_has(const Node& container, std::string_view key) noexcept {
    return std::any_of(container.entries.begin(), container.entries.end(),
                       [&](const Entry& e) { return e.value->find(key) != nullptr; });
}

}  // namespace

std::string_view advice_for_key(std::string_view key) noexcept {
    for (const ForeignKey& foreign : foreign_keys)
        if (foreign.key == key) return foreign.advice;
    return {};
}

std::string_view tool_of(const Node& root) noexcept {
    if (root.is_sequence() && any_item_has(root, "upstream")) return "Toxiproxy";
    if (!root.is_map() || root.find("schema") != nullptr) return {};
    if (says(root, "apiVersion", "chaos-mesh.org/")) return "Chaos Mesh";
    if (says(root, "apiVersion", "litmuschaos.io/")) return "LitmusChaos";
    if (says(root, "apiVersion", "networking.istio.io/")) return "Istio";
    if (root.find("apiVersion") != nullptr && root.find("kind") != nullptr) return "Kubernetes";
    if (root.find("static_resources") != nullptr) return "Envoy";
    if (root.find("resourceSpans") != nullptr) return "OpenTelemetry";
    if (root.find("steady-state-hypothesis") != nullptr) return "Chaos Toolkit";
    const Entry* services = root.find("services");
    if (services == nullptr) return {};
    if (services->value->is_sequence() && any_item_has(*services->value, "name")) return "isotope";
    if (services->value->is_map() &&
        (any_item_has(*services->value, "image") || any_item_has(*services->value, "build")))
        return "Docker Compose";
    return {};
}

}  // namespace shaketable::scenarios::text
