#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/field.h"
#include "reports/render/formats.h"
#include "reports/render/json_writer.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;

/// A visit, and where it is drawn. Numbers from 1: Perfetto takes 0 for the idle process.
struct Slice {
    const Trace* trace = nullptr;
    std::size_t visit = 0, parent = 0;  ///< `parent`: number of the calling slice; its own: none
    Time start, end;
    std::uint32_t process = 0, lane = 0;
    [[nodiscard]] const Visit& at() const { return trace->visits[visit]; }
};

/// When the visit was last seen. Work done for a caller who had left is part of it.
Time end_of(const Visit& visit) {
    Time end = visit.sent;
    for (const Time t : {visit.arrived, visit.started, visit.ended})
        if (t != never) end = std::max(end, t);
    return end;
}

std::vector<Slice> slices_of(const Record& record) {
    std::vector<Slice> slices;
    for (const Trace& trace : record.traces) {
        const std::size_t first = slices.size();
        for (std::size_t v = 0; v < trace.visits.size(); ++v) {
            const Visit& visit = trace.visits[v];
            const std::size_t parent = v == 0 ? first : first + visit.parent;
            slices.push_back({&trace, v, parent, visit.sent, end_of(visit), 0, 0});
        }
    }
    return slices;
}

/// The lowest lane of its process that is free; in the order of time, so slices never overlap.
void assign_lanes(std::vector<Slice>& slices) {
    std::vector<std::size_t> order(slices.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return slices[a].start < slices[b].start;
    });
    std::map<std::uint32_t, std::vector<Time>> free_from;
    for (const std::size_t i : order) {
        Slice& slice = slices[i];
        std::vector<Time>& lanes = free_from[slice.process];
        const auto lane =
            std::find_if(lanes.begin(), lanes.end(), [&](Time t) { return t <= slice.start; });
        slice.lane = static_cast<std::uint32_t>(lane - lanes.begin()) + 1;
        if (lane == lanes.end())
            lanes.push_back(slice.end);
        else
            *lane = slice.end;
    }
}

double micros(Duration d) {
    return static_cast<double>(d.count()) / 1e3;
}

void begin(JsonWriter& json, std::string_view phase, const Slice& slice, Time at) {
    json.begin_object(Layout::compact).key("ph").text(phase);
    json.key("pid").whole(slice.process).key("tid").whole(slice.lane);
    json.key("ts").number(micros(at.time_since_epoch()));
}

void write_complete(JsonWriter& json, const Slice& slice, std::string_view name,
                    std::string_view category, Time from, Time to) {
    begin(json, "X", slice, from);
    json.key("dur").number(micros(to - from));
    json.key("name").text(name).key("cat").text(category);
}

void write_slice(JsonWriter& json, const Slice& slice) {
    const Visit& visit = slice.at();
    const bool root = slice.visit == 0;
    write_complete(json, slice,
                   root ? fmt::format("{} #{}", slice.trace->workload, slice.trace->ordinal)
                        : visit.service + "." + visit.endpoint,
                   is_success(visit.outcome) ? "ok" : "failed", slice.start, slice.end);
    json.key("args").begin_object().key("outcome").text(name_of(visit.outcome));
    json.key("try").whole(visit.attempt).key("replica").whole(visit.replica);
    json.key("request").whole(slice.trace->ordinal).key("kept as").text(slice.trace->why);
    json.end_object().end_object();
    if (root || visit.arrived == never) return;
    const Time served = visit.started != never ? visit.started : slice.end;
    if (served > visit.arrived) {
        write_complete(json, slice, "waits for a worker", "queue", visit.arrived, served);
        json.end_object();
    }
}

/// An arrow from the caller, when it sends, to the visit.
void write_arrow(JsonWriter& json, const std::vector<Slice>& slices, std::size_t index) {
    const Slice& slice = slices[index];
    if (slice.parent == index) return;
    for (const bool start : {true, false}) {
        begin(json, start ? "s" : "f", start ? slices[slice.parent] : slice, slice.start);
        json.key("id").whole(index).key("name").text("calls").key("cat").text("call");
        if (!start) json.key("bp").text("e");
        json.end_object();
    }
}

}  // namespace

std::string to_chrome_trace(const RunView& run) {
    std::vector<Slice> slices = slices_of(*run.record);
    std::map<std::string, std::uint32_t> processes;
    const auto name_of_process = [](const Slice& slice) {
        return slice.visit == 0 ? slice.trace->workload : slice.at().service;
    };
    for (const Slice& slice : slices) processes.try_emplace(name_of_process(slice), 0);
    std::uint32_t next = 0;
    for (auto& [name, number] : processes) number = ++next;
    for (Slice& slice : slices) slice.process = processes.at(name_of_process(slice));
    assign_lanes(slices);
    JsonWriter json;
    json.begin_object().key("displayTimeUnit").text("ms").key("traceEvents").begin_array();
    for (const auto& [name, number] : processes) {
        json.begin_object(Layout::compact).key("ph").text("M").key("pid").whole(number);
        json.key("name").text("process_name").key("args").begin_object().key("name").text(name);
        json.end_object().end_object();
    }
    for (std::size_t i = 0; i < slices.size(); ++i) {
        write_slice(json, slices[i]);
        write_arrow(json, slices, i);
    }
    json.end_array().end_object();
    return json.finish();
}

}  // namespace shaketable::reports
