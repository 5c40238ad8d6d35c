/// Compiles the steps of one endpoint into the program.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/program.h"
#include "scenarios/steps.h"

namespace shaketable::model {

class StepCompiler {
  public:
    /// `edge_of` gives the index of the edge of a `call` step; `service` owns the caches made here.
    StepCompiler(Program& program, std::uint32_t service,
                 std::function<std::uint32_t(const scenarios::Call&)> edge_of)
        : program_{program}, service_{service}, edge_of_{std::move(edge_of)} {}

    /// Returns the first instruction of an endpoint with these steps.
    std::uint32_t endpoint(const scenarios::Steps& steps);

    /// Names of the locks met so far, in order; their number is their index.
    [[nodiscard]] const std::vector<std::string>& locks() const noexcept { return locks_; }
    [[nodiscard]] std::uint32_t caches() const noexcept { return caches_; }
    [[nodiscard]] bool has_rows() const noexcept { return !tables_.empty(); }

  private:
    void steps(const scenarios::Steps& steps);
    void step(const scenarios::Work& work);
    void step(const scenarios::Wait& wait);
    void step(const scenarios::Call& call);
    void step(const scenarios::Parallel& parallel);
    void step(const scenarios::Any& any);
    void step(const scenarios::Choose& choose);
    void step(const scenarios::Cache& cache);
    void step(const scenarios::Lock& lock);
    void step(const scenarios::Unlock& unlock);
    void step(const scenarios::Optimistic& optimistic);
    void step(const scenarios::Loop& loop);
    void step(const scenarios::Reply& reply);
    void step(const scenarios::Fail& fail);
    void fork(const std::vector<scenarios::Steps>& branches, std::uint32_t need);

    std::uint32_t emit(Instruction instruction);
    std::uint32_t sampler(const Distribution& law);
    std::uint32_t lock_number(const std::string& name);
    std::uint32_t first_row(const scenarios::OptimisticSettings& table);
    [[nodiscard]] std::uint32_t here() const noexcept {
        return static_cast<std::uint32_t>(program_.code.size());
    }

    Program& program_;
    std::uint32_t service_;
    std::function<std::uint32_t(const scenarios::Call&)> edge_of_;
    std::vector<std::string> locks_;
    std::vector<std::pair<std::string, std::uint32_t>> tables_;  ///< name, first row
    std::uint32_t caches_ = 0;
};

}  // namespace shaketable::model
