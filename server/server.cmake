# query/ is pure: datagrams in, replies out. net/ and control/ bring sockets, files and threads.
repute_library(repute_query
  query/access_list.cpp query/network.cpp query/query_core.cpp query/reject_limiter.cpp
  query/sealed_gate.cpp query/session_cache.cpp query/source_check.cpp)
target_link_libraries(repute_query PUBLIC repute_schema repute_seal repute_store)

# DIR/access, for the daemon and for who manages it.
repute_library(repute_access access/clients_file.cpp)
target_link_libraries(repute_access
  PUBLIC repute_query PRIVATE repute_seal repute_toml fmt::fmt)

repute_library(repute_server
  net/mmsg_io.cpp net/reply_merger.cpp net/socket_address.cpp net/udp_socket.cpp net/worker.cpp
  control/access_files.cpp control/adopter.cpp control/command_line.cpp control/config.cpp
  control/control_request.cpp control/control_socket.cpp control/daemon.cpp
  control/database_watch.cpp control/demo.cpp control/live_commands.cpp control/live_request.cpp
  control/loader.cpp control/log.cpp control/report.cpp control/sandbox.cpp control/text_file.cpp
  control/service_manager.cpp control/worker_set.cpp)
target_link_libraries(repute_server
  PUBLIC repute_query Boost::headers Threads::Threads
  PRIVATE repute_access repute_seal repute_toml fmt::fmt CLI11::CLI11
    PkgConfig::SIMDJSON PkgConfig::SECCOMP)
target_compile_definitions(repute_server PRIVATE REPUTE_VERSION="${PROJECT_VERSION}")

add_executable(reputed main.cpp)
target_link_libraries(reputed PRIVATE repute_flags repute_server)
