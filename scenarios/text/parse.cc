// From bytes to a tree, by libfyaml's events: depth and number of nodes are checked while they come
// in, so that neither 100,000 brackets nor an alias bomb costs more than its own bytes.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <libfyaml.h>

#include "scenarios/text/bytes.h"
#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

namespace {

struct ParserDeleter {
    void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
};
struct DiagDeleter {
    void operator()(fy_diag* diag) const { fy_diag_destroy(diag); }
};

/// A container whose end has not come yet.
struct Open {
    Node::Kind kind = Node::Kind::map;
    bool flow = false;
    Place place{};
    std::string anchor{};
    std::vector<Entry> entries{};
    std::optional<Entry> key{};  ///< of a map: read, and its value not yet
};

class Builder {
  public:
    Builder(const Sources& sources, std::uint32_t file, std::string_view text, std::uint32_t offset,
            Problems& problems)
        : sources_{sources}, problems_{problems}, text_{text}, file_{file}, offset_{offset} {
        lines_.push_back(0);
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == '\n') lines_.push_back(static_cast<std::uint32_t>(i + 1));
    }

    NodePtr build();

  private:
    bool take(fy_parser* parser, const fy_event& event);
    bool begin(Node::Kind kind, fy_token* token, fy_token* tag, fy_token* anchor);
    bool end();
    bool scalar(const fy_event& event);
    bool alias(const fy_event& event);
    bool put(NodePtr node, const Place& place);
    NodePtr close(Open open);
    void merge(Open& open);
    void find_duplicates(const Open& open);
    void mend_commas(Open& open);
    void report_syntax(fy_diag* diag);

    [[nodiscard]] Place place_of(std::size_t begin, std::size_t end) const;
    [[nodiscard]] Place place_of(fy_token* token) const;
    bool fail(std::string code, std::string message, const Place& place, std::string hint = {}) {
        problems_.push_back({.code = std::move(code),
                             .message = std::move(message),
                             .hint = std::move(hint),
                             .where = locate(sources_, place)});
        return false;
    }

    const Sources& sources_;
    Problems& problems_;
    std::string_view text_;
    std::uint32_t file_;
    std::uint32_t offset_;  ///< bytes before the text, on its first line
    std::vector<std::uint32_t> lines_;
    std::vector<Open> open_;
    std::map<std::string, NodePtr, std::less<>> anchors_;
    NodePtr root_;
    std::uint64_t nodes_ = 0;
    int documents_ = 0;
    Place last_{};  ///< where an event without a token of its own stands
};

Place Builder::place_of(std::size_t begin, std::size_t end) const {
    begin = std::min(begin, text_.size());
    end = std::clamp(end, begin, text_.size());
    const auto next = std::upper_bound(lines_.begin(), lines_.end(), begin);
    const std::size_t line = static_cast<std::size_t>(next - lines_.begin());
    std::size_t line_end = next == lines_.end() ? text_.size() : *next - 1;
    if (line_end > begin && text_[line_end - 1] == '\r') --line_end;
    const std::size_t shift = line == 1 ? offset_ : 0;
    return {.file = file_,
            .line = static_cast<std::uint32_t>(line),
            .column = static_cast<std::uint32_t>(begin - lines_[line - 1] + 1 + shift),
            .length = static_cast<std::uint32_t>(std::max(std::min(end, line_end), begin) - begin)};
}

Place Builder::place_of(fy_token* token) const {
    const fy_mark* begin = token == nullptr ? nullptr : fy_token_start_mark(token);
    const fy_mark* end = token == nullptr ? nullptr : fy_token_end_mark(token);
    if (begin == nullptr || end == nullptr) return last_;
    return place_of(begin->input_pos, end->input_pos);
}

std::string text_of(fy_token* token) {
    std::size_t length = 0;
    const char* text = token == nullptr ? nullptr : fy_token_get_text(token, &length);
    return text == nullptr ? std::string{} : std::string{text, length};
}

