#include "cli/provenance.h"

#include <algorithm>

#include "scenarios/lint/lint.h"

namespace shaketable::cli {

namespace {

std::vector<std::string> paths_of(const scenarios::Scenario& scenario) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < scenario.expect.size(); ++i)
        paths.push_back("expect[" + std::to_string(i) + "]");
    for (std::size_t i = 0; i < scenario.faults.size(); ++i)
        paths.push_back("faults[" + std::to_string(i) + "]");
    for (const auto& service : scenario.services) paths.push_back("services." + service.name);
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace

std::string shell_word(const std::string& text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=:,%+@";
    if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return word + "'";
}

reports::Provenance provenance_of(const Input& input, const scenarios::Document& document,
                                  std::size_t variant, const std::string& verb,
                                  const std::string& options) {
    const scenarios::Scenario& scenario = document.scenarios[variant];
    const scenarios::Locations& locations = document.where[variant];
    reports::Provenance from;
    const std::vector<std::string>& all = document.variants;
    from.place = static_cast<std::uint32_t>(std::find(all.begin(), all.end(), scenario.variant) -
                                            all.begin());
    from.command = "shaketable " + verb + " " + shell_word(input.path);
    for (const std::string& param : input.params) from.command += " -p " + shell_word(param);
    for (const std::string& set : input.sets) from.command += " --set " + shell_word(set);
    if (!scenario.variant.empty()) from.command += " --variant " + shell_word(scenario.variant);
    from.command += options;
    for (const scenarios::Source& source : document.sources.files)
        if (!source.name.starts_with("-")) from.sources.push_back({source.name, source.text});
    for (const std::string& path : paths_of(scenario)) {
        const Location where = locations.at(path);
        if (where.line > 0 && !where.file.starts_with("-"))
            from.anchors.push_back({path, where.file, where.line});
    }
    const auto where = [&](std::string_view path) { return locations.at(path); };
    from.lint = scenarios::lint(scenario, where);
    return from;
}

}  // namespace shaketable::cli
