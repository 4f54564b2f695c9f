# One INTERFACE target carries language level, warnings and sanitizers; every target of the project
# links it privately, no consumer ever sees it.
add_library(repute_flags INTERFACE)
target_compile_features(repute_flags INTERFACE cxx_std_20)
target_compile_options(repute_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-align -Wimplicit-fallthrough -fno-strict-aliasing)
# GCC 12 sees impossible overlaps in std::string's operator+ when it optimises (GCC bug 105651), and
# impossible writes in fmt 9's join().
target_compile_options(repute_flags INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-stringop-overflow>)
# What is looked up in libraries is fixed at start: calls that look it up while they work leave the
# registers of the caller, which may hold keys, on the stack; and no write can redirect them.
target_link_options(repute_flags INTERFACE LINKER:-z,relro,-z,now)
if(REPUTE_WERROR)
  target_compile_options(repute_flags INTERFACE -Werror)
endif()
if(REPUTE_NATIVE)
  target_compile_options(repute_flags INTERFACE -march=native)
endif()

# "Sanitize" optimises, so that sanitized tests stay quick, and keeps asserts and frames.
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer" CACHE STRING "" FORCE)
# Asserts stay on in RelWithDebInfo: the loader must stop rather than publish nonsense.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O3 -g1" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O3 -g1" CACHE STRING "" FORCE)

if(REPUTE_SANITIZE)
  set(sanitizer_flags -fsanitize=${REPUTE_SANITIZE} -fno-sanitize-recover=all)
  if(REPUTE_SANITIZE MATCHES "address")
    list(APPEND sanitizer_flags -fsanitize-address-use-after-scope)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code makes GCC warn of what is not there: fences in Asio that TSan does not see
    # (its mutexes, which order what we hand over, it does), values that "may" be uninitialized.
    list(APPEND sanitizer_flags -Wno-tsan -Wno-maybe-uninitialized)
  endif()
  target_compile_options(repute_flags INTERFACE ${sanitizer_flags})
  target_link_options(repute_flags INTERFACE ${sanitizer_flags})
endif()
if(REPUTE_LIBFUZZER)
  target_compile_options(repute_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# repute_library(NAME SOURCES...): a static library with the house flags.
function(repute_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:repute_flags>)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF)
endfunction()