bool Builder::begin(Node::Kind kind, fy_token* token, fy_token* tag, fy_token* anchor) {
    last_ = place_of(token);
    if (tag != nullptr)
        return fail("E002", "YAML tags have no meaning here", place_of(tag), "take it out");
    if (open_.size() >= static_cast<std::size_t>(depth_max))
        return fail("E002", "nested deeper than " + std::to_string(depth_max) + " levels", last_);
    if (!open_.empty() && open_.back().kind == Node::Kind::map && !open_.back().key)
        return fail("E002", "a key must be a word, not a list or a map", last_,
                    "put it in quotes if it is meant as text");
    Open open;
    open.kind = kind;
    open.place = last_;
    open.anchor = text_of(anchor);
    const fy_mark* mark = token == nullptr ? nullptr : fy_token_start_mark(token);
    if (mark != nullptr && mark->input_pos < text_.size()) {
        const char first = text_[mark->input_pos];
        open.flow = kind == Node::Kind::map ? first == '{' : first == '[';
    }
    open_.push_back(std::move(open));
    return true;
}

bool Builder::end() {
    Open open = std::move(open_.back());
    open_.pop_back();
    const Place place = open.place;
    const std::string anchor = open.anchor;
    NodePtr node = close(std::move(open));
    if (!anchor.empty()) anchors_.insert_or_assign(anchor, node);
    // Its nodes were counted one by one; only the container itself is new.
    return put(std::move(node), place);
}

bool Builder::scalar(const fy_event& event) {
    fy_token* token = event.scalar.value;
    const fy_mark* begin = token == nullptr ? nullptr : fy_token_start_mark(token);
    const fy_mark* end = token == nullptr ? nullptr : fy_token_end_mark(token);
    const Place place = place_of(token);
    if (event.scalar.tag != nullptr)
        return fail("E002", "YAML tags have no meaning here", place_of(event.scalar.tag),
                    "take it out; quotes make a text of anything");
    std::string text = text_of(token);
    if (text.find('\0') != std::string::npos)
        return fail("E002", "a NUL character has no meaning here", place);
    const bool quoted = token != nullptr && fy_token_scalar_style(token) != FYSS_PLAIN;
    auto node = std::make_shared<Node>();
    const bool is_null = !quoted && (text.empty() || text == "~" || text == "null");
    node->kind = is_null ? Node::Kind::null : Node::Kind::scalar;
    node->quoted = quoted;
    node->place = place;
    node->exact = begin != nullptr && end != nullptr && end->input_pos <= text_.size() &&
                  text_.substr(begin->input_pos, end->input_pos - begin->input_pos) == text;
    node->text = std::move(text);
    last_ = place;
    if (event.scalar.anchor != nullptr)
        anchors_.insert_or_assign(text_of(event.scalar.anchor), node);
    return put(std::move(node), place);
}

bool Builder::alias(const fy_event& event) {
    const std::string name = text_of(event.alias.anchor);
    const Place place = place_of(event.alias.anchor);
    last_ = place;
    for (const Open& open : open_)
        if (open.anchor == name)
            return fail("E002", "the alias *" + name + " contains itself", place);
    const auto found = anchors_.find(name);
    if (found == anchors_.end())
        return fail("E002", "no anchor &" + name + " stands before this alias", place);
    nodes_ += found->second->size - 1;
    return put(found->second, place);
}

bool Builder::put(NodePtr node, const Place& place) {
    if (++nodes_ > nodes_max)
        return fail("E002", "more than 1,000,000 values, aliases counted as often as they are used",
                    place);
    if (open_.empty()) {
        root_ = std::move(node);
        return true;
    }
    Open& open = open_.back();
    if (open.kind == Node::Kind::sequence) {
        open.entries.push_back({.key = {}, .key_place = place, .value = std::move(node)});
    } else if (!open.key) {
        if (node->is_sequence() || node->is_map())
            return fail("E002", "a key must be a word, not a list or a map", place);
        const bool merges = !node->quoted && node->text == "<<";
        open.key = Entry{.key = node->text, .key_place = place, .value = merges ? node : nullptr};
    } else {
        // The key's own node is kept only to tell `<<` from "<<"; its value takes its place.
        const bool merges = open.key->value != nullptr;
        open.entries.push_back({.key = merges ? std::string{"<<"} : std::move(open.key->key),
                                .key_place = open.key->key_place,
                                .value = std::move(node)});
        if (merges) open.entries.back().key.push_back('\0');  // no key of a file can hold a NUL
        open.key.reset();
    }
    return true;
}

