#include "reports/render/service_table.h"

#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>

#include "reports/render/figures.h"

namespace shaketable::reports {

namespace {

using scenarios::Unit;

constexpr std::size_t services_most = 15;
constexpr std::size_t figures_width = 69;  ///< of the columns after service and window

std::vector<const WindowSummary*> shown_windows(const std::vector<WindowSummary>& windows) {
    std::vector<const WindowSummary*> shown;
    for (const WindowSummary& window : windows)
        if (window.kind == WindowKind::baseline || window.kind == WindowKind::fault ||
            window.kind == WindowKind::after)
            shown.push_back(&window);
    const bool any_fault = std::any_of(shown.begin(), shown.end(), [](const WindowSummary* w) {
        return w->kind == WindowKind::fault;
    });
    if (any_fault) return shown;
    shown.clear();
    for (const WindowSummary& window : windows)
        if (window.kind == WindowKind::run) shown.push_back(&window);
    return shown;
}

/// Rows of the services to show, in their order.
std::vector<std::size_t> shown_services(const Record& record,
                                        const std::vector<const WindowSummary*>& windows) {
    std::vector<std::size_t> rows(record.services.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    if (rows.size() <= services_most) return rows;
    const auto busiest = [&](std::size_t row) {
        double most = 0;
        for (const WindowSummary* window : windows)
            most = std::max(most, window->services[row].utilization.mean);
        return most;
    };
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::size_t a, std::size_t b) { return busiest(a) > busiest(b); });
    rows.resize(services_most);
    std::sort(rows.begin(), rows.end());
    return rows;
}

std::string row_of_figures(const ServiceSummary& service, const Paint& paint) {
    const CallSummary& in = service.inbound;
    std::string success = right(short_figure(in.success, Unit::share), 9);
    if (in.success.n > 0 && in.success.mean < 0.95) success = paint.red(success);
    std::string busy = right(short_figure(service.utilization, Unit::share), 7);
    if (service.utilization.mean >= 0.95) busy = paint.red(busy);
    std::string wasted = right(short_figure(service.wasted, Unit::share), 8);
    if (service.wasted.mean >= 0.05) wasted = paint.yellow(wasted);
    std::string tries = right(short_figure(in.attempts, Unit::ratio), 7);
    if (in.attempts.mean >= 1.5) tries = paint.yellow(tries);
    return right(short_figure(service.arrivals, Unit::per_second), 9) + success +
           right(short_figure(in.p50, Unit::seconds), 9) +
           right(short_figure(in.p99, Unit::seconds), 9) +
           right(short_figure(service.queue_max, Unit::count), 11) + busy + tries + wasted;
}

}  // namespace

std::string service_table(const Record& record, const std::vector<WindowSummary>& windows,
                          const TerminalStyle& style) {
    const Paint paint{style};
    const auto width = static_cast<std::size_t>(std::max(style.width, 80));
    const std::size_t names = width - 2 - figures_width;
    const std::size_t service_width = names / 2;
    const std::size_t window_width = names - service_width;
    const std::vector<const WindowSummary*> shown = shown_windows(windows);
    const std::vector<std::size_t> rows = shown_services(record, shown);

    std::string head = left("SERVICES", 2 + service_width) + left("WINDOW", window_width);
    constexpr std::array titles{std::pair{"RATE", 9},       std::pair{"SUCCESS", 9},
                                std::pair{"P50", 9},        std::pair{"P99", 9},
                                std::pair{"QUEUE MAX", 11}, std::pair{"BUSY", 7},
                                std::pair{"TRIES", 7},      std::pair{"WASTED", 8}};
    for (const auto& [title, columns_wide] : titles)
        head += right(title, static_cast<std::size_t>(columns_wide));
    std::string text = paint.bold(head) + "\n";
    for (const std::size_t row : rows) {
        bool first = true;
        for (const WindowSummary* window : shown) {
            const std::string name = first ? harmless(record.services[row]) : "";
            text +=
                "  " + left(left(name, service_width - 1, paint.ascii()), service_width) +
                left(left(harmless(window->name), window_width - 1, paint.ascii()), window_width) +
                row_of_figures(window->services[row], paint) + "\n";
            first = false;
        }
    }
    if (rows.size() < record.services.size())
        text += paint.dim(fmt::format(
                    "  and {} in the result file",
                    counted(record.services.size() - rows.size(), "less busy service"))) +
                "\n";
    return text;
}

}  // namespace shaketable::reports
