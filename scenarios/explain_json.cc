// Words of the language for other programs.
#include <nlohmann/json.hpp>

#include "scenarios/explain.h"
#include "scenarios/words.h"

namespace shaketable::scenarios {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const KeyOfWord& key) {
    Json json{{"name", key.name}, {"type", key.type}, {"doc", key.doc}, {"required", key.required}};
    if (!key.standard.empty()) json["default"] = key.standard;
    return json;
}

Json json_of(const Word& word) {
    Json json{{"group", word.group}, {"word", word.name}, {"summary", word.summary}};
    if (!word.example.empty()) json["example"] = word.example;
    json["keys"] = Json::array();
    for (const KeyOfWord& key : word.keys) json["keys"].push_back(json_of(key));
    if (!word.notes.empty()) json["notes"] = word.notes;
    return json;
}

}  // namespace

std::optional<std::string> explain_json(std::string_view asked) {
    const std::vector<Word> words = find_words(asked);
    if (words.empty()) return std::nullopt;
    Json all = Json::array();
    for (const Word& word : words) all.push_back(json_of(word));
    return all.dump(2) + "\n";
}

std::string list_json(const std::vector<WordSummary>& words) {
    Json all = Json::array();
    for (const WordSummary& word : words)
        all.push_back({{"group", word.group}, {"word", word.word}, {"summary", word.summary}});
    return all.dump(2) + "\n";
}

}  // namespace shaketable::scenarios
