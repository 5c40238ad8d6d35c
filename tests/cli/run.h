/// Runs the built program as a user would: in a folder of its own, with its own streams.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shaketable::test {

/// A fresh folder that goes away with the object.
class Folder {
  public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }
    [[nodiscard]] std::string operator/(const std::string& name) const {
        return (path_ / name).string();
    }
    /// Writes a file and returns its name, relative to the folder.
    std::string write(const std::string& name, const std::string& text) const;
    [[nodiscard]] std::string read(const std::string& name) const;
    [[nodiscard]] bool has(const std::string& name) const;

  private:
    std::filesystem::path path_;
};

struct How {
    std::vector<std::pair<std::string, std::string>> environment{};  ///< besides PATH
    std::string output{};      ///< a file for standard output instead; "closed" closes it
    bool on_terminal = false;  ///< standard error is a terminal
    /// No file may grow beyond so many bytes, as on a disk that is full; also a file that takes the
    /// output. A terminal may.
    std::optional<std::size_t> file_bytes_max{};
    /// A hang is as bad as a crash; generous, for builds with sanitizers on busy machines.
    unsigned seconds_max = 120;
};

struct Outcome {
    int code = 0;           ///< 128 + signal where it was killed; a hang is killed by SIGALRM
    std::string out;        ///<
    std::string err;        ///<
    long resident_kib = 0;  ///< the most; 0 with `on_terminal`
};

/// Runs shaketable in the folder. Standard input is empty.
[[nodiscard]] Outcome run(const Folder& folder, const std::vector<std::string>& arguments,
                          const How& how = {});
/// The same for any program of the system.
[[nodiscard]] Outcome run_program(const Folder& folder, std::vector<std::string> command,
                                  const How& how = {});

/// The text of a scenario that runs in a moment: web.get calls db.query; the fault `slow-db` and
/// three expectations that hold. `extra` is appended.
[[nodiscard]] std::string small_scenario(const std::string& extra = "");

}  // namespace shaketable::test
