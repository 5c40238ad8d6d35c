/// A folder of a test's own for what runs leave behind: journals go there while it lives.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

namespace shaketable::injector {

class RuntimeFolder {
  public:
    RuntimeFolder()
        : path_{(std::filesystem::temp_directory_path() / "shaketable-test-XXXXXX").string()} {
        REQUIRE(::mkdtemp(path_.data()) != nullptr);
        ::setenv("XDG_RUNTIME_DIR", path_.c_str(), 1);
    }
    ~RuntimeFolder() {
        ::unsetenv("XDG_RUNTIME_DIR");
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    RuntimeFolder(const RuntimeFolder&) = delete;
    RuntimeFolder& operator=(const RuntimeFolder&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] std::size_t journals() const {
        std::size_t count = 0;
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator{path("shaketable"), error})
            count += entry.path().extension() == ".journal";
        return count;
    }

  private:
    std::string path_;
};

}  // namespace shaketable::injector
