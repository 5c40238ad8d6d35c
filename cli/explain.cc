// `explain WORD`, `list`, `schema`: the language, told by its own declarations.
#include "scenarios/explain.h"

#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "scenarios/schema.h"

namespace shaketable::cli {

void add_explain(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("explain", "what a word of the language means");
    auto word = std::make_shared<std::string>();
    auto all = std::make_shared<bool>(false);
    command->add_option("word", *word, "a fault, a policy, a step, a metric, a key, ...");
    command->add_flag("--reference", *all, "the whole reference, as Markdown");
    command->callback([word, all, &options] {
        if (*all) {
            std::cout << scenarios::reference();
            return;
        }
        if (const auto text = scenarios::explain(*word); text && !word->empty()) {
            std::cout << *text;
            return;
        }
        const std::string near = scenarios::nearest_word(*word);
        std::cerr << "error: unknown word \"" << *word << "\""
                  << (near.empty() ? "" : "; did you mean \"" + near + "\"?")
                  << "\nshaketable list shows all words\n";
        options.exit_code = invalid;
    });
}

void add_list(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("list", "all words of the language, a line each");
    auto group = std::make_shared<std::string>();
    command->add_option("group", *group, "fault, policy, preset, step, metric, law, type or file");
    command->callback([group, &options] {
        bool found = false;
        for (const scenarios::WordSummary& word : scenarios::list_words()) {
            if (!group->empty() && word.group != *group) continue;
            found = true;
            std::cout << word.group << "\t" << word.word << "\t" << word.summary << "\n";
        }
        if (found) return;
        std::cerr << "error: no words of group \"" << *group << "\"\n";
        options.exit_code = invalid;
    });
}

void add_schema(CLI::App& app, Options&) {
    app.add_subcommand("schema", "the language as a JSON Schema, for editors")->callback([] {
        std::cout << scenarios::json_schema();
    });
}

}  // namespace shaketable::cli
