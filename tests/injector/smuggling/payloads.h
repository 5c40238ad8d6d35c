/// The tables of raw payloads that stand beside this file; their first lines say how they are
/// written. tests/e2e/smuggling plays the same ones to other proxies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shaketable::injector::smuggling {

/// A whole request, as who reads it sees it.
struct Request {
    std::string method, target, body;
    bool operator==(const Request&) const = default;
};

/// One line of requests.txt, or one of the several payloads that it stands for.
struct RequestPayload {
    std::string name;
    bool is_first = true;          ///< of its line
    std::size_t answers = 0;       ///< that the upstream gives
    std::optional<int> refusal{};  ///< what the proxy says behind those
    bool resets = false;           ///< both connections end instead
    std::vector<Request> arrives;
    std::string bytes;
};

/// One line of responses.txt, or one of its payloads.
struct ResponsePayload {
    enum class Passes { all, refused, reset };
    std::string name;
    bool is_first = true;
    std::vector<std::string> requests;  ///< methods, and the two words of the table
    Passes passes = Passes::all;
    std::string before, behind;  ///< of what must not pass; all of it stands before
    bool ends = false;           ///< with it ends the connection of the upstream
};

[[nodiscard]] std::vector<RequestPayload> request_payloads();
[[nodiscard]] std::vector<ResponsePayload> response_payloads();

}  // namespace shaketable::injector::smuggling
