# shaketable_library(NAME LINKS ...): the room NAME, of every .cc below the current folder.
# A room is its folder, so its sources are found, not listed; CONFIGURE_DEPENDS sees new ones.
function(shaketable_library name)
  cmake_parse_arguments(ARG "" "" "LINKS;PRIVATE_LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(shaketable_${name} STATIC ${sources})
  target_include_directories(shaketable_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(shaketable_${name} PUBLIC shaketable_flags ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
  shaketable_together(shaketable_${name})
endfunction()

# A dozen files of the target are compiled as one where SHAKETABLE_TOGETHER is on. Reading headers is most of the work of
# compiling a small file, and the compiler sees across files. Names in unnamed namespaces must then differ within a room.
# shaketable_together(TARGET [FILES]): so many instead of a dozen. Of a test program, half a dozen, for both processors.
function(shaketable_together target)
  if(SHAKETABLE_TOGETHER)
    list(APPEND ARGN 12)
    list(GET ARGN 0 files)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${files})
  endif()
endfunction()

# shaketable_test(NAME LINKS ...): one test program of every .cc in tests/NAME, with Catch2's own main.
# Catch2 (v2, one header) is slow to compile: its main is built once and its header is precompiled once.
function(shaketable_test name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_link_libraries(test_${name} PRIVATE shaketable_catch ${ARG_LINKS})
  target_precompile_headers(test_${name} REUSE_FROM shaketable_catch)
  shaketable_compile_quickly(test_${name})
  shaketable_together(test_${name} 6)
  target_compile_definitions(test_${name} PRIVATE SHAKETABLE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND test_${name})
endfunction()

# Tests spend their time in the rooms: -O1 for their own code, which takes a third less to compile than -O2.
function(shaketable_compile_quickly target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()
