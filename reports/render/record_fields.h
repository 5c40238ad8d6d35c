/// The columns of a record in result.json: one list for the writer and the reader.
#pragma once

#include <string_view>

#include "base/field.h"
#include "reports/record/record.h"

namespace shaketable::reports {

template <class T, class M>
struct Column {
    std::string_view name;
    M T::*member;
    bool only_if_any = false;  ///< left out where all of it is 0
};
template <class T, class M>
Column(std::string_view, M T::*) -> Column<T, M>;
template <class T, class M>
Column(std::string_view, M T::*, bool) -> Column<T, M>;

template <class T>
constexpr auto columns_of();

template <>
constexpr auto columns_of<FlowTotals>() {
    using F = FlowTotals;
    return fields_of(
        Column{"started", &F::started}, Column{"settled", &F::settled},
        Column{"attempts", &F::attempts}, Column{"sent", &F::sent}, Column{"retries", &F::retries},
        Column{"hedges", &F::hedges}, Column{"late", &F::late}, Column{"tries", &F::tries},
        Column{"duplicates", &F::duplicates, true}, Column{"budget_denied", &F::budget_denied},
        Column{"breaker_open", &F::breaker_open}, Column{"latency", &F::latency});
}
template <>
constexpr auto columns_of<ServiceTotals>() {
    using S = ServiceTotals;
    return fields_of(Column{"arrived", &S::arrived}, Column{"admitted", &S::admitted},
                     Column{"refused", &S::refused}, Column{"completed", &S::completed},
                     Column{"lost", &S::lost}, Column{"cancelled", &S::cancelled},
                     Column{"wasted", &S::wasted}, Column{"work", &S::work},
                     Column{"wasted_work", &S::wasted_work}, Column{"queue_time", &S::queue_time},
                     Column{"busy_time", &S::busy_time}, Column{"worker_time", &S::worker_time},
                     Column{"in_system_time", &S::in_system_time}, Column{"sojourn", &S::sojourn},
                     Column{"queue_max", &S::queue_max}, Column{"busy_max", &S::busy_max},
                     Column{"connections_max", &S::connections_max}, Column{"wait", &S::wait});
}
template <>
constexpr auto columns_of<FlowSample>() {
    using F = FlowSample;
    return fields_of(Column{"started", &F::started}, Column{"succeeded", &F::succeeded},
                     Column{"failed", &F::failed}, Column{"attempts", &F::attempts},
                     Column{"retries", &F::retries}, Column{"p50", &F::p50}, Column{"p90", &F::p90},
                     Column{"p99", &F::p99});
}
template <>
constexpr auto columns_of<ServiceSample>() {
    using S = ServiceSample;
    return fields_of(Column{"queue", &S::queue}, Column{"busy", &S::busy},
                     Column{"utilization", &S::utilization}, Column{"queue_max", &S::queue_max},
                     Column{"in_hand_max", &S::in_hand_max}, Column{"in_hand_min", &S::in_hand_min},
                     Column{"arrived", &S::arrived}, Column{"refused", &S::refused},
                     Column{"wasted", &S::wasted}, Column{"up", &S::up});
}

/// The plain counters of a repeat.
template <>
constexpr auto columns_of<Repeat>() {
    using R = Repeat;
    return fields_of(Column{"events_dropped", &R::events_dropped}, Column{"requests", &R::requests},
                     Column{"in_flight", &R::in_flight},
                     Column{"requests_in_flight_max", &R::requests_in_flight_max},
                     Column{"engine_events", &R::engine_events},
                     Column{"fingerprint", &R::fingerprint});
}

/// Calls `each(column)` for every column of T, in order.
template <class T, class Each>
constexpr void each_column(Each each) {
    columns_of<T>().each(each);
}

}  // namespace shaketable::reports
