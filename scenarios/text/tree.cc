#include "scenarios/text/tree.h"

#include <algorithm>

namespace shaketable::scenarios::text {

const Entry* Node::find(std::string_view key) const noexcept {
    if (kind != Kind::map) return nullptr;
    for (const Entry& entry : entries)
        if (entry.key == key) return &entry;
    return nullptr;
}

Location locate(const Sources& sources, const Place& place) {
    if (place.line == 0 || place.file >= sources.files.size()) return {};
    return {.file = sources.files[place.file].name,
            .line = static_cast<int>(place.line),
            .column = static_cast<int>(place.column),
            .length = static_cast<int>(place.length)};
}

Place part(const Node& node, int column, int length) {
    if (!node.exact || column < 0) return node.place;
    Place place = node.place;
    const auto from = std::min(static_cast<std::uint32_t>(column), place.length);
    place.column += from;
    place.length = std::min(static_cast<std::uint32_t>(std::max(length, 0)), place.length - from);
    return place;
}

NodePtr make_scalar(std::string text, const Place& place, bool quoted) {
    auto node = std::make_shared<Node>();
    const bool is_null = !quoted && (text.empty() || text == "~" || text == "null");
    node->kind = is_null ? Node::Kind::null : Node::Kind::scalar;
    node->quoted = quoted;
    node->place = place;
    node->text = std::move(text);
    return node;
}

NodePtr make_container(Node::Kind kind, std::vector<Entry> entries, const Place& place) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->place = place;
    std::uint64_t size = 1;
    for (const Entry& entry : entries) size += entry.value->size;
    node->size = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, nodes_max + 1U));
    node->entries = std::move(entries);
    return node;
}

std::string quote(std::string_view text) {
    constexpr std::size_t shown = 60;
    std::string quoted = "\"";
    std::size_t end = std::min(text.size(), shown);
    // Not in the middle of a UTF-8 sequence.
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    for (const char c : text.substr(0, end)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            quoted += "\\n";
        else
            quoted += byte < 0x20 || byte == 0x7F ? '?' : c;
    }
    if (end < text.size()) quoted += "...";
    return quoted + "\"";
}

std::string describe(const Node& node) {
    switch (node.kind) {
        case Node::Kind::null:
            return "nothing";
        case Node::Kind::scalar:
            return quote(node.text);
        case Node::Kind::sequence:
            return "a list";
        case Node::Kind::map:
            return "a map";
    }
    return "nothing";
}

}  // namespace shaketable::scenarios::text
