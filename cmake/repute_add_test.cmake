# Helpers for the test tree.
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
include(GoogleTest)

# Under sanitizers what is tested is instrumented and optimised; of the tests' own code addresses
# alone are watched. Instrumenting them, too, took three times as long as all of the product.
add_library(repute_test_code INTERFACE)
if(REPUTE_SANITIZE MATCHES "undefined")
  target_compile_options(repute_test_code INTERFACE -O0 -g1 -fno-sanitize=undefined)
endif()

# Builds all that the tests labelled "threads" need.
add_custom_target(threads_tests)

# repute_add_unit_test(NAME LIBS lib... SOURCES file... [LABELS label...])
# One GoogleTest binary per room of the tree. The label "threads" puts it into the TSan run.
function(repute_add_unit_test name)
  cmake_parse_arguments(arg "" "" "LIBS;SOURCES;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE
    repute_flags repute_test_code ${arg_LIBS} GTest::gtest_main rapidcheck)
  target_include_directories(${name} PRIVATE
    ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/server)
  target_compile_definitions(${name} PRIVATE
    REPUTE_SCHEMA_DIR="${PROJECT_SOURCE_DIR}/schema" REPUTE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # gtest_discover_tests() expands its properties several times on their way into the test file:
  # only a separator escaped for each of them arrives, ";" alone loses every label but the first.
  list(PREPEND arg_LABELS unit)
  list(JOIN arg_LABELS [[\\\\\\\\;]] labels)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "${labels}" TIMEOUT 300)
  if("threads" IN_LIST arg_LABELS)
    add_dependencies(threads_tests ${name})
  endif()
endfunction()

# repute_add_fuzz(NAME LIBS lib... [SEEDS dir-or-file...])
# tests/fuzz/fuzz_NAME.cpp defines LLVMFuzzerTestOneInput. With libFuzzer it is a fuzzer; otherwise
# support/fuzz_main.cpp replays corpus and seeds and a fixed number of seeded mutations, as a ctest.
function(repute_add_fuzz name)
  cmake_parse_arguments(arg "" "" "LIBS;SEEDS" ${ARGN})
  set(target fuzz_${name})
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_${name}.cpp)
  target_link_libraries(${target} PRIVATE repute_flags ${arg_LIBS})
  target_include_directories(${target} PRIVATE
    ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/server)
  if(REPUTE_LIBFUZZER)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  elseif(REPUTE_SANITIZE)
    # The preset "fuzz" runs it with the same sanitizers.
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
  else()
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/fuzz_main.cpp)
    add_test(NAME fuzz_smoke.${name}
      COMMAND ${target} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name} ${arg_SEEDS})
    set_tests_properties(fuzz_smoke.${name} PROPERTIES LABELS "fuzz-smoke" TIMEOUT 300)
  endif()
endfunction()

# repute_add_script_test(NAME script.py [ARGS...] [LABELS...]): a Python test that exits 0, or 77 to
# skip with a reason on its last line.
function(repute_add_script_test name script)
  cmake_parse_arguments(arg "" "" "ARGS;LABELS" ${ARGN})
  add_test(NAME ${name} COMMAND Python3::Interpreter ${script} ${arg_ARGS})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" SKIP_RETURN_CODE 77 TIMEOUT 300
    ENVIRONMENT "REPUTE_BIN_DIR=${PROJECT_BINARY_DIR}/bin;PYTHONDONTWRITEBYTECODE=1")
endfunction()
