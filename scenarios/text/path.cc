#include "scenarios/text/path.h"

#include <charconv>
#include <map>
#include <string>
#include <vector>

#include "base/quantity.h"

namespace shaketable::scenarios::text {

namespace {

[[nodiscard]] bool ends_component(std::string_view path, std::size_t at) {
    return at == path.size() || path[at] == '.' || path[at] == '[';
}

/// Takes the longest key of the map that the path starts with.
const Entry* take_key(const Node& map, std::string_view& path) {
    const Entry* best = nullptr;
    for (const Entry& entry : map.entries) {
        if (best != nullptr && entry.key.size() <= best->key.size()) continue;
        if (!entry.key.empty() && path.starts_with(entry.key) &&
            ends_component(path, entry.key.size()))
            best = &entry;
    }
    if (best != nullptr) path.remove_prefix(best->key.size());
    return best;
}

/// Takes `[3]`.
std::optional<std::size_t> take_index(std::string_view& path) {
    if (!path.starts_with('[')) return std::nullopt;
    const std::size_t end = path.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    std::size_t index = 0;
    const char* last = path.data() + end;
    const auto [stop, error] = std::from_chars(path.data() + 1, last, index);
    if (error != std::errc{} || stop != last) return std::nullopt;
    path.remove_prefix(end + 1);
    return index;
}

/// Takes an item by its `id`.
const Entry* take_id(const Node& list, std::string_view& path) {
    const Entry* best = nullptr;
    std::size_t length = 0;
    for (const Entry& item : list.entries) {
        const Entry* id = item.value->find("id");
        if (id == nullptr || !id->value->is_scalar()) continue;
        const std::string& name = id->value->text;
        if (name.size() > length && path.starts_with(name) && ends_component(path, name.size())) {
            best = &item;
            length = name.size();
        }
    }
    path.remove_prefix(length);
    return best;
}

void skip_dot(std::string_view& path) {
    if (path.starts_with('.')) path.remove_prefix(1);
}

}  // namespace

Found walk(const NodePtr& root, std::string_view path) {
    Found found{.node = root.get(), .entry = nullptr, .whole = false};
    while (true) {
        skip_dot(path);
        if (path.empty()) {
            found.whole = true;
            return found;
        }
        const Node& node = *found.node;
        const Entry* next = nullptr;
        if (path.starts_with('[')) {
            const auto index = take_index(path);
            if (!index) return found;
            if (!node.is_sequence() && *index == 0) continue;
            if (!node.is_sequence() || *index >= node.entries.size()) return found;
            next = &node.entries[*index];
        } else if (node.is_map()) {
            next = take_key(node, path);
        } else if (node.is_sequence()) {
            next = take_id(node, path);
        }
        if (next == nullptr) return found;
        found.entry = next;
        found.node = next->value.get();
    }
}

namespace {

class Setter {
  public:
    explicit Setter(const Assignment& assignment) : assignment_{assignment} {}

    NodePtr set(const NodePtr& node, std::string_view rest) {
        skip_dot(rest);
        if (rest.empty()) return assignment_.value;
        if (node == nullptr || node->is_null()) return set_in_map(nullptr, rest);
        if (node->is_map()) return set_in_map(node.get(), rest);
        if (node->is_sequence()) return set_in_list(*node, rest);
        fail(
            "it is written as one value, " + describe(*node) + ", which has no part " + quote(rest),
            "set all of it as a map");
        return nullptr;
    }
    [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }

  private:
    [[nodiscard]] std::string_view done(std::string_view rest) const {
        std::string_view path = assignment_.path;
        path.remove_suffix(rest.size());
        while (path.ends_with('.')) path.remove_suffix(1);
        return path;
    }
    void fail(std::string message, std::string hint) {
        if (!problem_)
            problem_ = Problem{.code = "E043",
                               .message = "cannot set " + quote(assignment_.path) + ": " + message,
                               .hint = std::move(hint)};
    }
    /// Maps from the user's own names: a name that is not there is a mistake, not a new thing.
    [[nodiscard]] static bool holds_names(std::string_view path) {
        return path == "services" || path == "policies" || path == "workload" || path == "zones" ||
               path == "windows" || (path.starts_with("services.") && path.ends_with(".endpoints"));
    }

