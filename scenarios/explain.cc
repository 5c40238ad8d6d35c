#include "scenarios/explain.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/quantity.h"
#include "scenarios/words.h"

namespace shaketable::scenarios {

namespace {

struct Chapter {
    std::string_view group;
    std::string_view title;
    std::string_view opening;
};
constexpr std::array chapters{
    Chapter{"file", "The file",
            "One YAML file says what the system is, how it is loaded, what goes wrong, and what "
            "must still hold."},
    Chapter{"step", "Steps",
            "What an endpoint does with a request, in order. A step is a map; its first key says "
            "which."},
    Chapter{"fault", "Faults",
            "What goes wrong. Common keys and the keys of the kind stand side by side in one map."},
    Chapter{
        "policy", "Policies",
        "What callers do around a call, what services do with what arrives, what balancers do."},
    Chapter{
        "preset", "Presets",
        "Settings of well-known libraries, by name. Keys written beside `preset` override them."},
    Chapter{"type", "Values",
            "Quantities carry their unit: a bare number is refused where it could be misread."},
    Chapter{"law", "Laws",
            "Where chance comes from. Parameters are separated by spaces or commas; inside { } use "
            "spaces, because YAML cuts at commas."},
    Chapter{"metric", "Metrics",
            "`METRIC(SELECTOR) OP VALUE [during W | before W | after W [+ D] | over run]`; W is "
            "the id of a fault, `baseline`, `run`, or a window. A metric without samples fails."},
    Chapter{"code", "Codes", "What diagnostics mean. A code keeps its meaning for ever."},
};

std::string key_facts(const KeyOfWord& key) {
    std::string facts = key.type;
    if (key.required) facts += "; required";
    if (!key.standard.empty()) facts += "; default " + key.standard;
    return facts;
}

std::string as_text(const Word& word) {
    std::string text = fmt::format("{} ({}): {}\n", word.name, word.group, word.summary);
    if (!word.example.empty()) text += fmt::format("\n  {}\n", word.example);
    if (!word.keys.empty()) text += "\n";
    for (const KeyOfWord& key : word.keys)
        text += fmt::format("  {}\n      {}\n      {}\n", key.name, key.doc, key_facts(key));
    if (!word.notes.empty()) text += "\n";
    for (const std::string& note : word.notes) text += fmt::format("  {}\n", note);
    return text;
}

/// Fit for a cell of a Markdown table.
std::string cell(std::string_view text) {
    std::string fit;
    for (const char c : text) {
        if (c == '|') fit += '\\';
        if (c == '<' || c == '>') fit += '\\';
        fit += c;
    }
    return fit;
}

std::string as_markdown(const Word& word) {
    std::string text = fmt::format("### {}\n\n{}.\n\n", word.name, cell(word.summary));
    if (!word.example.empty()) text += fmt::format("    {}\n\n", word.example);
    if (!word.keys.empty()) {
        text += "| key | value | default | meaning |\n|---|---|---|---|\n";
        for (const KeyOfWord& key : word.keys)
            text += fmt::format("| `{}` | {} | {} | {} |\n", cell(key.name), cell(key.type),
                                key.required ? "required" : cell(key.standard), cell(key.doc));
        text += "\n";
    }
    for (const std::string& note : word.notes) text += cell(note) + "\n";
    if (!word.notes.empty()) text += "\n";
    return text;
}

std::string as_row(const Word& word) {
    return fmt::format("| `{}` | {} | {} |\n", word.name,
                       word.example.empty() ? "" : "`" + cell(word.example) + "`",
                       cell(word.summary));
}

bool is_short(std::string_view group) {
    return group == "type" || group == "law" || group == "metric" || group == "code" ||
           group == "preset";
}

}  // namespace

std::vector<WordSummary> list_words() {
    std::vector<WordSummary> list;
    for (const Word& word : make_words()) list.push_back({word.group, word.name, word.summary});
    return list;
}

std::optional<std::string> explain(std::string_view asked) {
    std::string text;
    for (const Word& word : find_words(asked)) text += (text.empty() ? "" : "\n") + as_text(word);
    if (text.empty()) return std::nullopt;
    return text;
}

std::string nearest_word(std::string_view asked) {
    std::vector<std::string> names;
    for (const Word& word : make_words()) names.push_back(word.name);
    return nearest(asked, names);
}

std::string reference() {
    const std::vector<Word> words = make_words();
    std::string text =
        "# Reference\n\nGenerated from the declarations that the reader itself uses; do not "
        "edit.\n\n";
    for (const Chapter& chapter : chapters) {
        text += fmt::format("## {}\n\n{}\n\n", chapter.title, cell(chapter.opening));
        if (is_short(chapter.group)) text += "| word | example | meaning |\n|---|---|---|\n";
        for (const Word& word : words) {
            if (word.group != chapter.group) continue;
            text += is_short(chapter.group) ? as_row(word) : as_markdown(word);
        }
        if (is_short(chapter.group)) text += "\n";
    }
    while (text.ends_with("\n\n")) text.pop_back();
    return text;
}

}  // namespace shaketable::scenarios
