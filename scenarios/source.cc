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

std::optional<std::string_view> Lines::find(std::string_view file, int number) {
    const Source* source = sources_.find(file);
    if (source == nullptr || number < 1) return std::nullopt;
    const std::string_view text = source->text;
    std::vector<std::size_t>& starts = starts_[source];
    if (starts.empty()) {
        starts.push_back(0);
        for (std::size_t end = text.find('\n'); end != std::string_view::npos;
             end = text.find('\n', end + 1))
            starts.push_back(end + 1);
    }
    const auto index = static_cast<std::size_t>(number - 1);
    if (index >= starts.size()) return std::nullopt;
    std::string_view line = text.substr(starts[index]);
    line = line.substr(0, line.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

Locations::Locations(std::shared_ptr<const text::Node> root, std::shared_ptr<const Sources> sources)
    : root_{std::move(root)}, sources_{std::move(sources)} {}

namespace {

text::Place key_of(const text::Found& found) {
    const bool has_key = found.entry != nullptr && !found.entry->key.empty();
    return has_key ? found.entry->key_place : found.node->place;
}

}  // namespace

Location Locations::at(std::string_view path) const {
    if (!root_) return {};
    const text::Found found = text::walk(root_, path);
    return text::locate(*sources_, found.node->is_scalar() ? found.node->place : key_of(found));
}

Location Locations::key(std::string_view path) const {
    if (!root_) return {};
    return text::locate(*sources_, key_of(text::walk(root_, path)));
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
