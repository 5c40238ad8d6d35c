#include "tests/injector/smuggling/payloads.h"

#include <array>
#include <charconv>
#include <fstream>
#include <utility>

#include <catch2/catch.hpp>

#include "tests/source_path.h"

namespace shaketable::injector::smuggling {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> texts{{
    {"{get}", R"(GET / HTTP/1.1\r\nHost: a\r\n)"},
    {"{post}", R"(POST / HTTP/1.1\r\nHost: a\r\n)"},
    {"{put}", R"(PUT / HTTP/1.1\r\nHost: a\r\n)"},
    {"{coded}", R"(POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n)"},
    {"{chunked}", R"(POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n)"},
    {"{next}", R"(GET /next HTTP/1.1\r\nHost: a\r\n\r\n)"},
    {"{ok}", R"(HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok)"},
}};

constexpr std::string_view digits = "0123456789abcdef";

/// What `{control}` and its like stand for.
std::vector<int> bytes_of(std::string_view kind) {
    if (kind == "{blank}") return {' ', '\t'};
    if (kind == "{high}") return {0x80, 0x85, 0xA0, 0xAD, 0xFF};
    std::vector<int> bytes{0x7F};
    for (int byte = 0; byte < 0x20; ++byte)
        if (byte != '\t' && byte != '\n' && byte != '\r') bytes.push_back(byte);
    return bytes;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// The names, then the repeats, innermost first.
std::string expanded(std::string text) {
    for (const auto& [name, meaning] : texts) text = replaced(std::move(text), name, meaning);
    for (std::size_t end = text.find('}'); end != text.npos; end = text.find('}')) {
        const std::size_t start = text.rfind('{', end), star = text.find('*', start);
        std::size_t times = 0;
        std::from_chars(text.data() + start + 1, text.data() + star, times);
        INFO(text.substr(start, end + 1 - start));
        REQUIRE(times > 0);
        const std::string once = text.substr(star + 1, end - star - 1);
        std::string all;
        all.reserve(times * once.size());
        for (std::size_t i = 0; i < times; ++i) all += once;
        text.replace(start, end + 1 - start, all);
    }
    return text;
}

std::string unescaped(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            bytes += text[i];
            continue;
        }
        const char c = text.at(++i);
        const std::string_view letters = "rnt\\", meanings = "\r\n\t\\";
        if (c == 'x') {
            bytes +=
                static_cast<char>(digits.find(text.at(i + 1)) * 16 + digits.find(text.at(i + 2)));
            i += 2;
        } else {
            INFO(text);
            REQUIRE(letters.find(c) != letters.npos);
            bytes += meanings[letters.find(c)];
        }
    }
    return bytes;
}

std::vector<std::string> split(std::string_view text, std::string_view by, std::size_t most) {
    std::vector<std::string> parts;
    while (parts.size() + 1 < most && text.find(by) != text.npos) {
        parts.emplace_back(text.substr(0, text.find(by)));
        text.remove_prefix(parts.back().size() + by.size());
    }
    parts.emplace_back(text);
    return parts;
}

std::vector<std::vector<std::string>> rows(std::string_view file) {
    std::ifstream in{test::source_path("tests/injector/smuggling/" + std::string{file})};
    std::vector<std::vector<std::string>> found;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        found.push_back(split(line, " | ", 4));
        INFO(line);
        REQUIRE(found.back().size() == 4);
    }
    REQUIRE_FALSE(found.empty());
    return found;
}

/// Names and escaped texts: one for each byte that the text asks for.
std::vector<std::pair<std::string, std::string>> variants(const std::string& name,
                                                          const std::string& text) {
    std::vector<std::pair<std::string, std::string>> found{{name, text}};
    for (const std::string_view kind : {"{control}", "{high}", "{blank}"}) {
        if (text.find(kind) == text.npos) continue;
        std::vector<std::pair<std::string, std::string>> more;
        for (const auto& [one, of_one] : found)
            for (const int byte : bytes_of(kind)) {
                const auto u = static_cast<std::size_t>(byte);
                const std::string hexadecimal{digits[u / 16], digits[u % 16]};
                more.emplace_back(one + " " + hexadecimal,
                                  replaced(of_one, kind, "\\x" + hexadecimal));
            }
        found = std::move(more);
    }
    return found;
}

std::vector<Request> arrivals_of(const std::string& text) {
    std::vector<Request> found;
    if (text == "-") return found;
    for (const std::string& one : split(expanded(text), " + ", text.npos)) {
        const std::vector<std::string> words = split(one, " ", 3);
        REQUIRE(words.size() >= 2);
        Request request{unescaped(words[0]), unescaped(words[1]), {}};
        if (words.size() == 3) request.body = unescaped(words[2].substr(1, words[2].size() - 2));
        found.push_back(std::move(request));
    }
    return found;
}

}  // namespace

std::vector<RequestPayload> request_payloads() {
    std::vector<RequestPayload> found;
    for (const std::vector<std::string>& row : rows("requests.txt")) {
        RequestPayload payload;
        for (const std::string& word : split(expanded(row[1]), " ", row[1].npos)) {
            if (word == "200") ++payload.answers;
            if (word == "reset") payload.resets = true;
            if (word.starts_with('4') || word.starts_with('5')) payload.refusal = std::stoi(word);
        }
        payload.arrives = arrivals_of(row[2]);
        for (const auto& [name, text] : variants(row[0], row[3])) {
            payload.name = name;
            payload.bytes = unescaped(expanded(text));
            found.push_back(payload);
            payload.is_first = false;
        }
    }
    return found;
}

std::vector<ResponsePayload> response_payloads() {
    using Passes = ResponsePayload::Passes;
    std::vector<ResponsePayload> found;
    for (const std::vector<std::string>& row : rows("responses.txt")) {
        ResponsePayload payload;
        payload.requests = split(row[1], " ", row[1].npos);
        if (row[2] != "all") payload.passes = row[2] == "502" ? Passes::refused : Passes::reset;
        payload.ends = row[3].ends_with("{end}");
        for (const auto& [name, text] : variants(row[0], replaced(row[3], "{end}", ""))) {
            payload.name = name;
            std::vector<std::string> parts = split(text, "{cut}", 2);
            if (parts.size() == 1) parts.insert(parts.begin(), "");
            if (payload.passes == Passes::all) parts = {parts[1], ""};
            payload.before = unescaped(expanded(parts[0]));
            payload.behind = unescaped(expanded(parts[1]));
            found.push_back(payload);
            payload.is_first = false;
        }
    }
    return found;
}

}  // namespace shaketable::injector::smuggling
