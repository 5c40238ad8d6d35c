#include "scenarios/text/params.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/quantity.h"

namespace shaketable::scenarios::text {

namespace {

constexpr std::size_t value_max = 1000;  ///< bytes of a parameter's value

template <class T>
std::optional<int> compare_as(std::string_view a, std::string_view b) {
    const Result<T> left = Text<T>::parse(a);
    const Result<T> right = Text<T>::parse(b);
    if (!left || !right) return std::nullopt;
    return *left < *right ? -1 : (*right < *left ? 1 : 0);
}

}  // namespace

std::optional<int> compare(std::string_view a, std::string_view b) {
    const Result<double> left = parse_number(a);
    const Result<double> right = parse_number(b);
    if (left && right) return *left < *right ? -1 : (*right < *left ? 1 : 0);
    for (const auto& as : {&compare_as<Duration>, &compare_as<Rate>, &compare_as<Bytes>,
                           &compare_as<Bandwidth>, &compare_as<Share>, &compare_as<Count>})
        if (const std::optional<int> order = as(a, b)) return order;
    return std::nullopt;
}

Parameters::Parameter* Parameters::find(std::string_view name) {
    for (Parameter& parameter : parameters_)
        if (parameter.name == name) return &parameter;
    return nullptr;
}

void Parameters::check(const Parameter& parameter, const Node& value, Reading& in) const {
    const std::string name = quote(parameter.name);
    const auto bound = [&](const NodePtr& limit, bool is_min) {
        if (limit == nullptr) return;
        const std::optional<int> order = compare(value.text, limit->text);
        if (!order)
            in.report("E041",
                      name + " is " + quote(value.text) + ", which cannot be compared with its " +
                          (is_min ? "min " : "max ") + limit->text,
                      value.place, "write both with the same kind of unit");
        else if (is_min ? *order < 0 : *order > 0)
            in.report("E041", name + " is " + quote(value.text) + ", outside its range",
                      value.place, (is_min ? "min is " : "max is ") + limit->text);
    };
    bound(parameter.min, true);
    bound(parameter.max, false);
    if (parameter.choices.empty()) return;
    std::string all;
    for (const NodePtr& choice : parameter.choices) {
        if (choice->text == value.text || compare(choice->text, value.text) == 0) return;
        all += (all.empty() ? "" : ", ") + choice->text;
    }
    in.report("E041", name + " is " + quote(value.text) + ", which is none of its choices",
              value.place, "choices are " + all);
}

/// `[a, b, c]`, or a text `range(50/s, 200/s, step=25/s)`. It plays no part in a single run.
void Parameters::read_sweep(const Parameter& parameter, const Node& sweep, Reading& in) const {
    if (sweep.is_sequence()) {
        if (sweep.entries.empty()) in.report("E012", "a sweep of no values", sweep.place);
        for (const Entry& item : sweep.entries)
            if (in.expect_scalar(*item.value, "a value")) check(parameter, *item.value, in);
        return;
    }
    if (!in.expect_scalar(sweep, "a list, or range(from to step=...)")) return;
    std::string_view text = sweep.text;
    const auto bad = [&](std::string message) {
        in.report("E013", std::move(message), sweep.place,
                  "write [1, 2, 5] or range(50/s 200/s step=25/s)");
    };
    if (!text.starts_with("range(") || !text.ends_with(')'))
        return bad("expected a list or range(...), found " + quote(text));
    text = text.substr(6, text.size() - 7);
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        if (c != ' ' && c != ',') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    if (!word.empty()) words.push_back(word);
    if (words.size() != 3 || !words[2].starts_with("step="))
        return bad("expected from, to and step in range(...)");
    const std::string step = words[2].substr(5);
    const std::optional<int> order = compare(words[0], words[1]);
    const std::optional<int> sign = compare(step, "0");
    const bool is_rate = compare_as<Rate>(step, step).has_value();
    const bool is_positive = is_rate ? Text<Rate>::parse(step)->per_second > 0 : sign == 1;
    if (!order || !compare(step, words[0])) return bad("from, to and step are not of one kind");
    if (*order > 0) return bad("a range from " + words[0] + " down to " + words[1]);
    if (!is_positive) return bad("a step of 0");
}

void Parameters::read_one(const Entry& entry, Reading& in) {
    if (!in.expect_name(entry.key, entry.key_place, "_-")) return;
    Parameter parameter{
        .name = entry.key, .value = entry.value, .min = {}, .max = {}, .choices = {}};
    const Node* sweep = nullptr;
    if (entry.value->is_map()) {
        Keys keys{*entry.value};
        const auto scalar = [&](std::string_view key) -> NodePtr {
            const Entry* found = keys.take(key);
            if (found == nullptr || !in.expect_scalar(*found->value, "a value")) return nullptr;
            return found->value;
        };
        const bool has_default = entry.value->find("default") != nullptr;
        parameter.value = scalar("default");
        parameter.min = scalar("min");
        parameter.max = scalar("max");
        (void)scalar("doc");
        if (const Entry* choices = keys.take("choices"); choices && in.expect_list(*choices->value))
            for (const Entry& item : choices->value->entries)
                if (in.expect_scalar(*item.value, "a value"))
                    parameter.choices.push_back(item.value);
        if (const Entry* found = keys.take("sweep")) sweep = found->value.get();
        in.report_unknown(keys, {"default", "doc", "min", "max", "choices", "sweep"});
        if (!has_default)
            in.report_missing(*entry.value, "default", "the value where none is given");
    } else if (!in.expect_scalar(*entry.value, "a value, or a map with `default`")) {
        parameter.value = nullptr;
    }
    if (parameter.value == nullptr) {
        // It is defined all the same: its uses are no mistake of their own.
        parameter.value = make_scalar("0", entry.value->place, false);
        parameters_.push_back(std::move(parameter));
        return;
    }
    if (parameter.value->text.find("${") != std::string::npos)
        in.report("E040", "a parameter cannot use another one", parameter.value->place);
    if (parameter.value->text.size() > value_max)
        in.report("E041", "a value longer than 1000 bytes", parameter.value->place);
    check(parameter, *parameter.value, in);
    if (sweep != nullptr) read_sweep(parameter, *sweep, in);
    parameters_.push_back(std::move(parameter));
}

Parameters Parameters::read(const Node& params, Reading& in) {
    Parameters all;
    if (params.is_null() || !in.expect_map(params)) return all;
    for (const Entry& entry : params.entries)
        if (!entry.key.starts_with("x-")) all.read_one(entry, in);
    return all;
}

void Parameters::assign(std::string_view name, const Place& name_place, const NodePtr& value,
                        Reading& in) {
    Parameter* parameter = find(name);
    if (parameter == nullptr) {
        std::vector<std::string> names;
        for (const Parameter& known : parameters_) names.push_back(known.name);
        const std::string near = nearest(name, names);
        in.report(
            "E040", "there is no parameter " + quote(name), name_place,
            near.empty() ? "parameters stand under `params`" : "did you mean \"" + near + "\"?");
        return;
    }
    if (!in.expect_scalar(*value, "a value")) return;
    if (value->text.size() > value_max) {
        in.report("E041", "a value longer than 1000 bytes", value->place);
        return;
    }
    check(*parameter, *value, in);
    parameter->value = value;
}

NodePtr Parameters::put_in_scalar(const NodePtr& node, Reading& in) {
    const std::string& text = node->text;
    std::string put;
    std::size_t at = 0;
    bool quoted = node->quoted;
    while (true) {
        const std::size_t dollar = text.find("${", at);
        if (dollar == std::string::npos) break;
        put.append(text, at, dollar - at);
        if (dollar > 0 && text[dollar - 1] == '$') {
            put += '{';  // the first $ is there already
            at = dollar + 2;
            continue;
        }
        const std::size_t end = text.find('}', dollar);
        const std::string_view name =
            std::string_view{text}.substr(dollar + 2, std::min(end, text.size()) - dollar - 2);
        const auto length = static_cast<int>(std::min(end + 1, text.size()) - dollar);
        const Parameter* parameter = end == std::string::npos ? nullptr : find(name);
        if (parameter == nullptr) {
            std::vector<std::string> names;
            for (const Parameter& known : parameters_) names.push_back(known.name);
            const std::string near = nearest(name, names);
            in.report("E040",
                      end == std::string::npos ? "a ${ without its }"
                                               : "undefined parameter " + quote(name),
                      part(*node, static_cast<int>(dollar), length),
                      near.empty() ? "define it under `params`; $${ stands for ${ itself"
                                   : "did you mean \"" + near + "\"?");
            auto broken = std::make_shared<Node>(*node);
            broken->broken = true;
            return broken;
        }
        put += parameter->value->text;
        if (dollar == 0 && end + 1 == text.size()) quoted = quoted || parameter->value->quoted;
        at = end + 1;
    }
    put.append(text, at, std::string::npos);
    bytes_ += put.size();
    if (bytes_ > bytes_max) {
        in.report("E041", "parameters put in make more than 16 MiB of text", node->place);
        return node;
    }
    auto made = std::make_shared<Node>(*make_scalar(std::move(put), node->place, quoted));
    made->written = text;
    return made;
}

NodePtr Parameters::put_in_container(const NodePtr& node, Reading& in) {
    const bool is_shared = node.use_count() > 1 && node->size > 1;
    if (is_shared)
        if (const auto known = done_.find(node.get()); known != done_.end()) return known->second;
    std::vector<Entry> entries;
    bool changed = false;
    for (std::size_t i = 0; i < node->entries.size(); ++i) {
        const Entry& entry = node->entries[i];
        NodePtr value = entry.key.starts_with("x-") ? entry.value : put_in(entry.value, in);
        if (!changed && value == entry.value) continue;
        if (!changed) {
            entries = node->entries;
            changed = true;
        }
        entries[i].value = std::move(value);
    }
    NodePtr made = node;
    if (changed) made = make_container(node->kind, std::move(entries), node->place);
    if (is_shared) done_.emplace(node.get(), made);
    return made;
}

NodePtr Parameters::put_in(const NodePtr& node, Reading& in) {
    if (node->is_scalar())
        return node->text.find("${") == std::string::npos ? node : put_in_scalar(node, in);
    return node->is_null() ? node : put_in_container(node, in);
}

NodePtr Parameters::substitute(const NodePtr& root, Reading& in) {
    constexpr std::array untouched{"params", "variants", "inject", "include", "schema"};
    done_.clear();
    bytes_ = 0;
    std::vector<Entry> entries = root->entries;
    for (Entry& entry : entries) {
        const bool skip =
            entry.key.starts_with("x-") ||
            std::find(untouched.begin(), untouched.end(), entry.key) != untouched.end();
        if (!skip) entry.value = put_in(entry.value, in);
    }
    done_.clear();
    return make_container(Node::Kind::map, std::move(entries), root->place);
}

}  // namespace shaketable::scenarios::text
