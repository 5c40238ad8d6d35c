// `explain WORD`, `list`, `schema`: the language, told by its own declarations.
#include "scenarios/explain.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "injector/bindings_schema.h"
#include "scenarios/schema.h"

namespace shaketable::cli {

namespace {

void print_wrapped(const std::string& text) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
        std::cout << line.substr(0, indent)
                  << wrapped(std::string_view{line}.substr(indent), indent, terminal_width())
                  << "\n";
    }
}

void explain(const std::string& word, Options& options) {
    if (options.json) {
        if (const auto json = scenarios::explain_json(word)) {
            std::cout << *json;
            return;
        }
    } else if (const auto text = scenarios::explain(word)) {
        print_wrapped(*text);
        return;
    }
    const std::string near = scenarios::nearest_word(word);
    std::cerr << "error: unknown word \"" << word << "\""
              << (near.empty() ? "" : "; did you mean \"" + near + "\"?")
              << "\nshaketable list shows all words\n";
    options.exit_code = invalid;
}

std::vector<std::string> groups_of(const std::vector<scenarios::WordSummary>& words) {
    std::vector<std::string> groups;
    for (const scenarios::WordSummary& word : words)
        if (groups.empty() || groups.back() != word.group) groups.push_back(word.group);
    return groups;
}

void list(const std::string& group, Options& options) {
    std::vector<scenarios::WordSummary> words = scenarios::list_words();
    const std::vector<std::string> groups = groups_of(words);
    if (!group.empty() && std::find(groups.begin(), groups.end(), group) == groups.end()) {
        std::cerr << "error: unknown group \"" << group << "\"; there are";
        for (const std::string& known : groups) std::cerr << " " << known;
        std::cerr << "\n";
        options.exit_code = invalid;
        return;
    }
    std::erase_if(words, [&](const scenarios::WordSummary& word) {
        return !group.empty() && word.group != group;
    });
    if (options.json) {
        std::cout << scenarios::list_json(words);
        return;
    }
    std::size_t width = 0;
    for (const scenarios::WordSummary& word : words) width = std::max(width, word.word.size());
    const auto padded = [](std::string text, std::size_t to) {
        return text.append(to + 2 - std::min(text.size(), to), ' ');
    };
    const std::size_t group_width = std::string_view{"policy"}.size();
    const std::size_t column = group_width + width + 4;
    for (const scenarios::WordSummary& word : words)
        std::cout << padded(word.group, group_width) << padded(word.word, width)
                  << wrapped(word.summary, column, terminal_width()) << "\n";
}

}  // namespace

void add_explain(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("explain", "what a word of the language means");
    auto word = std::make_shared<std::string>();
    auto all = std::make_shared<bool>(false);
    CLI::Option* named =
        command->add_option("word", *word, "any word of `shaketable list`; or GROUP/WORD")
            ->type_name("WORD");
    command->add_flag("--reference", *all, "the whole reference, as Markdown")->excludes(named);
    options.add_json(*command);
    command->get_option("--json")->needs(named);
    command->footer("Examples:\n  shaketable explain retry\n  shaketable explain E104");
    command->callback([word, all, &options] {
        if (*all) {
            std::cout << scenarios::reference();
        } else if (word->empty()) {
            std::cerr << "error: expected a word, or --reference\nshaketable list shows all "
                         "words\n";
            options.exit_code = invalid;
        } else {
            explain(*word, options);
        }
    });
}

void add_list(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("list", "all words of the language, a line each");
    auto group = std::make_shared<std::string>();
    command->add_option("group", *group, "file, step, fault, policy, preset, type, law ...")
        ->type_name("GROUP");
    options.add_json(*command);
    command->footer("Example:\n  shaketable list fault");
    command->callback([group, &options] { list(*group, options); });
}

void add_schema(CLI::App& app, Options&) {
    auto* command = app.add_subcommand("schema", "the language as a JSON Schema, for editors");
    auto of_bindings = std::make_shared<bool>(false);
    command->add_flag("--bindings", *of_bindings, "of the bindings file of `inject --bind`");
    command->footer("Example:\n  shaketable schema > shaketable.schema.json");
    command->callback([of_bindings] {
        std::cout << (*of_bindings ? injector::bindings_schema() : scenarios::json_schema());
    });
}

}  // namespace shaketable::cli
