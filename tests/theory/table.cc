#include "tests/theory/table.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

namespace shaketable::test {

namespace {

double number_in(const std::string& text) {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    INFO("a number: \"" << text << "\"");
    REQUIRE((!text.empty() && *end == '\0'));
    return number;
}

TheoryRow row_of(const std::string& where, const std::string& line) {
    INFO(where << ": " << line);
    const std::vector<std::string> fields = split_csv(line);
    REQUIRE(fields.size() == 9);
    TheoryRow row{.where = where,
                  .id = fields[0],
                  .quantity = fields[1],
                  .scenario = fields[2],
                  .variant = fields[3],
                  .value = fields[4],
                  .expected = number_in(fields[5]),
                  .source = fields[8]};
    constexpr std::string_view absolute = "abs ";
    row.tolerance = fields[6].starts_with(absolute) ? number_in(fields[6].substr(absolute.size()))
                                                    : number_in(fields[6]) * std::abs(row.expected);
    REQUIRE((fields[7] == "short" || fields[7] == "long"));
    row.is_long = fields[7] == "long";
    return row;
}

/// A cursor over an expression; one function for each level of precedence.
class Expression {
  public:
    Expression(const std::string& text, const std::map<std::string, double>& values)
        : text_{text}, values_{values} {}
    double whole() {
        const double value = sum();
        REQUIRE(at_ == text_.size());
        return value;
    }

  private:
    double sum() {
        double value = product();
        for (;;)
            if (takes('+'))
                value += product();
            else if (takes('-'))
                value -= product();
            else
                return value;
    }
    double product() {
        double value = power();
        for (;;)
            if (takes('*'))
                value *= power();
            else if (takes('/'))
                value /= power();
            else
                return value;
    }
    double power() {
        const double base = operand();
        return takes('^') ? std::pow(base, operand()) : base;
    }
    double operand() {
        if (takes('(')) {
            const double value = sum();
            REQUIRE(takes(')'));
            return value;
        }
        const std::string word = take_word();
        if (!word.empty() && std::isalpha(static_cast<unsigned char>(word.front())) != 0) {
            const auto found = values_.find(word);
            INFO("no expectation of the scenario has the id \"" << word << "\"");
            REQUIRE(found != values_.end());
            return found->second;
        }
        return number_in(word);
    }
    /// Ids have hyphens in them, so a minus sign has spaces around it.
    std::string take_word() {
        skip_spaces();
        const std::size_t start = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                      text_[at_] == '.' || text_[at_] == '-' || text_[at_] == ':'))
            ++at_;
        return text_.substr(start, at_ - start);
    }
    bool takes(char sign) {
        skip_spaces();
        const bool is_there = at_ < text_.size() && text_[at_] == sign;
        at_ += is_there ? 1 : 0;
        skip_spaces();
        return is_there;
    }
    void skip_spaces() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }

    const std::string& text_;
    const std::map<std::string, double>& values_;
    std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string> split_csv(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            fields.back() += line[++i];
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == ',' && !quoted)
            fields.emplace_back();
        else
            fields.back() += line[i];
    }
    return fields;
}

std::vector<TheoryRow> read_theory_rows(const std::string& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<TheoryRow> rows;
    for (const std::filesystem::path& path : files) {
        std::ifstream file{path};
        std::string line;
        std::getline(file, line);
        INFO(path.string());
        REQUIRE(line == "id,quantity,scenario,variant,value,expected,tolerance,length,source");
        for (int number = 2; std::getline(file, line); ++number)
            if (!line.empty())
                rows.push_back(
                    row_of(path.filename().string() + ":" + std::to_string(number), line));
    }
    return rows;
}

double evaluate(const std::string& expression, const std::map<std::string, double>& values) {
    INFO("in the expression \"" << expression << "\"");
    return Expression{expression, values}.whole();
}

}  // namespace shaketable::test
