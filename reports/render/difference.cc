#include "reports/render/difference.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "reports/render/figures.h"
#include "reports/render/json_writer.h"

namespace shaketable::reports {

namespace {

constexpr std::size_t value_width = 18, difference_width = 20, word_width = 20;

std::string described(const std::string& name, const Record& record) {
    std::string text = harmless(name) + " (" + harmless(record.scenario);
    if (!record.variant.empty()) text += ", " + harmless(record.variant);
    return text + fmt::format(", {}, seed {}, {})", record.world, record.seed,
                              counted(record.repeats.size(), "repeat"));
}

/// "+3.1 ± 1.9 ms": the sign always, since a difference has one.
std::string difference_text(const Difference& difference, bool ascii) {
    Estimate d = difference.difference;
    if (d.n == 0) return "-";
    const bool falls = d.mean < 0;
    if (falls) d = {-d.mean, -d.high, -d.low, d.n};
    return (falls ? "-" : "+") + figure(d, difference.unit, ascii);
}

std::string painted(const Paint& paint, Change change) {
    const std::string word = left(name_of(change), word_width);
    switch (change) {
        case Change::better:
            return paint.green(word);
        case Change::worse:
            return paint.red(word);
        case Change::outside:
        case Change::differs:
        case Change::missing:
            return paint.yellow(word);
        case Change::none_seen:
            break;
    }
    return paint.dim(word);
}

std::string summary_line(const std::vector<Difference>& all) {
    std::string text;
    for (const auto& [name, change] : enum_names(Change{})) {
        const auto is_it = [&, wanted = change](const Difference& d) { return d.change == wanted; };
        const auto count = std::count_if(all.begin(), all.end(), is_it);
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
    }
    return text.empty() ? "nothing to compare" : text;
}

/// How the words were found, in the terms of the rows that are there.
std::string method_line(const std::vector<Difference>& all) {
    const auto any = [&](auto&& is_so) { return std::any_of(all.begin(), all.end(), is_so); };
    std::string text;
    if (any([](const Difference& d) { return d.difference.has_interval(); }))
        text += any([](const Difference& d) { return d.paired; })
                    ? "Differences by pairs of repeats with the same dice, with their 95% "
                      "intervals. "
                    : "Differences of means over repeats, with their 95% intervals. ";
    if (!text.empty()) text += "A word needs to be sure at 5% over all figures together. ";
    if (any([](const Difference& d) { return d.difference.n == 1; }))
        text += "Where a run has one repeat there is no interval: the tolerance judges. ";
    return text;
}

void write_estimate(JsonWriter& json, std::string_view key, const Estimate& value) {
    json.key(key);
    if (value.n == 0) {
        json.null();
        return;
    }
    json.begin_object(JsonWriter::Layout::compact);
    json.key("mean").number(value.mean);
    if (value.has_interval()) json.key("low").number(value.low).key("high").number(value.high);
    json.end_object();
}

void write_run(JsonWriter& json, std::string_view key, const std::string& name,
               const Record& record) {
    json.key(key).begin_object(JsonWriter::Layout::compact);
    json.key("run").text(name).key("scenario").text(record.scenario);
    json.key("variant").text(record.variant).key("world").text(record.world);
    json.key("seed").whole(record.seed).key("repeats").whole(record.repeats.size());
    json.end_object();
}

void write_difference(JsonWriter& json, const Difference& d) {
    json.begin_object(JsonWriter::Layout::compact);
    json.key("figure").text(d.figure).key("unit").text(unit_name(d.unit));
    write_estimate(json, "a", d.a);
    write_estimate(json, "b", d.b);
    write_estimate(json, "difference", d.difference);
    json.key("paired").truth(d.paired);
    if (d.difference.n == 1) json.key("allowed").number(d.allowed);
    json.key("to_the_worse").truth(d.to_the_worse);
    json.key("change").text(name_of(d.change));
    if (!d.note.empty()) json.key("note").text(d.note);
    json.end_object();
}

}  // namespace

std::string to_terminal(const ComparedRuns& runs, const TerminalStyle& style) {
    const Paint paint{style};
    std::string text = "A  " + described(runs.name_a, *runs.a.record) + "\nB  " +
                       described(runs.name_b, *runs.b.record) + "\n\n";
    constexpr std::size_t fixed = 2 * value_width + difference_width + word_width + 4;
    const auto width = static_cast<std::size_t>(std::max(style.width, 0));
    const std::size_t names = std::max<std::size_t>(36, width > fixed ? width - fixed : 0);
    text += paint.bold(left("  FIGURE", names) + right("A", value_width) + right("B", value_width) +
                       right("B - A", difference_width)) +
            "\n";
    for (const Difference& d : runs.differences) {
        text += left("  " + harmless(d.figure), names, paint.ascii());
        text += right(d.a.n == 0 ? "-" : figure(d.a, d.unit, paint.ascii()), value_width,
                      paint.ascii());
        text += right(d.b.n == 0 ? "-" : figure(d.b, d.unit, paint.ascii()), value_width,
                      paint.ascii());
        text += right(difference_text(d, paint.ascii()), difference_width, paint.ascii()) + "  ";
        text += painted(paint, d.change);
        if (!d.note.empty()) text += paint.dim(harmless(d.note));
        while (text.ends_with(' ')) text.pop_back();
        text += "\n";
    }
    text += "\n  " + paint.bold(summary_line(runs.differences)) + "\n";
    const std::string method = method_line(runs.differences);
    if (!method.empty())
        text += paint.dim(
            wrapped(method, static_cast<std::size_t>(std::max(style.width, 80)), "  ") + "\n");
    return text;
}

std::string to_json(const std::vector<ComparedRuns>& pairs) {
    JsonWriter json;
    json.begin_array();
    for (const ComparedRuns& pair : pairs) {
        json.begin_object();
        write_run(json, "a", pair.name_a, *pair.a.record);
        write_run(json, "b", pair.name_b, *pair.b.record);
        json.key("differences").begin_array();
        for (const Difference& d : pair.differences) write_difference(json, d);
        json.end_array().end_object();
    }
    return json.end_array().finish();
}

}  // namespace shaketable::reports
