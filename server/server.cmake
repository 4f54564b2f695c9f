# query/ is pure: datagrams in, replies out. net/ and control/ bring sockets, files and threads.
repute_library(repute_query query/query_core.cpp query/reject_limiter.cpp query/source_check.cpp)
target_link_libraries(repute_query PUBLIC repute_schema repute_store)
