# Language, warnings and build kinds, in one place.
option(SHAKETABLE_TESTS "Build the tests" ON)
option(SHAKETABLE_BENCH "Build the benchmarks" OFF)
option(SHAKETABLE_TOGETHER "Compile a dozen files of a room as one: a full build takes a third of the time" OFF)
option(SHAKETABLE_FUZZ "Build the libFuzzer targets (clang only)" OFF)
set(SHAKETABLE_SANITIZE "" CACHE STRING "address, undefined, thread or a comma-separated list of them")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)  # None: only the flags that were asked for
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2")  # no NDEBUG: our checks stay on in every build

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(shaketable_flags INTERFACE)
# -ffp-contract=off: a fused multiply-add would give other bytes on other processors.
target_compile_options(shaketable_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
  -ffp-contract=off -fno-fast-math -fstack-protector-strong)
# What is linked is found at the start and then read-only (full RELRO).
target_link_options(shaketable_flags INTERFACE -Wl,-z,relro,-z,now)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns wrongly inside std::string and std::variant at -O2 and above, by the length of a constant even.
  target_compile_options(shaketable_flags INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-missing-field-initializers)
else()
  target_compile_options(shaketable_flags INTERFACE -Wno-missing-field-initializers)
endif()
if(SHAKETABLE_SANITIZE)
  target_compile_options(shaketable_flags INTERFACE
    -fsanitize=${SHAKETABLE_SANITIZE} -fno-omit-frame-pointer -g)
  target_link_options(shaketable_flags INTERFACE -fsanitize=${SHAKETABLE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND SHAKETABLE_SANITIZE MATCHES "undefined")
    # clang 14 cannot assemble coroutines with it ("Cannot represent a difference across sections").
    target_compile_options(shaketable_flags INTERFACE -fno-sanitize=function)
  endif()
endif()
if(SHAKETABLE_FUZZ)
  # All rooms, not the target alone: libFuzzer is blind in code that does not count its branches.
  target_compile_options(shaketable_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
