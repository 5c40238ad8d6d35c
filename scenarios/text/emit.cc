#include "scenarios/text/emit.h"

#include <algorithm>
#include <optional>

namespace shaketable::scenarios::text {

namespace {

constexpr std::size_t width_max = 100;

/// Can it stand without quotes, inside brackets too? Narrower than YAML's own rules, which depend
/// on where it stands.
bool is_plain(std::string_view text) {
    if (text.empty() || text == "~" || text == "null" || text == "<<") return false;
    if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
    constexpr std::string_view never_first = "-?:,[]{}#&*!|>'\"%@`=";
    if (never_first.find(text.front()) != std::string_view::npos) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
        if (static_cast<unsigned char>(c) >= 0x80) return false;  // U+0085 and U+2028 break lines
        if (std::string_view{",[]{}\"\\"}.find(c) != std::string_view::npos) return false;
        const char before = i > 0 ? text[i - 1] : ' ';
        const char after = i + 1 < text.size() ? text[i + 1] : ' ';
        if (c == ':' && after == ' ') return false;
        if (c == '#' && before == ' ') return false;
    }
    return text != "true" && text != "false";
}

std::string in_quotes(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string quoted = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += c;
        } else if (c == '\n') {
            quoted += "\\n";
        } else if (c == '\t') {
            quoted += "\\t";
        } else if (byte < 0x20 || byte == 0x7F) {
            quoted += "\\x";
            quoted += digits[byte >> 4U];
            quoted += digits[byte & 15U];
        } else {
            quoted += c;
        }
    }
    return quoted + "\"";
}

std::string scalar(const Node& node) {
    if (node.is_null()) return "~";
    // `true` as a truth stands bare; as a text it is quoted by its maker.
    if (!node.quoted && (node.text == "true" || node.text == "false")) return node.text;
    return is_plain(node.text) ? node.text : in_quotes(node.text);
}

std::string key(std::string_view name) {
    return is_plain(name) ? std::string{name} : in_quotes(name);
}

/// In one line, if it fits into `room` and holds no container but at most one level of them.
std::optional<std::string> flow(const Node& node, std::size_t room, int levels) {
    if (node.is_scalar() || node.is_null()) return scalar(node);
    if (levels == 0 && !node.entries.empty()) return std::nullopt;
    std::string text = node.is_map() ? "{" : "[";
    for (const Entry& entry : node.entries) {
        if (text.size() > 1) text += ", ";
        if (node.is_map()) text += key(entry.key) + ": ";
        const auto value = flow(*entry.value, room, levels - 1);
        if (!value) return std::nullopt;
        text += *value;
        if (text.size() > room) return std::nullopt;
    }
    text += node.is_map() ? "}" : "]";
    return text.size() > room ? std::nullopt : std::optional{text};
}

/// A text of several lines as `|`, where nothing in it would be lost.
bool is_block_text(const Node& node) {
    const std::string_view text = node.text;
    if (!node.is_scalar() || text.size() < 2 || text.back() != '\n' ||
        text[text.size() - 2] == '\n')
        return false;
    if (text.front() == ' ' || text.front() == '\n') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte < 0x20 && byte != '\n') || byte >= 0x7F) return false;
        if (byte == '\n' && text[i - 1] == ' ') return false;
    }
    return true;
}

class Emitter {
  public:
    void map(const Node& node, std::size_t indent, bool first_in_line) {
        for (const Entry& entry : node.entries) {
            if (!first_in_line) text_.append(indent, ' ');
            first_in_line = false;
            text_ += key(entry.key) + ":";
            value(*entry.value, indent);
        }
    }
    [[nodiscard]] std::string take() && { return std::move(text_); }

  private:
    void value(const Node& node, std::size_t indent) {
        if (is_block_text(node)) return block_text(node.text, indent + 2);
        const std::size_t used = text_.size() - (text_.rfind('\n') + 1);
        const bool is_top = indent == 0 && node.is_map() && !node.entries.empty() &&
                            node.entries.front().value->is_map();
        if (!is_top)
            if (const auto line = flow(node, width_max - std::min(used + 1, width_max - 1), 2)) {
                text_ += " " + *line + "\n";
                return;
            }
        if (node.is_scalar() || node.is_null()) {
            text_ += " " + scalar(node) + "\n";
        } else if (node.is_map()) {
            text_ += "\n";
            map(node, indent + 2, false);
        } else {
            text_ += "\n";
            list(node, indent + 2, false);
        }
    }
    void list(const Node& node, std::size_t indent, bool first_in_line) {
        for (const Entry& item : node.entries) {
            if (!first_in_line) text_.append(indent, ' ');
            first_in_line = false;
            const auto line = flow(*item.value, width_max - std::min(indent + 2, width_max - 1),
                                   item.value->is_map() ? 1 : 2);
            if (line) {
                text_ += "- " + *line + "\n";
            } else if (item.value->is_map()) {
                text_ += "- ";
                map(*item.value, indent + 2, true);
            } else if (item.value->is_sequence()) {
                text_ += "- ";
                list(*item.value, indent + 2, true);
            } else {
                text_ += "- " + scalar(*item.value) + "\n";
            }
        }
    }
    void block_text(std::string_view text, std::size_t indent) {
        text_ += " |\n";
        while (!text.empty()) {
            const std::size_t end = text.find('\n');
            if (end > 0) text_.append(indent, ' ');
            text_ += text.substr(0, end);
            text_ += '\n';
            text.remove_prefix(end + 1);
        }
    }

    std::string text_;
};

}  // namespace

std::string emit(const Node& root) {
    Emitter emitter;
    emitter.map(root, 0, false);
    return std::move(emitter).take();
}

}  // namespace shaketable::scenarios::text