/// `<<: *defaults`: keys that are not given come from there. Of several, the first one wins.
void Builder::merge(Open& open) {
    const std::string merge_key{"<<\0", 3};
    std::vector<Entry> own;
    std::vector<Entry> from;
    for (Entry& entry : open.entries) {
        if (entry.key != merge_key) {
            own.push_back(std::move(entry));
            continue;
        }
        const Node& value = *entry.value;
        std::vector<NodePtr> maps;
        if (value.is_map()) maps.push_back(entry.value);
        if (value.is_sequence())
            for (const Entry& item : value.entries) maps.push_back(item.value);
        if (maps.empty()) fail("E013", "<< needs a map to merge", entry.key_place);
        for (const NodePtr& map : maps) {
            if (map->is_map())
                from.insert(from.end(), map->entries.begin(), map->entries.end());
            else
                fail("E013", "<< needs a map to merge", entry.key_place);
        }
    }
    std::map<std::string_view, bool> known;
    for (const Entry& entry : own) known.emplace(entry.key, true);
    std::vector<Entry> added;
    for (Entry& entry : from)
        if (known.emplace(entry.key, true).second) added.push_back(entry);
    own.insert(own.end(), std::make_move_iterator(added.begin()),
               std::make_move_iterator(added.end()));
    open.entries = std::move(own);
}

void Builder::find_duplicates(const Open& open) {
    std::vector<const Entry*> sorted;
    sorted.reserve(open.entries.size());
    for (const Entry& entry : open.entries) sorted.push_back(&entry);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Entry* a, const Entry* b) { return a->key < b->key; });
    const Entry* first = nullptr;
    int reported = 0;
    for (const Entry* entry : sorted) {
        if (first == nullptr || first->key != entry->key) {
            first = entry;
            continue;
        }
        if (++reported > 20) return;
        const std::string key = entry->key.substr(0, entry->key.find('\0'));
        fail("E003", "the key " + quote(key) + " is given twice", entry->key_place,
             "first given in line " + std::to_string(first->key_place.line));
    }
}

/// `{work: lognormal(p50=1ms, p99=8ms)}`: YAML cuts it at the comma. Says so once, and puts it
/// together again, so that the halves make no further problems.
void Builder::mend_commas(Open& open) {
    const auto balance = [](std::string_view text) {
        return std::count(text.begin(), text.end(), '(') -
               std::count(text.begin(), text.end(), ')');
    };
    std::vector<Entry> mended;
    for (std::size_t i = 0; i < open.entries.size(); ++i) {
        mended.push_back(open.entries[i]);
        const Node& value = *mended.back().value;
        if (!value.is_scalar() || value.quoted || balance(value.text) <= 0) continue;
        std::string text = value.text;
        std::size_t last = i;
        while (last + 1 < open.entries.size() && balance(text) > 0) {
            const Entry& next = open.entries[last + 1];
            const bool is_piece =
                open.kind == Node::Kind::map ? next.value->is_null() : next.value->is_scalar();
            if (!is_piece) break;
            text += ", " + (open.kind == Node::Kind::map ? next.key : next.value->text);
            ++last;
        }
        if (last == i || balance(text) != 0) continue;
        fail("E031", "YAML cuts this value at the comma", value.place,
             "put it in quotes: \"" + text + "\", or write a space instead of the comma");
        mended.back().value = make_scalar(std::move(text), value.place, false);
        i = last;
    }
    open.entries = std::move(mended);
}

NodePtr Builder::close(Open open) {
    if (open.flow) mend_commas(open);
    if (open.kind == Node::Kind::map) {
        find_duplicates(open);
        const bool merges =
            std::any_of(open.entries.begin(), open.entries.end(),
                        [](const Entry& e) { return e.key.size() == 3 && e.key.back() == '\0'; });
        if (merges) merge(open);
    }
    auto node =
        std::make_shared<Node>(*make_container(open.kind, std::move(open.entries), open.place));
    node->flow = open.flow;
    return node;
}

