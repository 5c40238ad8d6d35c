#include "injector/control/fault_text.h"

#include <array>

#include "scenarios/diagnostics.h"
#include "scenarios/text/decode.h"
#include "scenarios/text/encode.h"

namespace shaketable::injector::control {

namespace text = scenarios::text;

namespace {

/// Keys of a scenario's faults that say when.
constexpr std::array time_keys{"at", "for", "ramp", "every", "random", "probability"};

bool decode_kind(const text::Node& node, FaultText& into, text::Keys& keys, text::Reading& in) {
    const text::Entry* kind = keys.take("fault");
    if (kind == nullptr)
        return in.report_missing(node, "fault", "what goes wrong: latency, reset ...");
    if (!in.expect_scalar(*kind->value, "a kind of fault")) return false;
    Result<faults::AnyKind> made = faults::make_kind(kind->value->text);
    if (!made) return in.report_within(*kind->value, made.error());
    into.kind = *std::move(made);
    return std::visit(
        [&]<class K>(K& word) {
            bool good = text::decode_fields(node, word, keys, in);
            std::vector<std::string> known = text::key_names<K>();
            for (std::string& key : text::key_names<FaultText>()) known.push_back(std::move(key));
            good = in.report_unknown(keys, known) && good;
            return good && text::check_word(node, word, in);
        },
        into.kind);
}

bool decode_fault(const text::Node& node, FaultText& into, text::Reading& in) {
    if (!in.expect_map(node)) return false;
    text::Keys keys{node};
    bool good = true;
    for (const char* key : time_keys)
        if (const text::Entry* entry = keys.take(key))
            good =
                in.report("E014", "a fault that is put has no \"" + std::string{key} + "\"",
                          entry->key_place, "it acts from now on: say lease to end it by itself");
    good = text::decode_fields(node, into, keys, in) && good;
    if (const text::Entry* id = node.find("id"); id != nullptr && id->value->is_scalar())
        good = in.expect_name(into.id, id->value->place) && good;
    good = decode_kind(node, into, keys, in) && good;
    return good && text::check_word(node, into, in);
}

/// A text as it is: the encoder writes `${` so that a scenario's reader does not replace it.
std::string plain_text(std::string_view written) {
    std::string text;
    for (std::size_t i = 0; i < written.size(); ++i)
        if (written.substr(i, 3) != "$${") text += written[i];
    return text;
}

Json to_json(const text::Node* node) {
    if (node == nullptr || node->is_null()) return nullptr;
    if (node->is_scalar()) {
        if (!node->quoted && (node->text == "true" || node->text == "false"))
            return node->text == "true";
        return plain_text(node->text);
    }
    Json json = node->is_map() ? Json::object() : Json::array();
    for (const text::Entry& entry : node->entries)
        if (node->is_map())
            json[entry.key] = to_json(entry.value.get());
        else
            json.push_back(to_json(entry.value.get()));
    return json;
}

}  // namespace

std::optional<Problem> FaultText::find_problem() const {
    if (!lease || *lease > Duration{0}) return std::nullopt;
    return problem_of("lease", "E023", "expected a time longer than 0",
                      "to take a fault away, delete it");
}

Result<FaultText, scenarios::Failure> read_fault(std::string_view body) {
    scenarios::Sources sources;
    Problems problems;
    sources.files.push_back(scenarios::make_source("body", std::string{body}));
    FaultText fault;
    if (const text::NodePtr root = text::parse(sources, 0, problems)) {
        text::Reading in{sources, problems};
        in.load_file = [&](const std::string&, const text::Place& place) {
            (void)in.report("E001", "a fault that is put reads no files", place,
                            "say the law itself, like lognormal(p50=10ms p99=80ms)");
            return std::optional<std::string>{};
        };
        (void)decode_fault(*root, fault, in);
    }
    if (problems.empty()) return fault;
    scenarios::sort_problems(problems, sources);
    return Unexpected{scenarios::Failure{std::move(problems), std::move(sources)}};
}

Json write_fault(const FaultText& fault) {
    std::vector<text::Entry> entries;
    if (!fault.id.empty()) entries.push_back({"id", {}, text::encode(fault.id)});
    const std::string kind{faults::kind_name(fault.kind)};
    entries.push_back({"fault", {}, text::make_word(kind)});
    entries.push_back({"target", {}, text::encode(fault.target)});
    std::visit([&](const auto& word) { text::encode_fields(word, entries); }, fault.kind);
    if (fault.lease) entries.push_back({"lease", {}, text::encode(*fault.lease)});
    const text::NodePtr map = text::make_map(std::move(entries));
    return to_json(map.get());
}

}  // namespace shaketable::injector::control
