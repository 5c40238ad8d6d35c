#include "faults/kinds/error.h"

#include <array>
#include <charconv>

#include "base/quantity.h"
#include "faults/kinds/header.h"
#include "faults/text_cursor.h"

namespace shaketable::faults {

namespace {

/// By their numbers, from 0. Source: gRPC, "Status codes and their use in gRPC".
constexpr std::array<std::string_view, 17> grpc_names{
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

std::string_view ordinal_ending(std::uint32_t n) noexcept {
    if (n % 100 >= 11 && n % 100 <= 13) return "th";
    constexpr std::array<std::string_view, 4> endings{"th", "st", "nd", "rd"};
    return n % 10 < endings.size() ? endings[n % 10] : "th";
}

}  // namespace

bool Sequence::includes(std::uint64_t number) const noexcept {
    switch (which) {
        case Which::first:
            return number <= n;
        case Which::after:
            return number > n;
        case Which::every:
            return number % n == 0;
    }
    return false;
}

std::optional<Problem> Match::find_problem() const {
    if (header.empty() || is_header_name(header.substr(0, header.find(':')))) return std::nullopt;
    return problem_of("header", "E023", "expected NAME: VALUE or NAME, found \"" + header + "\"");
}

bool Match::matches(std::string_view method_seen, std::string_view path_seen,
                    std::string_view headers) const noexcept {
    if (!method.empty() && method != method_seen) return false;
    if (!header.empty() && !has_header(headers, header)) return false;
    if (path.empty()) return true;
    if (!path.ends_with('*')) return path == path_seen;
    return path_seen.starts_with(std::string_view{path}.substr(0, path.size() - 1));
}

Verdict Error::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    const bool is_drawn = random.uniform() < share.fraction * crossing.strength;
    Verdict verdict;
    if (match && !match->matches(crossing.method, crossing.path, crossing.headers)) return verdict;
    ++state.matched;
    if (!is_drawn || (sequence && !sequence->includes(state.matched))) return verdict;
    verdict.fate = Fate::answer_error;
    verdict.status = status.code;
    return verdict;
}

}  // namespace shaketable::faults

namespace shaketable {

using faults::Sequence;
using faults::Status;

Result<Status> Text<Status>::parse(std::string_view text) {
    for (std::uint16_t code = 1; code < faults::grpc_names.size(); ++code)
        if (text == faults::grpc_names[code]) return Status{code};
    std::uint16_t code = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error != std::errc{} || end != text.data() + text.size()) {
        const std::string near = nearest(
            text,
            std::vector<std::string>(faults::grpc_names.begin() + 1, faults::grpc_names.end()));
        return faults::problem_at(
            "E013", 0, text.size(),
            "expected a status like 503 or UNAVAILABLE, found \"" + std::string{text} + "\"",
            near.empty() ? "" : "did you mean " + near + "?");
    }
    if (code < 400 || code > 599)
        return faults::problem_at(
            "E023", 0, text.size(),
            "expected an error status, 400 to 599, found " + std::string{text},
            code <= 16 ? "write a gRPC status by its name: UNAVAILABLE" : "");
    return Status{code};
}

std::string Text<Status>::print(const Status& status) {
    if (status.is_grpc()) return std::string{faults::grpc_names.at(status.code)};
    return std::to_string(status.code);
}

Result<Sequence> Text<Sequence>::parse(std::string_view text) {
    faults::TextCursor cursor{text};
    cursor.skip_spaces();
    Sequence sequence;
    if (cursor.take("every "))
        sequence.which = Sequence::Which::every;
    else if (cursor.take("after "))
        sequence.which = Sequence::Which::after;
    else if (!cursor.take("first "))
        return faults::problem_at("E013", cursor.position(), cursor.rest().size(),
                                  "expected which ones, found \"" + std::string{text} + "\"",
                                  "write first 2, after 3 or every 5th");
    cursor.skip_spaces();
    const std::size_t column = cursor.position();
    const std::string_view digits = cursor.take_while([](char c) { return c >= '0' && c <= '9'; });
    const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), sequence.n).ec;
    if (error != std::errc{})
        return faults::problem_at("E013", column, std::max<std::size_t>(digits.size(), 1),
                                  "expected a number", "write first 2, after 3 or every 5th");
    if (sequence.n == 0)
        return faults::problem_at("E023", column, digits.size(), "expected a number from 1 on");
    if (sequence.which == Sequence::Which::every)
        for (const std::string_view ending : {"st", "nd", "rd", "th"})
            if (cursor.take(ending)) break;
    cursor.skip_spaces();
    if (!cursor.at_end())
        return faults::problem_at("E013", cursor.position(), cursor.rest().size(),
                                  "expected the end, found \"" + std::string{cursor.rest()} + "\"");
    return sequence;
}

std::string Text<Sequence>::print(const Sequence& sequence) {
    const std::string n = std::to_string(sequence.n);
    switch (sequence.which) {
        case Sequence::Which::first:
            return "first " + n;
        case Sequence::Which::after:
            return "after " + n;
        case Sequence::Which::every:
            return "every " + n + std::string{faults::ordinal_ending(sequence.n)};
    }
    return n;
}

}  // namespace shaketable
