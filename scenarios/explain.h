/// What a word of the language means: its keys, types, defaults and rules, made from its own
/// declaration.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shaketable::scenarios {

/// One word that can be explained.
struct WordSummary {
    std::string
        group;  ///< "file", "step", "fault", "policy", "preset", "type", "law", "metric", "code"
    std::string word;     ///< "latency"
    std::string summary;  ///< one line
};

/// In the order of the reference. A word may stand in two groups (`cache` is a step and a kind of
/// service).
[[nodiscard]] std::vector<WordSummary> list_words();

/// Plain text for a terminal, of every meaning of the word; `fault/latency` asks for one. No value:
/// unknown word.
[[nodiscard]] std::optional<std::string> explain(std::string_view word);
/// The same as a JSON array, one object per meaning: group, word, summary, example, keys, notes.
[[nodiscard]] std::optional<std::string> explain_json(std::string_view word);
/// A JSON array of {group, word, summary}.
[[nodiscard]] std::string list_json(const std::vector<WordSummary>& words);

/// The nearest known word, or "".
[[nodiscard]] std::string nearest_word(std::string_view word);

/// The reference chapter: everything, as Markdown.
[[nodiscard]] std::string reference();

}  // namespace shaketable::scenarios
