// `completion SHELL`: a completion script, made from the parser itself.
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "scenarios/explain.h"

namespace shaketable::cli {

namespace {

std::string words_of(const CLI::App& app) {
    std::string words;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
    return words;
}

std::string names_of_commands() {
    std::string names;
    for (const Command& command : commands) names += std::string{command.name} + " ";
    return names;
}

/// What may stand where the command takes a word that is no file.
std::string values_of(const std::string& command) {
    if (command == "completion") return "bash zsh fish ";
    std::string values;
    std::string group;
    for (const scenarios::WordSummary& word : scenarios::list_words()) {
        const bool is_one = word.word.find(' ') == std::string::npos;
        if (command == "explain" && is_one) values += word.word + " ";
        if (command == "list" && word.group != group) values += word.group + " ";
        group = word.group;
    }
    return values;
}

std::string bash_script(const CLI::App& app) {
    std::string script = "_shaketable() {\n    local words=\"" + words_of(app) +
                         "\" command=\"\" w\n"
                         "    for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do case $w in -*) ;; "
                         "*) command=$w; break;; esac; done\n"
                         "    case $command in\n";
    for (const CLI::App* command : app.get_subcommands({}))
        script += "        " + command->get_name() + ") words+=\"" + words_of(*command) +
                  values_of(command->get_name()) + "\" ;;\n";
    script += "        *) words+=\"" + names_of_commands() +
              "\" ;;\n    esac\n"
              "    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
              "}\ncomplete -o default -F _shaketable shaketable\n";
    return script;
}

/// In single quotes, as fish reads them.
std::string in_quotes(const std::string& text) {
    std::string made = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') made += '\\';
        made += c;
    }
    return made + "'";
}

std::string fish_script(const CLI::App& app) {
    std::string script;
    for (const CLI::App* command : app.get_subcommands({})) {
        script += "complete -c shaketable -f -n __fish_use_subcommand -a " + command->get_name() +
                  " -d " + in_quotes(command->get_description()) + "\n";
        for (const CLI::Option* option : command->get_options()) {
            if (option->get_lnames().empty()) continue;
            script += "complete -c shaketable -n '__fish_seen_subcommand_from " +
                      command->get_name() + "'";
            for (const std::string& name : option->get_snames()) script += " -s " + name;
            for (const std::string& name : option->get_lnames()) script += " -l " + name;
            if (option->get_items_expected_max() > 0) script += " -r";
            script += " -d " + in_quotes(option->get_description()) + "\n";
        }
    }
    return script;
}

}  // namespace

void add_completion(CLI::App& app, Options&) {
    auto* command = app.add_subcommand("completion", "a completion script for your shell");
    auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->type_name("SHELL");
    command->footer("Example:\n  source <(shaketable completion bash)");
    command->callback([shell, &app] {
        if (*shell == "fish")
            std::cout << fish_script(app);
        else
            std::cout << (*shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "")
                      << bash_script(app);
    });
}

}  // namespace shaketable::cli
