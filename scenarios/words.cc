#include "scenarios/words.h"

#include <array>
#include <string_view>

#include "base/law.h"
#include "faults/catalogue.h"
#include "faults/judge.h"
#include "policies/catalogue.h"
#include "policies/presets.h"
#include "scenarios/codes.h"
#include "scenarios/lint/catalogue.h"
#include "scenarios/metric_words.h"
#include "scenarios/text/encode.h"
#include "scenarios/word_types.h"

namespace shaketable::scenarios {

namespace {

template <class T>
[[nodiscard]] std::string standard_of(const T& value) {
    const text::NodePtr node = text::encode(value);
    return node != nullptr && node->is_scalar() && !node->text.empty() ? node->text : std::string{};
}

template <Described T>
void add_keys(std::vector<KeyOfWord>& keys, const std::string& prefix) {
    const T standard{};
    const auto one = [&]<class F>(const F& f) {
        using Value = typename F::value_type;
        using Inner =
            std::conditional_t<is_optional<Value>, typename ElementOf<Value>::type, Value>;
        KeyOfWord key{.name = prefix + std::string{f.name},
                      .type = type_name<Value>(),
                      .standard = {},
                      .doc = std::string{f.doc},
                      .required = f.required};
        if (!f.required) key.standard = standard_of(standard.*(f.member));
        // The docs of policies say their defaults themselves.
        if (key.doc.find("default") != std::string::npos) key.standard.clear();
        keys.push_back(key);
        if constexpr (Described<Inner>)
            if constexpr (word_name<Inner>().empty()) add_keys<Inner>(keys, key.name + ".");
    };
    T::fields().each([&](const auto& f) { one(f); });
}

template <Described T>
[[nodiscard]] Word make_word_of(std::string_view group, std::string_view name,
                                std::string_view summary) {
    Word word{.group = std::string{group},
              .name = std::string{name},
              .summary = std::string{summary},
              .example = {},
              .keys = {},
              .notes = {}};
    add_keys<T>(word.keys, "");
    return word;
}

void add_file(std::vector<Word>& words) {
    Word top = make_word_of<Scenario>(
        "file", "scenario", "the whole file: one system, its load, its faults, its promises");
    const std::array own{
        KeyOfWord{"schema", "shaketable/v1", "", "the version of the language; first in the file",
                  true},
        KeyOfWord{"params", "name: value, or {default, doc, min, max, choices, sweep}", "",
                  "numbers to turn, used as ${name}; `-p name=value` sets them", false},
        KeyOfWord{"include", "list of files", "",
                  "merged in order below this file: maps merge, lists replace", false},
        KeyOfWord{"variants", "name: {set, params, faults, expect, drop_expect}", "",
                  "the same story told differently, with the same dice", false},
        KeyOfWord{"inject", "map", "", "belongs to live runs; the reader leaves it alone", false},
        KeyOfWord{"x-...", "anything", "", "yours; never an error", false}};
    top.keys.insert(top.keys.begin(), own.front());
    top.keys.insert(top.keys.end(), own.begin() + 1, own.end());
    words.push_back(std::move(top));
    Word variant{"file",
                 "variant",
                 "changes to the file that are run beside it",
                 "budget: {set: {policies.rpc.retry.budget: 10%}}",
                 {},
                 {}};
    variant.keys = {
        {"set", "path: value", "",
         "a path like services.ledger.workers, steps[0], or faults.ID.factor", false},
        {"params", "name: value", "", "parameters of this variant", false},
        {"faults", "list of fault", "", "more faults", false},
        {"expect", "list of expectation", "", "more expectations", false},
        {"drop_expect", "list of ids", "", "expectations that do not hold here", false}};
    words.push_back(std::move(variant));
    words.push_back(make_word_of<Run>("file", "run", "how long, how often, with which dice"));
    words.push_back(make_word_of<Zone>("file", "zone", "a place whose parts can fail together"));
    Word network{"file",
                 "network",
                 "what the ways between services cost",
                 "network: {default: 0.3ms, a -> b: {latency: 5ms}}",
                 {},
                 {}};
    network.keys = {
        {"default", "link", "", "every way that nothing else names", false},
        {"between zones", "link", "", "ways from one zone to another", false},
        {"a -> b", "link", "", "from a to b; a <-> b for both ways; zone:NAME for a zone", false},
        {"model", "delay", "delay", "how it is computed", false}};
    words.push_back(std::move(network));
    words.push_back(make_word_of<Link>("file", "link", "one way between two services"));
    words.push_back(make_word_of<Service>("file", "service", "replicas that offer endpoints"));
    words.push_back(make_word_of<Queue>(
        "file", "queue", "the waiting room of a replica; full means refused at once"));
    words.push_back(make_word_of<Startup>("file", "startup", "from start to ready"));
    words.push_back(
        make_word_of<Endpoint>("file", "endpoint", "what a service does with a request"));
    words.push_back(make_word_of<Workload>(
        "file", "workload", "who calls: arrivals or stages (open loop), or users (closed loop)"));
    words.push_back(make_word_of<Stage>("file", "stage", "a plateau or a ramp of a workload"));
    words.push_back(make_word_of<Window>("file", "window", "a named span of the run"));
    words.push_back(
        make_word_of<Expectation>("file", "expectation", "what must hold, or the run fails"));
    words.back().example = "success(web.checkout) >= 99% after cut + 60s";
}

void add_steps(std::vector<Word>& words) {
    [&]<class... S>(const std::variant<S...>*) {
        (words.push_back(make_word_of<S>("step", S::kind, S::summary)), ...);
    }(static_cast<const AnyStep*>(nullptr));
    words.push_back(make_word_of<Choice>("step", "choice", "one way of the step choose"));
}

[[nodiscard]] std::string targets_sentence(const faults::TargetKinds& targets) {
    std::string text;
    const auto add = [&](bool applies, std::string_view what) {
        if (applies) text += (text.empty() ? "" : ", ") + std::string{what};
    };
    add(targets.service, "a service");
    add(targets.replica, "replicas (ledger[0], ledger[25%])");
    add(targets.edge, "an edge (a -> b)");
    add(targets.zone, "a zone (zone:NAME)");
    add(targets.workload, "a workload");
    return "Aimed at: " + text + (targets.optional ? "; the target may be left out." : ".");
}

void add_faults(std::vector<Word>& words) {
    words.push_back(make_word_of<faults::Fault>(
        "fault", "fault", "what goes wrong: these keys, and those of its kind beside them"));
    words.back().keys.push_back({"fault", "kind of fault", "", "what goes wrong", true});
    faults::for_each_kind([&]<class K>() {
        Word word = make_word_of<K>("fault", K::kind, K::summary);
        word.notes.push_back(targets_sentence(K::targets));
        word.notes.push_back(K::ramps ? "It can ramp." : "It is there or not: it cannot ramp.");
        word.notes.push_back(std::string{"Carried out by: "} +
                             (K::worlds.simulator ? "simulator" : "") +
                             (K::worlds.simulator && K::worlds.live ? ", " : "") +
                             (K::worlds.live ? "live" : "") + ".");
        words.push_back(std::move(word));
    });
}

void add_policies(std::vector<Word>& words) {
    policies::for_each_policy([&]<class P>(const P&) {
        words.push_back(make_word_of<P>("policy", P::kind, P::summary));
    });
    for (const policies::Preset& preset : policies::presets()) {
        Word word{"preset", std::string{preset.name}, std::string{preset.summary}, {}, {}, {}};
        word.example = "preset: " + std::string{preset.name};
        word.notes.push_back("Source: " + std::string{preset.source});
        words.push_back(std::move(word));
    }
}

void add_types(std::vector<Word>& words) {
    const auto add = [&]<class T>(const T*, std::string_view rule) {
        words.push_back({"type",
                         std::string{Text<T>::name},
                         std::string{rule},
                         std::string{Text<T>::example},
                         {},
                         {}});
    };
    add(static_cast<const Duration*>(nullptr),
        "a time with its unit: ns us ms s m h d; 1m30s; a bare number only as 0");
    add(static_cast<const Rate*>(nullptr),
        "how often per second, minute or hour: 120/s, 2k/s, 300/m, 10/h");
    add(static_cast<const Bytes*>(nullptr), "bytes: B, KiB MiB GiB TiB (1024), kB MB GB TB (1000)");
    add(static_cast<const Bandwidth*>(nullptr), "bits or bytes per second: 100Mbit/s, 12MiB/s");
    add(static_cast<const Share*>(nullptr), "a part of a whole in percent; a bare 0.01 is refused");
    add(static_cast<const Count*>(nullptr), "how many: 5, 2k, 3M, unlimited");
    add(static_cast<const Distribution*>(nullptr),
        "a law for times; 5ms alone is constant; see the laws");
    add(static_cast<const KeyDistribution*>(nullptr),
        "which key is asked for: zipf(n= s=) or uniform(n=)");
    add(static_cast<const Arrivals*>(nullptr),
        "when requests come: poisson, constant, mmpp, renewal, trace");
    add(static_cast<const faults::When*>(nullptr),
        "a time of the run: 90s, cut.start + 30s, cut.end, uniform(60s 90s)");
    add(static_cast<const faults::RandomTimes*>(nullptr), "happens by itself at that mean rate");
    add(static_cast<const faults::Target*>(nullptr),
        "whom: ledger, ledger[0], ledger[25%], store[eu-1b/0], a -> b, a <-> b, zone:eu-1a, *");
    add(static_cast<const faults::Side*>(nullptr),
        "one end of an arrow: ledger, ledger[0], zone:eu-1a, *");
    add(static_cast<const faults::Amount*>(nullptr), "a share of something, or so many of it");
    add(static_cast<const faults::Status*>(nullptr),
        "an HTTP status from 400 to 599, or a gRPC status by name");
    add(static_cast<const faults::Sequence*>(nullptr),
        "which of many: first 2, after 3, every 5th");
    add(static_cast<const policies::OpenRule*>(nullptr), "when a breaker opens");
    for (const detail::LawSpec& law : detail::law_specs)
        words.push_back({"law",
                         std::string{law.name},
                         "takes " + std::string{law.takes},
                         std::string{law.example},
                         {},
                         {}});
    words.push_back({"law",
                     "poisson",
                     "arrivals that know nothing of each other, at a mean rate",
                     "poisson(400/s)",
                     {},
                     {}});
    words.push_back({"law",
                     "mmpp",
                     "two Poisson rates that take turns; dwell is the mean stay in each",
                     "mmpp(200/s 900/s dwell=20s)",
                     {},
                     {}});
    words.push_back({"law",
                     "renewal",
                     "arrivals whose gaps follow a law",
                     "renewal(erlang(k=2 mean=5ms))",
                     {},
                     {}});
    words.push_back({"law",
                     "trace",
                     "arrivals at the times in a file, one per line",
                     "trace(arrivals.csv)",
                     {},
                     {}});
    words.push_back({"law",
                     "zipf",
                     "keys of which few are asked for often: n keys, exponent s",
                     "zipf(n=10000 s=1.1)",
                     {},
                     {}});
}

void add_metrics(std::vector<Word>& words) {
    for (const MetricWord& metric : metric_words) {
        Word word{"metric",
                  std::string{name_of(metric.metric)},
                  std::string{metric.summary},
                  std::string{metric.example},
                  {},
                  {}};
        word.notes.push_back("Its limit is " + std::string{noun_of(metric.unit)} +
                             (metric.form.counts_too ? ", or a number" : "") +
                             (metric.form.rates_too ? ", or a rate" : "") + ".");
        if (metric.form.aggregates)
            word.notes.push_back("Write max(...) or mean(...) around it; alone it is max.");
        if (metric.form.after_only)
            word.notes.push_back("Needs `after FAULT`: it counts from the fault's end.");
        words.push_back(std::move(word));
    }
    for (const Code& code : codes)
        words.push_back({"code", std::string{code.code}, std::string{code.meaning}, {}, {}, {}});
    for (const lint_rules::Rule& rule : lint_rules::catalogue)
        words.push_back({"code",
                         std::string{rule.code},
                         std::string{rule.name} + ": " + std::string{rule.summary},
                         {},
                         {},
                         {}});
    for (const Code& code : live_codes)
        words.push_back({"code", std::string{code.code}, std::string{code.meaning}, {}, {}, {}});
}

}  // namespace

std::vector<Word> find_words(std::string_view asked) {
    std::string_view group;
    if (const std::size_t slash = asked.find('/'); slash != std::string_view::npos) {
        group = asked.substr(0, slash);
        asked.remove_prefix(slash + 1);
    }
    std::vector<Word> found = make_words();
    std::erase_if(found, [&](const Word& word) {
        return word.name != asked || (!group.empty() && word.group != group);
    });
    return found;
}

std::vector<Word> make_words() {
    std::vector<Word> words;
    add_file(words);
    add_steps(words);
    add_faults(words);
    add_policies(words);
    add_types(words);
    add_metrics(words);
    return words;
}

}  // namespace shaketable::scenarios
