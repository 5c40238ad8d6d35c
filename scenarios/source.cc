#include "scenarios/source.h"

#include <utility>

#include "scenarios/text/path.h"
#include "scenarios/text/tree.h"

namespace shaketable::scenarios {

Source make_source(std::string name, std::string text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return {std::move(name), std::move(text)};
}

const Source* Sources::find(std::string_view name) const {
    for (const Source& source : files)
        if (source.name == name) return &source;
    return nullptr;
}

std::string_view Sources::line(const Source& source, int number) {
    if (number < 1) return {};
    std::string_view rest = source.text;
    for (int i = 1; i < number; ++i) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) return {};
        rest.remove_prefix(end + 1);
    }
    rest = rest.substr(0, rest.find('\n'));
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    return rest;
}

Locations::Locations(std::shared_ptr<const text::Node> root, std::shared_ptr<const Sources> sources)
    : root_{std::move(root)}, sources_{std::move(sources)} {}

Location Locations::at(std::string_view path) const {
    if (!root_) return {};
    return text::locate(*sources_, text::walk(root_, path).node->place);
}

Location Locations::key(std::string_view path) const {
    if (!root_) return {};
    const text::Found found = text::walk(root_, path);
    const bool has_key = found.entry != nullptr && !found.entry->key.empty();
    return text::locate(*sources_, has_key ? found.entry->key_place : found.node->place);
}

Location Locations::within(std::string_view path, int column, int length) const {
    if (!root_) return {};
    const text::Found found = text::walk(root_, path);
    const text::Place place = found.whole && found.node->is_scalar()
                                  ? text::part(*found.node, column, length)
                                  : found.node->place;
    return text::locate(*sources_, place);
}

bool Locations::has(std::string_view path) const {
    return root_ && text::walk(root_, path).whole;
}

}  // namespace shaketable::scenarios
