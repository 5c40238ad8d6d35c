#include "scenarios/text/reading.h"

#include <algorithm>
#include <utility>

#include "base/quantity.h"
#include "scenarios/text/foreign.h"

namespace shaketable::scenarios::text {

namespace {

/// A file with more problems than these is broken as a whole; the rest would only cost time.
constexpr std::size_t problems_max = 1000;

std::string did_you_mean(std::string_view word, const std::vector<std::string>& words) {
    const std::string near = nearest(word, words);
    return near.empty() ? std::string{} : "did you mean \"" + near + "\"?";
}

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

}  // namespace

const Entry* Keys::take(std::string_view key) {
    for (std::size_t i = 0; i < map_.entries.size(); ++i) {
        if (taken_[i] || map_.entries[i].key != key) continue;
        taken_[i] = true;
        return &map_.entries[i];
    }
    return nullptr;
}

std::vector<const Entry*> Keys::rest() const {
    std::vector<const Entry*> rest;
    for (std::size_t i = 0; i < map_.entries.size(); ++i)
        if (!taken_[i] && !map_.entries[i].key.starts_with("x-")) rest.push_back(&map_.entries[i]);
    return rest;
}

void Reading::add(Problem problem) {
    if (problems_.size() >= problems_max) return;
    if (!variant.empty()) problem.notes.push_back("in the variant \"" + variant + "\"");
    problems_.push_back(std::move(problem));
}

bool Reading::report(std::string_view code, std::string message, const Place& place,
                     std::string hint, std::vector<std::string> notes) {
    add({.code = std::string{code},
         .message = std::move(message),
         .hint = std::move(hint),
         .notes = std::move(notes),
         .where = locate(sources_, place)});
    return false;
}

bool Reading::report_within(const Node& scalar, Problem problem) {
    if (scalar.broken) return false;
    const Place place = problem.where.length > 0 || problem.where.column > 0
                            ? part(scalar, problem.where.column, problem.where.length)
                            : scalar.place;
    problem.where = locate(sources_, place);
    if (!scalar.written.empty())
        problem.notes.push_back("written as " + quote(scalar.written) + ", which is " +
                                quote(scalar.text));
    add(std::move(problem));
    return false;
}

bool Reading::report_of_word(const Node& word, Problem problem) {
    const Node* node = &word;
    Place place = word.place;
    std::string_view path = problem.field;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('.'), path.size());
        const Entry* entry = node->find(path.substr(0, end));
        if (entry == nullptr) break;
        node = entry->value.get();
        place = entry->key_place;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    if (node->is_scalar()) return report_within(*node, std::move(problem));
    problem.where = locate(sources_, place);
    add(std::move(problem));
    return false;
}

bool Reading::report_missing(const Node& map, std::string_view key, std::string_view doc) {
    return report("E012", "missing key \"" + std::string{key} + "\"", map.place,
                  std::string{key} + ": " + std::string{doc});
}

bool Reading::report_word(const Node& node, const std::vector<std::string>& words) {
    if (!expect_scalar(node, "one of " + join(words))) return false;
    Problem problem{.code = "E013",
                    .message = "expected one of " + join(words) + ", found " + quote(node.text),
                    .hint = did_you_mean(node.text, words)};
    return report_within(node, std::move(problem));
}

bool Reading::report_later(std::string_view what, const Place& place) {
    return report("E015", "not supported yet: " + std::string{what}, place,
                  "take it out; a later version will read it");
}

bool Reading::report_unknown(const Keys& keys, const std::vector<std::string>& known,
                             std::span<const LaterKey> later) {
    const std::vector<const Entry*> rest = keys.rest();
    for (const Entry* entry : rest) {
        const auto is_it = [&](const LaterKey& l) { return l.key == entry->key; };
        const auto found = std::find_if(later.begin(), later.end(), is_it);
        if (found != later.end()) {
            report_later(found->what, entry->key_place);
            continue;
        }
        const std::string_view advice = advice_for_key(entry->key);
        if (!advice.empty()) {
            report("E011", "the key " + quote(entry->key) + " belongs to another tool",
                   entry->key_place, std::string{advice});
            continue;
        }
        const bool is_set =
            std::find(set_places.begin(), set_places.end(), entry->key_place) != set_places.end();
        const std::string near = did_you_mean(entry->key, known);
        std::vector<std::string> notes;
        if (near.empty())
            notes.push_back(known.empty() ? "no key is known here" : "keys here: " + join(known));
        report(is_set ? "E043" : "E010",
               (is_set ? "unknown path: no key " : "unknown key ") + quote(entry->key),
               entry->key_place, near, std::move(notes));
    }
    return rest.empty();
}

bool Reading::expect_scalar(const Node& node, std::string_view wanted) {
    if (node.is_scalar()) return true;
    std::string hint;
    if (node.is_map() && node.flow && !node.entries.empty())
        hint = "put it in quotes if the braces belong to the text";
    return report("E013", "expected " + std::string{wanted} + ", found " + describe(node),
                  node.place, std::move(hint));
}

bool Reading::expect_map(const Node& node) {
    if (node.is_map()) return true;
    return report("E013", "expected a map, found " + describe(node), node.place,
                  node.is_sequence() ? "take the `- ` away" : "write `key: value` below it, or {}");
}

bool Reading::expect_list(const Node& node) {
    if (node.is_sequence()) return true;
    return report("E013", "expected a list, found " + describe(node), node.place,
                  "put `- ` in front");
}

bool Reading::expect_name(std::string_view name, const Place& place, std::string_view marks) {
    const auto fits = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.find(c) != std::string_view::npos;
    };
    // A name that starts with a mark could be an option on a command line, or the tail of an arrow.
    if (!name.empty() && name.size() <= 200 && std::all_of(name.begin(), name.end(), fits) &&
        marks.find(name.front()) == std::string_view::npos)
        return true;
    return report(
        "E013", "expected a name, found " + quote(name), place,
        "names are made of letters, digits and " + [&] {
            std::string text;
            for (const char c : marks) text += (text.empty() ? "" : " ") + std::string{c};
            return text;
        }());
}

}  // namespace shaketable::scenarios::text
