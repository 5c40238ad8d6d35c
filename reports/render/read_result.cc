#include "reports/render/read_result.h"

#include <cmath>
#include <utility>

#include "base/field.h"
#include "reports/render/json.h"
#include "reports/render/json_cursor.h"
#include "reports/render/record_fields.h"
#include "scenarios/read.h"

namespace shaketable::reports {

namespace {

using Cursor = JsonCursor;

void read_value(const Cursor& at, std::uint64_t& into) {
    into = at.whole();
}
void read_value(const Cursor& at, std::uint32_t& into) {
    into = static_cast<std::uint32_t>(at.whole(std::numeric_limits<std::uint32_t>::max()));
}
void read_value(const Cursor& at, float& into) {
    into = static_cast<float>(at.number());
    if (!std::isfinite(into)) at.fail("a number of single precision");
}
void read_value(const Cursor& at, Duration& into) {
    into = Duration{at.integer()};
}
void read_value(const Cursor& at, RequestTime& into) {
    into = RequestTime{at.wide()};
}
void read_value(const Cursor& at, Time& into) {
    into = Time{Duration{at.integer()}};
}
void read_value(const Cursor& at, std::array<std::uint64_t, outcome_count>& into) {
    if (at.size() > into.size()) return at.fail("at most one count per outcome");
    for (std::size_t i = 0; i < at.size(); ++i) into[i] = at[i].whole();
}
void read_value(const Cursor& at, Histogram& into) {
    const std::size_t size = at.size();
    if (size == 0) return;
    if (size < 3 || size % 2 == 0) return at.fail("a sum, the longest, and pairs of counts");
    const WideCount sum = (WideCount{at[std::size_t{0}].whole()} << 64U) + at[1].whole();
    into.add_exact(sum, Duration{at[2].integer()});
    std::uint64_t bucket = 0;
    for (std::size_t i = 3; i + 1 < size && !at.failed(); i += 2) {
        bucket += at[i].whole(buckets::count);
        if (bucket >= buckets::count || (i > 3 && at[i].whole() == 0))
            return at[i].fail("a bucket within the histogram, ascending");
        into.add(static_cast<std::uint32_t>(bucket), at[i + 1].whole());
    }
}

template <class Totals>
void read_totals(const Cursor& at, std::size_t count, std::vector<Totals>& into) {
    into.resize(count);
    each_column<Totals>([&](const auto& column) {
        const Cursor values = at[column.name];
        if (column.only_if_any && values.is_null()) return;
        if (values.size() != count) return values.fail("one entry per row");
        for (std::size_t i = 0; i < count && !at.failed(); ++i)
            read_value(values[i], into[i].*column.member);
    });
}

template <class Sample>
void read_samples(const Cursor& at, std::size_t count, std::uint64_t& room,
                  std::vector<std::vector<Sample>>& into) {
    if (at.size() != count && at.size() != 0) return at.fail("one entry per row, or none");
    into.resize(at.size());
    for (std::size_t r = 0; r < into.size() && !at.failed(); ++r) {
        const Cursor row = at[r];
        const std::uint64_t steps = row["steps"].whole(room);
        if (at.failed()) return;
        room -= steps;
        into[r].resize(steps);
        each_column<Sample>([&](const auto& column) {
            const Cursor values = row[column.name];
            if (values.is_array() && values.size() != steps)
                return values.fail("one entry per step");
            for (std::size_t k = 0; k < steps && !at.failed(); ++k)
                read_value(values.is_array() ? values[k] : values, into[r][k].*column.member);
        });
    }
}

void read_heat(const Cursor& at, std::size_t flows, HeatMap& into) {
    into.every = Duration{at["every"].integer()};
    const Cursor rows = at["flows"];
    if (rows.size() > flows) return rows.fail("at most one row per flow");
    into.flows.resize(rows.size());
    for (std::size_t f = 0; f < into.flows.size() && !at.failed(); ++f) {
        const Cursor row = rows[f];
        if (row.size() % 3 != 0) return row.fail("triples of column, band and count");
        for (std::size_t i = 0; i + 2 < row.size() && !at.failed(); i += 3) {
            HeatMap::Cell cell;
            cell.column = static_cast<std::uint16_t>(row[i].whole(HeatMap::columns_max - 1));
            cell.band = static_cast<std::uint16_t>(row[i + 1].whole(HeatMap::bands - 1));
            read_value(row[i + 2], cell.count);
            into.flows[f].push_back(cell);
        }
    }
}

void read_parts(const Cursor& at, const Record& record, std::uint64_t& room, Repeat& into) {
    const Cursor segments = at["segments"];
    into.segments.resize(segments.size());
    for (std::size_t i = 0; i < into.segments.size() && !at.failed(); ++i) {
        const Cursor segment = segments[i];
        read_value(segment["start"], into.segments[i].start);
        read_value(segment["end"], into.segments[i].end);
        read_totals(segment["flows"], record.flows.size(), into.segments[i].flows);
        read_totals(segment["services"], record.services.size(), into.segments[i].services);
    }
    read_samples(at["flow_samples"], record.flows.size(), room, into.flow_samples);
    read_samples(at["service_samples"], record.services.size(), room, into.service_samples);
    read_heat(at["heat"], record.flows.size(), into.heat);
}

Repeat read_repeat(const Cursor& at, const Record& record, std::uint64_t& room) {
    Repeat repeat;
    each_column<Repeat>(
        [&](const auto& column) { read_value(at[column.name], repeat.*column.member); });
    const Cursor hits = at["fault_hits"];
    if (hits.size() > record.fault_ids.size()) hits.fail("at most one number per fault");
    for (std::size_t i = 0; i < hits.size() && !at.failed(); ++i)
        repeat.fault_hits.push_back(hits[i].whole());
    const Cursor spans = at["spans"];
    for (std::size_t i = 0; i < spans.size() && !at.failed(); ++i) {
        if (spans[i].size() != 3) spans[i].fail("name, start and end");
        if (at.failed()) break;
        NamedSpan span{spans[i][std::size_t{0}].text(), {}, {}};
        read_value(spans[i][1], span.start);
        read_value(spans[i][2], span.end);
        repeat.spans.push_back(std::move(span));
    }
    read_parts(at, record, room, repeat);
    const Cursor events = at["events"];
    for (std::size_t i = 0; i < events.size() && !at.failed(); ++i) {
        const Cursor event = events[i];
        if (event.size() != 4) event.fail("time, what, subject and detail");
        if (at.failed()) break;
        Event one{{}, event[1].text(), event[2].text(), event[3].text()};
        read_value(event[std::size_t{0}], one.at);
        repeat.events.push_back(std::move(one));
    }
    return repeat;
}

/// A time of result.json is a decimal number of seconds; doubles hold nanoseconds of 104 days.
Time read_instant(const Cursor& at) {
    if (at.is_null()) return never;
    const double seconds = at.number();
    if (!(seconds >= 0 && seconds < 9e9)) at.fail("a time of 0 or more, in seconds");
    return at.failed() ? never : Time{Duration{std::llround(seconds * 1e9)}};
}

Visit read_visit(const Cursor& at, std::size_t visits) {
    Visit visit;
    visit.parent = static_cast<std::uint32_t>(at["parent"].whole(visits - 1));
    visit.service = at["service"].text();
    visit.endpoint = at["endpoint"].text();
    read_value(at["replica"], visit.replica);
    read_value(at["attempt"], visit.attempt);
    visit.sent = read_instant(at["sent"]);
    visit.arrived = read_instant(at["arrived"]);
    visit.started = read_instant(at["started"]);
    visit.ended = read_instant(at["ended"]);
    const std::string outcome = at["outcome"].text();
    for (const auto& [name, value] : enum_names(Outcome{}))
        if (name == outcome) {
            visit.outcome = value;
            return visit;
        }
    at["outcome"].fail("an outcome");
    return visit;
}

void read_traces(const Cursor& at, std::vector<Trace>& into) {
    for (std::size_t i = 0; i < at.size() && !at.failed(); ++i) {
        const Cursor trace = at[i];
        Trace one{trace["workload"].text(), trace["ordinal"].whole(), trace["why"].text(), {}};
        const Cursor visits = trace["visits"];
        for (std::size_t v = 0; v < visits.size() && !at.failed(); ++v)
            one.visits.push_back(read_visit(visits[v], visits.size()));
        into.push_back(std::move(one));
    }
}

void read_names(const Cursor& root, Record& record) {
    const Cursor flows = root["flows"];
    for (std::size_t i = 0; i < flows.size() && !root.failed(); ++i) {
        const Cursor f = flows[i];
        record.flows.push_back({f["caller"].text(), f["from_workload"].truth(),
                                f["from_zone"].text(), f["service"].text(), f["endpoint"].text()});
    }
    const Cursor services = root["services"];
    for (std::size_t i = 0; i < services.size() && !root.failed(); ++i) {
        record.services.push_back(services[i]["name"].text());
        read_value(services[i]["replicas"], record.replicas.emplace_back());
    }
    const Cursor faults = root["faults"];
    for (std::size_t i = 0; i < faults.size() && !root.failed(); ++i)
        record.fault_ids.push_back(faults[i]["id"].text());
}

Record read_record(const Cursor& root) {
    Record record;
    record.scenario = root["scenario"]["name"].text();
    record.variant = root["scenario"]["variant"].text();
    record.world = root["run"]["world"].text();
    record.seed = root["run"]["seed"].whole();
    const Cursor at = root["record"];
    read_value(at["duration"], record.duration);
    read_value(at["warmup"], record.warmup);
    read_value(at["cooldown"], record.cooldown);
    read_value(at["sample_every"], record.sample_every);
    const Cursor environment = at["environment"];
    for (std::size_t i = 0; i < environment.size() && !root.failed(); ++i) {
        if (environment[i].size() != 2) environment[i].fail("a name and a value");
        if (root.failed()) break;
        record.environment.emplace_back(environment[i][std::size_t{0}].text(),
                                        environment[i][1].text());
    }
    read_names(root, record);
    const Cursor repeats = at["repeats"];
    std::uint64_t room = stored_samples_max;
    for (std::size_t i = 0; i < repeats.size() && !root.failed(); ++i)
        record.repeats.push_back(read_repeat(repeats[i], record, room));
    read_traces(root["traces"], record.traces);
    return record;
}

Provenance read_provenance(const Cursor& at) {
    Provenance from;
    from.place = static_cast<std::uint32_t>(at["place"].whole(1U << 20U));
    from.command = at["command"].text();
    const Cursor sources = at["sources"];
    for (std::size_t i = 0; i < sources.size() && !at.failed(); ++i)
        from.sources.push_back({sources[i]["name"].text(), sources[i]["text"].text()});
    const Cursor anchors = at["anchors"];
    for (std::size_t i = 0; i < anchors.size() && !at.failed(); ++i) {
        if (anchors[i].size() != 3) anchors[i].fail("path, file and line");
        if (at.failed()) break;
        from.anchors.push_back({anchors[i][std::size_t{0}].text(), anchors[i][1].text(),
                                static_cast<int>(anchors[i][2].whole(1U << 30U))});
    }
    const Cursor lint = at["lint"];
    for (std::size_t i = 0; i < lint.size() && !at.failed(); ++i) {
        const Cursor one = lint[i];
        Problem problem{.code = one["code"].text(), .message = one["message"].text()};
        problem.hint = one["hint"].text();
        const Cursor notes = one["notes"];
        for (std::size_t n = 0; n < notes.size(); ++n) problem.notes.push_back(notes[n].text());
        problem.where.file = one["file"].text();
        problem.where.line = static_cast<int>(one["line"].whole(1U << 30U));
        problem.where.column = static_cast<int>(one["column"].whole(1U << 30U));
        problem.severity = Severity::warning;
        from.lint.push_back(std::move(problem));
    }
    return from;
}

Problem problem_with(const std::string& name, std::string message) {
    Problem problem{.code = "E001", .message = std::move(message)};
    problem.where.file = name;
    problem.hint = "run it again with this version of shaketable";
    return problem;
}

}  // namespace

Result<StoredResult> read_result(const std::string& name, std::string_view text) {
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded())
        return Unexpected{problem_with(name, "expected a result.json, found what is not JSON")};
    Cursor::Failure failure;
    const Cursor root{json, failure};
    const std::string schema = root["schema"].text();
    if (failure.empty() && schema != result_schema)
        return Unexpected{problem_with(name, "expected the schema \"" + std::string{result_schema} +
                                                 "\", found \"" + schema + "\"")};
    StoredResult stored;
    stored.record = read_record(root);
    stored.provenance = read_provenance(root["provenance"]);
    const std::string canonical = root["provenance"]["canonical"].text();
    if (!failure.empty()) return Unexpected{problem_with(name, failure)};
    scenarios::ReadOptions options;
    options.may_read_files = false;
    options.skip_data_files = true;
    auto document = scenarios::read_text(name, canonical, options);
    if (!document || document->scenarios.size() != 1)
        return Unexpected{problem_with(
            name, "provenance.canonical: expected a scenario, found: " +
                      (document ? "several" : document.error().problems.front().message))};
    stored.scenario = std::move(document->scenarios.front());
    stored.scenario.variant = stored.record.variant;
    return stored;
}

}  // namespace shaketable::reports
