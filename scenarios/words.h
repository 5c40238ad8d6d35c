/// Every word of the language with its keys, as data: `explain` and the reference are two ways to
/// print it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shaketable::scenarios {

struct KeyOfWord {
    std::string name;      ///< "delay"; of a part without a name of its own, "cache.hit"
    std::string type;      ///< "duration"
    std::string standard;  ///< its default as written; "" = none worth saying
    std::string doc;
    bool required = false;
};

struct Word {
    std::string group;
    std::string name;
    std::string summary;
    std::string example;  ///< "" = none
    std::vector<KeyOfWord> keys;
    std::vector<std::string> notes;  ///< whole sentences
};

/// In the order of the reference.
[[nodiscard]] std::vector<Word> make_words();

/// Every meaning of a word; `fault/latency` asks for one. Empty: unknown.
[[nodiscard]] std::vector<Word> find_words(std::string_view asked);

}  // namespace shaketable::scenarios
