# The only ways to make a target here. Each takes NAME, then SOURCES (HEADERS for libraries) and DEPS.
#   starling_library(NAME HEADERS … SOURCES … DEPS … [PRIVATE_DEPS …])  -> starling_NAME, starling::NAME
#   starling_qt_library(NAME …)                                        -> the same, with Qt's meta-object compiler
#   starling_executable(NAME SOURCES … DEPS …)
#   starling_qml_module(NAME URI SOURCES … QML_FILES … [RESOURCES …] DEPS …)         -> starling_NAME, a static QML module; what uses it
#                                                                          links starling_NAMEplugin too
#   starling_test(NAME SOURCES … DEPS … [LABELS …] [POSTGRES])          -> GoogleTest cases in CTest, also labelled with
#                                                                          their folder of tests/; tests_LABEL builds them.
#                                                                          POSTGRES: they share a server that CTest
#                                                                          starts before (tests/support/postgres)
#   starling_bench(NAME SOURCES … DEPS …)                               -> Google Benchmark
#   starling_fuzz(NAME SOURCES … DEPS … [COVERS FILE…] [PLANTED BUG…])  -> libFuzzer, corpus in tests/fuzz/corpus/NAME;
#                                                                          ./dev fuzz reports its coverage of COVERS and
#                                                                          finds each planted bug. Without clang: a test
#                                                                          that replays the corpus and [MUTATIONS N]
include_guard(GLOBAL)
include(GNUInstallDirs)
include(GoogleTest)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(STARLING_CCACHE ccache)
if(STARLING_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths below the checkout are hashed as relative ones, so that every checkout and build directory shares the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${STARLING_CCACHE})
endif()
find_program(STARLING_MOLD mold)
if(STARLING_MOLD AND NOT STARLING_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

set(Python3_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "The interpreter that Debian's python3-… packages are for")

add_library(starling_flags INTERFACE)
target_include_directories(starling_flags INTERFACE ${CMAKE_SOURCE_DIR})
# To clang, what libstdc++ 12 does for std::stable_sort is deprecated.
target_compile_options(starling_flags INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wold-style-cast -Wcast-qual -Werror $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  -fno-omit-frame-pointer -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.
  -fstack-protector-strong -fstack-clash-protection -fcf-protection)
target_compile_definitions(starling_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(starling_flags INTERFACE -Wl,-z,relro,-z,now)
if(STARLING_MUTANTS)
  target_compile_definitions(starling_flags INTERFACE STARLING_MUTANTS=1)
endif()
if(STARLING_SANITIZE)
  # Instrumented code confuses GCC's flow analysis; ThreadSanitizer does not know fences, which only Asio uses.
  target_compile_options(starling_flags INTERFACE -fsanitize=${STARLING_SANITIZE} -fno-sanitize-recover=all
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-tsan>)
  target_link_options(starling_flags INTERFACE -fsanitize=${STARLING_SANITIZE})
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  target_compile_definitions(starling_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
if(STARLING_FUZZ)
  target_compile_options(starling_flags INTERFACE
    -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(starling_flags INTERFACE -fprofile-instr-generate)
endif()

function(starling_library name)
  cmake_parse_arguments(arg "" "" "HEADERS;SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target starling_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${arg_HEADERS})
    target_link_libraries(${target} PUBLIC starling_flags ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
  else()
    add_library(${target} INTERFACE)
    target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${arg_HEADERS})
    target_link_libraries(${target} INTERFACE starling_flags ${arg_DEPS})
  endif()
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  add_library(starling::${name} ALIAS ${target})
endfunction()

function(starling_qt_library name)
  starling_library(${name} ${ARGN})
  set_target_properties(starling_${name} PROPERTIES AUTOMOC ON)
endfunction()

function(starling_executable name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE starling_flags ${arg_DEPS})
  target_link_options(${name} PRIVATE -pie)
endfunction()

function(starling_qml_module name uri)
  cmake_parse_arguments(arg "NO_CACHEGEN" "" "SOURCES;QML_FILES;RESOURCES;DEPS" ${ARGN})
  # Compiling QML ahead spares a start some 100 ms and costs a build minutes: for what is shipped.
  set(cachegen)
  if(arg_NO_CACHEGEN OR NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    set(cachegen NO_CACHEGEN)
  endif()
  set(CMAKE_AUTOMOC ON)
  set(target starling_${name})
  qt_add_library(${target} STATIC)
  # The folder of a module below the build directory must be its URI's: qmlimportscanner and qmllint look there.
  string(REPLACE "." "/" folder ${uri})
  qt_add_qml_module(${target} URI ${uri} VERSION 1.0 RESOURCE_PREFIX /qt/qml
    OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/qml/${folder}
    SOURCES ${arg_SOURCES} QML_FILES ${arg_QML_FILES} RESOURCES ${arg_RESOURCES} ${cachegen})
  # No starling_flags: most of what is compiled here is generated, and not to our warnings.
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/art)
  target_link_libraries(${target} PUBLIC ${arg_DEPS})
endfunction()

function(starling_test name)
  if(NOT STARLING_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "POSTGRES" "" "SOURCES;DEPS;LABELS" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE starling_flags ${arg_DEPS} GTest::gmock GTest::gtest_main)
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_SOURCE_DIR}/tests OUTPUT_VARIABLE folder)
  string(REGEX REPLACE "/.*" "" folder "${folder}")
  # The list passes through seven readings between here and CTest, each of which eats a backslash.
  string(JOIN [[\\\\\\\;]] labels ${folder} ${arg_LABELS})
  set(shared)
  if(arg_POSTGRES)
    set(shared FIXTURES_REQUIRED postgres ENVIRONMENT STARLING_TEST_POSTGRES=${CMAKE_BINARY_DIR}/postgres-for-tests)
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST TEST_PREFIX ${name}.
    PROPERTIES TIMEOUT 300 LABELS "${labels}" ${shared})
  foreach(label ${folder} ${arg_LABELS})
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${name})
  endforeach()
endfunction()

# starling_planted(PROGRAM MUTANT TEST): with that bug planted, that test of a starling_test PROGRAM fails.
function(starling_planted name mutant test)
  if(NOT STARLING_MUTANTS OR NOT TARGET ${name})
    return()
  endif()
  get_target_property(sources ${name} SOURCES)
  set(planted ${CMAKE_SOURCE_DIR}/tests/planted.cpp)
  if(NOT planted IN_LIST sources)
    target_sources(${name} PRIVATE ${planted})
    target_link_libraries(${name} PRIVATE starling::base)
  endif()
  add_test(NAME ${name}.finds_${mutant} COMMAND ${name} --gtest_filter=*${test}*)
  set_tests_properties(${name}.finds_${mutant} PROPERTIES LABELS mutants TIMEOUT 60
    ENVIRONMENT STARLING_MUTANT=${mutant} PASS_REGULAR_EXPRESSION "FAILED  . [A-Za-z/]*${test}")
  add_dependencies(tests_mutants ${name})
endfunction()

function(starling_bench name)
  if(NOT STARLING_BENCH)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  find_package(benchmark REQUIRED)
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE starling_flags ${arg_DEPS} benchmark::benchmark)
endfunction()

