/// What has been done to processes of the user's and must be undone, or was started and must end,
/// written down before it is done, so that whoever comes later can undo it.
///
/// One file per run in the runtime folder (`$XDG_RUNTIME_DIR/shaketable`, or `shaketable-UID` in
/// the folder for temporary files; mode 0700), one line per deed, each written and flushed to disk
/// before the deed. The file is made with the first of them and goes when nothing is left to undo.
/// A line is there whole or not at all, also where the disk is full.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "injector/cgroup.h"
#include "injector/descriptor.h"
#include "injector/process.h"

namespace shaketable::injector {

class Journal {
  public:
    /// The folder of all journals; made if it is missing.
    /// Errors: E001 it cannot be made, or belongs to somebody else.
    [[nodiscard]] static Result<std::string> folder();

    /// Of this process, which is the one to undo what it writes down.
    explicit Journal(const std::string& folder);
    /// Where the journal of a process is, if there is one.
    [[nodiscard]] static std::string path_of(const std::string& folder, pid_t owner);

    /// Says that the process will be stopped. False: it could not be written, so do not do it;
    /// `errno` says why.
    [[nodiscard]] bool will_stop(const ProcessId& process);
    void has_continued(const ProcessId& process);
    /// Says that commands will be started, which bear this mark (marked.h), and must end with the
    /// run. False: as above.
    [[nodiscard]] bool will_start(const std::string& mark);
    /// Says that a control group will be made, or a limit changed. False: as above.
    [[nodiscard]] bool will_limit(const QuotaDeed& deed);
    void has_released(const QuotaDeed& deed);
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    [[nodiscard]] bool open();
    [[nodiscard]] bool write(const std::string& line);
    Descriptor fd_;
    std::string path_;
    off_t size_ = 0;        ///< of its lines
    bool is_torn_ = false;  ///< half a line stands behind them
};

struct Undone {
    std::vector<std::string> done;    ///< sentences
    std::vector<std::string> failed;  ///< what may still be broken
    std::uint32_t running = 0;        ///< journals of runs that are still going on; left alone
};
/// Undoes what the journals in `folder` say was done by runs that are over, verifies it, and
/// removes them. What cannot be read or looked at has failed. Idempotent.
[[nodiscard]] Undone undo_all(const std::string& folder);
/// What is left to undo by one journal; its own run may still be alive.
[[nodiscard]] Undone undo(const std::string& path);

}  // namespace shaketable::injector
