#include "injector/parts.h"

#include "injector/coding.h"

namespace shaketable::injector {

using reports::Event;
using reports::FlowSample;
using reports::FlowTotals;
using reports::Histogram;
using reports::NamedSpan;
using reports::Repeat;
using reports::RequestTime;
using reports::Segment;
using reports::ServiceSample;
using reports::ServiceTotals;
using reports::WideCount;
using reports::WideTime;

namespace {

// The fields of each type, once, for both directions: `io(field)` writes it or reads it.

struct Writer {
    Encoder out;
    template <class T>
    void operator()(const T& value) {
        out.put(value);
    }
    void operator()(const RequestTime& value) {
        out.put(static_cast<std::uint64_t>(value.count()));
        out.put(static_cast<std::int64_t>(value.count() >> 64));
    }
};

struct Reader {
    Decoder in;
    template <class T>
    void operator()(T& value) {
        if constexpr (std::is_same_v<T, Time>)
            value = in.get_time();
        else if constexpr (std::is_same_v<T, Duration>)
            value = in.get_duration();
        else if constexpr (std::is_same_v<T, RequestTime>)
            value = get_request_time();
        else
            value = in.get<T>();
    }
    RequestTime get_request_time() {
        const WideTime low = in.get<std::uint64_t>();
        const WideTime high = in.get<std::int64_t>();
        return RequestTime{high * (WideTime{1} << 64) + low};
    }
};

template <class Io, class Totals>
void counters_of_flow(Io& io, Totals& t) {
    io(t.started);
    for (auto& n : t.settled) io(n);
    io(t.attempts);
    io(t.sent);
    io(t.retries);
    io(t.hedges);
    io(t.late);
    for (auto& n : t.tries) io(n);
    io(t.duplicates);
    io(t.budget_denied);
    io(t.breaker_open);
}

template <class Io, class Totals>
void counters_of_service(Io& io, Totals& t) {
    io(t.arrived);
    io(t.admitted);
    for (auto& n : t.refused) io(n);
    io(t.completed);
    io(t.lost);
    io(t.cancelled);
    io(t.wasted);
    io(t.work);
    io(t.wasted_work);
    io(t.queue_time);
    io(t.busy_time);
    io(t.worker_time);
    io(t.in_system_time);
    io(t.sojourn);
    io(t.queue_max);
    io(t.busy_max);
    io(t.connections_max);
}

template <class Io, class Sample>
void fields_of_flow_sample(Io& io, Sample& s) {
    io(s.started);
    io(s.succeeded);
    io(s.failed);
    io(s.attempts);
    io(s.p50);
    io(s.p99);
}

template <class Io, class Sample>
void fields_of_service_sample(Io& io, Sample& s) {
    io(s.queue);
    io(s.busy);
    io(s.utilization);
    io(s.queue_max);
    io(s.in_hand_max);
    io(s.in_hand_min);
    io(s.arrived);
    io(s.refused);
    io(s.wasted);
    io(s.up);
}

void put(Writer& w, const Histogram& h) {
    w.out.put(static_cast<std::uint64_t>(h.sum_ns()));
    w.out.put(static_cast<std::uint64_t>(h.sum_ns() >> 64U));
    w.out.put(h.longest());
    w.out.put_count(h.filled().size());
    for (const auto& [bucket, count] : h.filled()) {
        w.out.put(bucket);
        w.out.put(count);
    }
}

Histogram get_histogram(Decoder& in) {
    Histogram h;
    const WideCount low = in.get<std::uint64_t>();
    const WideCount high = in.get<std::uint64_t>();
    h.add_exact(low | high << 64U, in.get_duration());
    const std::size_t filled = in.get_count(sizeof(std::uint32_t) + sizeof(std::uint64_t));
    for (std::size_t i = 0; i < filled; ++i) {
        const auto bucket = in.get<std::uint32_t>();
        const auto count = in.get<std::uint64_t>();
        if (bucket < reports::buckets::count)
            h.add(bucket, count);
        else
            in.fail();
    }
    return h;
}

void put(Writer& w, const Segment& segment) {
    w(segment.start);
    w(segment.end);
    w.out.put_count(segment.flows.size());
    for (const FlowTotals& flow : segment.flows) {
        counters_of_flow(w, flow);
        put(w, flow.latency);
    }
    w.out.put_count(segment.services.size());
    for (const ServiceTotals& service : segment.services) {
        counters_of_service(w, service);
        put(w, service.wait);
    }
}

Segment get_segment(Reader& r) {
    Segment segment;
    r(segment.start);
    r(segment.end);
    segment.flows.resize(r.in.get_count(64));
    for (FlowTotals& flow : segment.flows) {
        counters_of_flow(r, flow);
        flow.latency = get_histogram(r.in);
    }
    segment.services.resize(r.in.get_count(64));
    for (ServiceTotals& service : segment.services) {
        counters_of_service(r, service);
        service.wait = get_histogram(r.in);
    }
    return segment;
}

void put(Writer& w, const FlowSample& sample) {
    fields_of_flow_sample(w, sample);
}
void put(Writer& w, const ServiceSample& sample) {
    fields_of_service_sample(w, sample);
}
void get(Reader& r, FlowSample& sample) {
    fields_of_flow_sample(r, sample);
}
void get(Reader& r, ServiceSample& sample) {
    fields_of_service_sample(r, sample);
}

template <class Sample>
void put_row(Writer& w, const std::vector<Sample>& row) {
    w.out.put_count(row.size());
    for (const Sample& sample : row) put(w, sample);
}

template <class Sample>
void get_row(Reader& r, std::vector<Sample>& row) {
    row.resize(r.in.get_count(16));
    for (Sample& sample : row) get(r, sample);
}

template <class Sample>
void put_rows(Writer& w, const std::vector<std::vector<Sample>>& rows) {
    w.out.put_count(rows.size());
    for (const std::vector<Sample>& row : rows) put_row(w, row);
}

template <class Sample>
void get_rows(Reader& r, std::vector<std::vector<Sample>>& rows) {
    rows.resize(r.in.get_count(sizeof(std::uint32_t)));
    for (std::vector<Sample>& row : rows) get_row(r, row);
}

Problem unreadable(const char* what) {
    return problem_of("", "E198", std::string{what} + " of a process cannot be read", "");
}

}  // namespace

std::string encode_part(const Repeat& part) {
    Writer w;
    w.out.put_count(part.segments.size());
    for (const Segment& segment : part.segments) put(w, segment);
    w.out.put_count(part.spans.size());
    for (const NamedSpan& span : part.spans) {
        w.out.put_text(span.name);
        w(span.start);
        w(span.end);
    }
    put_rows(w, part.flow_samples);
    put_rows(w, part.service_samples);
    w.out.put_count(part.events.size());
    for (const Event& event : part.events) {
        w(event.at);
        w.out.put_text(event.what);
        w.out.put_text(event.subject);
        w.out.put_text(event.detail);
    }
    w(part.events_dropped);
    w.out.put_count(part.fault_hits.size());
    for (const std::uint64_t hits : part.fault_hits) w(hits);
    w(part.requests);
    w(part.in_flight);
    w(part.requests_in_flight_max);
    w(part.engine_events);
    w(part.fingerprint);
    return w.out.take();
}

Result<Repeat> decode_part(std::string_view bytes) {
    Reader r{Decoder{bytes}};
    Repeat part;
    part.segments.resize(r.in.get_count(24));
    for (Segment& segment : part.segments) segment = get_segment(r);
    part.spans.resize(r.in.get_count(20));
    for (NamedSpan& span : part.spans) {
        span.name = r.in.get_text();
        r(span.start);
        r(span.end);
    }
    get_rows(r, part.flow_samples);
    get_rows(r, part.service_samples);
    part.events.resize(r.in.get_count(20));
    for (Event& event : part.events) {
        r(event.at);
        event.what = r.in.get_text();
        event.subject = r.in.get_text();
        event.detail = r.in.get_text();
    }
    r(part.events_dropped);
    part.fault_hits.resize(r.in.get_count(sizeof(std::uint64_t)));
    for (std::uint64_t& hits : part.fault_hits) r(hits);
    r(part.requests);
    r(part.in_flight);
    r(part.requests_in_flight_max);
    r(part.engine_events);
    r(part.fingerprint);
    if (!r.in.ok()) return Unexpected{unreadable("the record")};
    return part;
}

std::string encode_sample(const LiveSample& sample) {
    Writer w;
    w(sample.at);
    put_row(w, sample.flows);
    put_row(w, sample.services);
    return w.out.take();
}

Result<LiveSample> decode_sample(std::string_view bytes) {
    Reader r{Decoder{bytes}};
    LiveSample sample;
    r(sample.at);
    get_row(r, sample.flows);
    get_row(r, sample.services);
    if (!r.in.ok()) return Unexpected{unreadable("a sample")};
    return sample;
}

}  // namespace shaketable::injector