    NodePtr set_in_map(const Node* map, std::string_view rest) {
        const std::string_view here = done(rest);
        std::vector<Entry> entries = map == nullptr ? std::vector<Entry>{} : map->entries;
        const Place place = map == nullptr ? assignment_.place : map->place;
        const Entry* known = map == nullptr ? nullptr : take_key(*map, rest);
        if (known != nullptr) {
            NodePtr value = set(known->value, rest);
            if (value == nullptr) return nullptr;
            entries[static_cast<std::size_t>(known - map->entries.data())].value = std::move(value);
            return make_container(Node::Kind::map, std::move(entries), place);
        }
        const std::size_t end = std::min(rest.find_first_of(".["), rest.size());
        const std::string_view key = rest.substr(0, end);
        rest.remove_prefix(end);
        const bool is_new_whole = rest.empty() && assignment_.value->is_map();
        if (key.empty() || (holds_names(here) && !is_new_whole)) {
            std::vector<std::string> names;
            for (const Entry& entry : entries) names.push_back(entry.key);
            const std::string near = nearest(key, names);
            fail("there is no " + quote(key) + " in " + std::string{here},
                 near.empty() ? "" : "did you mean \"" + near + "\"?");
            return nullptr;
        }
        NodePtr value = set(nullptr, rest);
        if (value == nullptr) return nullptr;
        entries.push_back(
            {.key = std::string{key}, .key_place = assignment_.place, .value = value});
        return make_container(Node::Kind::map, std::move(entries), place);
    }

    NodePtr set_in_list(const Node& list, std::string_view rest) {
        const Entry* item = nullptr;
        const std::string_view asked = rest;
        if (const auto index = take_index(rest)) {
            if (*index < list.entries.size()) item = &list.entries[*index];
        } else {
            item = take_id(list, rest);
        }
        if (item == nullptr) {
            fail("the list there has " + std::to_string(list.entries.size()) +
                     (list.entries.size() == 1 ? " item" : " items") + ", and none is " +
                     quote(asked),
                 "items are [0], [1] ... or an item's id");
            return nullptr;
        }
        NodePtr value = set(item->value, rest);
        if (value == nullptr) return nullptr;
        std::vector<Entry> entries = list.entries;
        entries[static_cast<std::size_t>(item - list.entries.data())].value = std::move(value);
        return make_container(Node::Kind::sequence, std::move(entries), list.place);
    }

    const Assignment& assignment_;
    std::optional<Problem> problem_;
};

}  // namespace

Result<NodePtr> set(const NodePtr& root, const Assignment& assignment) {
    Setter setter{assignment};
    NodePtr changed = setter.set(root, assignment.path);
    if (setter.problem()) return Unexpected{*setter.problem()};
    return changed;
}

NodePtr merge(const NodePtr& below, const NodePtr& above) {
    if (below == nullptr || !below->is_map() || !above->is_map()) return above;
    std::vector<Entry> entries = below->entries;
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < below->entries.size(); ++i)
        places.emplace(below->entries[i].key, i);
    for (const Entry& entry : above->entries) {
        const auto found = places.find(entry.key);
        if (found == places.end()) {
            entries.push_back(entry);
            continue;
        }
        Entry& old = entries[found->second];
        old = {
            .key = entry.key, .key_place = entry.key_place, .value = merge(old.value, entry.value)};
    }
    return make_container(Node::Kind::map, std::move(entries), above->place);
}

NodePtr with(const NodePtr& map, std::string_view key, const Place& place, const NodePtr& value) {
    std::vector<Entry> entries = map->entries;
    for (Entry& entry : entries) {
        if (entry.key != key) continue;
        entry.value = value;
        return make_container(Node::Kind::map, std::move(entries), map->place);
    }
    entries.push_back({.key = std::string{key}, .key_place = place, .value = value});
    return make_container(Node::Kind::map, std::move(entries), map->place);
}

NodePtr append(const NodePtr& map, std::string_view key, const Node& items) {
    std::vector<Entry> all;
    Place place = items.place;
    if (const Entry* old = map->find(key)) {
        if (!old->value->is_sequence() && !old->value->is_null()) return map;
        all = old->value->entries;
        place = old->value->place;
    }
    all.insert(all.end(), items.entries.begin(), items.entries.end());
    return with(map, key, items.place, make_container(Node::Kind::sequence, std::move(all), place));
}

}  // namespace shaketable::scenarios::text
