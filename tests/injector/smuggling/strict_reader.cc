#include "tests/injector/smuggling/strict_reader.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace shaketable::injector::smuggling {

namespace {

/// What is left of the bytes. `incomplete` is thrown where they do not suffice, a `runtime_error`
/// where no bytes could.
struct Incomplete {};

void need(bool holds, std::string what) {
    if (!holds) throw std::runtime_error{std::move(what)};
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::string stripped(std::string text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == text.npos) return "";
    return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

bool is_token(const std::string& text) {
    const std::string others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        const auto u = static_cast<unsigned char>(c);
        return u < 0x80 && (std::isalnum(u) != 0 || others.find(c) != others.npos);
    });
}

bool is_free_of_controls(const std::string& text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto u = static_cast<unsigned char>(c);
        return (u < 0x20 && c != '\t') || u == 0x7F;
    });
}

/// Takes a line off the front.
std::string take_line(std::string_view& bytes) {
    const std::size_t end = bytes.find('\n');
    if (end == bytes.npos) throw Incomplete{};
    need(end > 0 && bytes[end - 1] == '\r', "a line ends in LF alone");
    std::string line{bytes.substr(0, end - 1)};
    need(line.find('\r') == line.npos, "a CR within a line");
    bytes.remove_prefix(end + 1);
    return line;
}

std::string take_bytes(std::string_view& bytes, std::size_t count) {
    if (bytes.size() < count) throw Incomplete{};
    std::string taken{bytes.substr(0, count)};
    bytes.remove_prefix(count);
    return taken;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields take_fields(std::string_view& bytes) {
    Fields fields;
    for (std::string line = take_line(bytes); !line.empty(); line = take_line(bytes)) {
        const std::size_t colon = line.find(':');
        need(colon != line.npos && is_token(line.substr(0, colon)), "a name: " + line);
        need(is_free_of_controls(line), "a value: " + line);
        fields.emplace_back(lower(line.substr(0, colon)), stripped(line.substr(colon + 1)));
    }
    return fields;
}

std::string take_chunks(std::string_view& bytes) {
    std::string body;
    while (true) {
        const std::string line = take_line(bytes);
        const std::string size = line.substr(0, line.find(';'));
        const bool is_number = !size.empty() && size.size() < 16 &&
                               size.find_first_not_of("0123456789abcdefABCDEF") == size.npos;
        need(is_number && is_free_of_controls(line), "a chunk's size: " + line);
        const std::size_t count = std::stoull(size, nullptr, 16);
        if (count == 0) break;
        body += take_bytes(bytes, count);
        need(take_bytes(bytes, 2) == "\r\n", "a chunk's end");
    }
    for (const auto& [name, value] : take_fields(bytes)) {
        const std::set<std::string> framing{"content-length", "transfer-encoding", "host",
                                            "connection", "upgrade"};
        need(framing.count(name) == 0, "a trailer: " + name);
    }
    return body;
}

/// What the fields of a request say once.
std::optional<std::string> only(const Fields& fields, const std::string& name) {
    std::optional<std::string> found;
    for (const auto& [one, value] : fields) {
        if (one != name) continue;
        need(!found, name + " twice");
        found = value;
    }
    return found;
}

bool says(const Fields& fields, const std::string& option) {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
        const std::string list = "," + lower(field.second) + ",";
        for (std::size_t start = 0; field.first == "connection" && start + 1 < list.size();) {
            const std::size_t end = list.find(',', start + 1);
            if (stripped(list.substr(start + 1, end - start - 1)) == option) return true;
            start = end;
        }
        return false;
    });
}

void check_target(const Request& request) {
    const std::string& target = request.target;
    const std::string scheme = lower(target.substr(0, target.find("://")));
    const bool whole = scheme == "http" || scheme == "https";
    need(is_token(request.method), "a method: " + request.method);
    need(target.starts_with('/') || whole || (target == "*" && request.method == "OPTIONS"),
         "a target: " + target);
    need(std::all_of(target.begin(), target.end(),
                     [](char c) { return c > ' ' && c < '\x7F' && c != '#'; }),
         "a target: " + target);
}

void check_host(const std::string& host) {
    need(host.find_first_of(" \t/\\@?#\"<>{}|^`,") == host.npos, "a host: " + host);
    need(std::all_of(host.begin(), host.end(), [](char c) { return c > ' ' && c < '\x7F'; }),
         "a host: " + host);
}

/// Says whether the connection goes on behind it.
bool take_request(std::string_view& bytes, Request& request) {
    const std::string line = take_line(bytes);
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    need(first != line.npos && first < last, "a request line: " + line);
    const std::string version = line.substr(last + 1);
    need(version == "HTTP/1.1" || version == "HTTP/1.0", "a version: " + version);
    request = {line.substr(0, first), line.substr(first + 1, last - first - 1), {}};
    check_target(request);
    const Fields fields = take_fields(bytes);
    const auto host = only(fields, "host"), length = only(fields, "content-length");
    const auto coding = only(fields, "transfer-encoding");
    need(host || version == "HTTP/1.0", "no host");
    if (host) check_host(*host);
    if (coding) {
        need(lower(*coding) == "chunked" && !length && version == "HTTP/1.1",
             "a coding: " + *coding);
        request.body = take_chunks(bytes);
    } else if (length) {
        need(!length->empty() && length->size() < 19 &&
                 length->find_first_not_of("0123456789") == length->npos,
             "a length: " + *length);
        request.body = take_bytes(bytes, std::stoull(*length));
    }
    return !says(fields, "close") && (version == "HTTP/1.1" || says(fields, "keep-alive"));
}

}  // namespace

void StrictReader::feed(std::string_view bytes) {
    bytes_ += bytes;
    try {
        while (!over_ && malformed_.empty() && !bytes_.empty()) {
            std::string_view rest = bytes_;
            Request request;
            over_ = !take_request(rest, request);
            requests_.push_back(std::move(request));
            bytes_.erase(0, bytes_.size() - rest.size());
        }
    } catch (const Incomplete&) {
        return;
    } catch (const std::runtime_error& why) {
        malformed_ = why.what();
    }
    if (over_ && !bytes_.empty()) malformed_ = "bytes behind the last request";
}

}  // namespace shaketable::injector::smuggling