bool Builder::take(fy_parser* parser, const fy_event& event) {
    (void)parser;
    switch (event.type) {
        case FYET_DOCUMENT_START:
            if (++documents_ > 1) {
                Place place = place_of(event.document_start.document_start);
                return fail("E002", "a second document begins here", place,
                            "one file holds one scenario: put the other one into its own file");
            }
            return true;
        case FYET_MAPPING_START:
            return begin(Node::Kind::map, event.mapping_start.mapping_start,
                         event.mapping_start.tag, event.mapping_start.anchor);
        case FYET_SEQUENCE_START:
            return begin(Node::Kind::sequence, event.sequence_start.sequence_start,
                         event.sequence_start.tag, event.sequence_start.anchor);
        case FYET_MAPPING_END:
        case FYET_SEQUENCE_END:
            return end();
        case FYET_SCALAR:
            return scalar(event);
        case FYET_ALIAS:
            return alias(event);
        default:
            return true;
    }
}

void Builder::report_syntax(fy_diag* diag) {
    void* iterator = nullptr;
    const fy_diag_error* error = fy_diag_errors_iterate(diag, &iterator);
    const std::string message =
        error == nullptr || error->msg == nullptr ? "not readable as YAML" : error->msg;
    Place place = last_;
    if (error != nullptr && error->fyt != nullptr) place = place_of(error->fyt);
    if (place.line == 0) place = place_of(0, 0);
    if (message.find("tab character") != std::string::npos) {
        const std::size_t begin = lines_[place.line - 1];
        const std::size_t tab = text_.find('\t', begin);
        if (tab != std::string_view::npos) place = place_of(tab, tab + 1);
        fail("E002", "a tab cannot indent", place, "use spaces");
        return;
    }
    fail("E002", message, place);
    if (!open_.empty() && open_.back().flow)
        problems_.back().notes.push_back(
            std::string{"the "} + (open_.back().kind == Node::Kind::map ? "{" : "[") + " in line " +
            std::to_string(open_.back().place.line) + " is still open");
}

NodePtr Builder::build() {
    fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = nullptr;
    const std::unique_ptr<fy_diag, DiagDeleter> diag{fy_diag_create(&diag_cfg)};
    if (!diag) return nullptr;
    fy_diag_set_collect_errors(diag.get(), true);
    fy_parse_cfg cfg{};
    cfg.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_COLLECT_DIAG |
                                                FYPCF_ALLOW_DUPLICATE_KEYS);
    cfg.diag = diag.get();
    const std::unique_ptr<fy_parser, ParserDeleter> parser{fy_parser_create(&cfg)};
    if (!parser || fy_parser_set_string(parser.get(), text_.data(), text_.size()) != 0) {
        fail("E002", "the YAML parser did not start", place_of(0, 0));
        return nullptr;
    }
    const std::size_t before = problems_.size();
    while (fy_event* event = fy_parser_parse(parser.get())) {
        const bool goes_on = take(parser.get(), *event);
        fy_parser_event_free(parser.get(), event);
        if (!goes_on) return nullptr;
    }
    if (fy_parser_get_stream_error(parser.get())) {
        report_syntax(diag.get());
        return nullptr;
    }
    if (problems_.size() != before) return nullptr;
    if (!root_ || root_->is_null()) {
        fail("E004", "the file is empty", place_of(0, 0),
             "a scenario starts with `schema: shaketable/v1`");
        return nullptr;
    }
    return root_;
}

}  // namespace

NodePtr parse(const Sources& sources, std::uint32_t file, Problems& problems, std::uint32_t skip) {
    const std::string& all = sources.files[file].text;
    if (std::optional<Problem> problem = find_problem_of_bytes(sources.files[file])) {
        problems.push_back(*std::move(problem));
        return nullptr;
    }
    return Builder{sources, file, std::string_view{all}.substr(skip), skip, problems}.build();
}

}  // namespace shaketable::scenarios::text