function(starling_fuzz name)
  cmake_parse_arguments(arg "" "MUTATIONS" "SOURCES;DEPS;COVERS;PLANTED" ${ARGN})
  if(NOT arg_MUTATIONS)
    set(arg_MUTATIONS 100000)
  endif()
  set(planted ${CMAKE_SOURCE_DIR}/tests/fuzz/planted.cpp)
  if(STARLING_FUZZ)
    add_executable(${name} ${arg_SOURCES} ${planted})
    target_link_libraries(${name} PRIVATE starling_flags ${arg_DEPS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    list(JOIN arg_COVERS "\n" covers)
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/covers/${name} CONTENT "${covers}\n")
    list(JOIN arg_PLANTED "\n" mutants)
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/planted/${name} CONTENT "${mutants}\n")
  elseif(STARLING_TESTS)
    set(replay fuzz_${name} --mutations ${arg_MUTATIONS})
    set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
    add_executable(fuzz_${name} ${arg_SOURCES} ${planted} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cpp)
    target_link_libraries(fuzz_${name} PRIVATE starling_flags starling::base ${arg_DEPS})
    add_test(NAME fuzz.${name} COMMAND ${replay} ${corpus})
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
    if(STARLING_MUTANTS)
      foreach(mutant ${arg_PLANTED})
        add_test(NAME fuzz.${name}.finds_${mutant} COMMAND ${replay} --expect-abort ${corpus})
        set_tests_properties(fuzz.${name}.finds_${mutant} PROPERTIES
          LABELS "fuzz;mutants" TIMEOUT 120 ENVIRONMENT STARLING_MUTANT=${mutant})
      endforeach()
    endif()
    set(labels fuzz)
    if(STARLING_MUTANTS AND arg_PLANTED)
      list(APPEND labels mutants)
    endif()
    foreach(label ${labels})
      if(NOT TARGET tests_${label})
        add_custom_target(tests_${label})
      endif()
      add_dependencies(tests_${label} fuzz_${name})
    endforeach()
  endif()
endfunction()
