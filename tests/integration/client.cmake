# Programs as a reader of the headers would write them, and the command, against a real reputed.
set(examples ${CMAKE_CURRENT_LIST_DIR}/client_examples)
add_executable(client_example_blocking ${examples}/blocking.cpp)
add_executable(client_example_callbacks ${examples}/callbacks.cpp)
add_executable(client_example_coroutine ${examples}/coroutine.cpp)
add_executable(client_example_c ${examples}/lookup.c)
target_link_libraries(client_example_c PRIVATE repute_c)
if(REPUTE_SANITIZE)
  target_link_options(client_example_c PRIVATE -fsanitize=${REPUTE_SANITIZE}) # as librepute.so is
endif()
foreach(example blocking callbacks coroutine)
  target_link_libraries(client_example_${example}
    PRIVATE repute_flags repute_client repute_canon repute_seal)
endforeach()
foreach(what lookup ping stream examples)
  repute_add_script_test(integration.client_${what}
    ${CMAKE_CURRENT_LIST_DIR}/test_client_${what}.py LABELS integration)
endforeach()
repute_add_script_test(integration.servers_status
  ${CMAKE_CURRENT_LIST_DIR}/test_servers_status.py LABELS integration)
add_executable(lookup_stream ${CMAKE_CURRENT_LIST_DIR}/proxy/lookup_stream.cpp)
target_link_libraries(lookup_stream PRIVATE repute_flags repute_client)
foreach(what killed_and_back stopped_server cut_off slow_server lossy_and_reordering
        rolling_restart stopped_client)
  repute_add_script_test(integration.client_faults_${what}
    ${CMAKE_CURRENT_LIST_DIR}/proxy/test_client_faults.py ARGS ${what} LABELS integration)
  # Lookups at a pace: what other tests take of the machine is not what they are about.
  set_tests_properties(integration.client_faults_${what} PROPERTIES RUN_SERIAL TRUE)
endforeach()
foreach(what killed_and_back cut_off slow_server lossy_and_reordering)
  repute_add_script_test(integration.client_faults_sealed_${what}
    ${CMAKE_CURRENT_LIST_DIR}/proxy/test_client_faults.py ARGS sealed ${what} LABELS integration)
  set_tests_properties(integration.client_faults_sealed_${what} PROPERTIES RUN_SERIAL TRUE)
endforeach()
repute_add_script_test(integration.sealed ${CMAKE_CURRENT_LIST_DIR}/test_sealed.py
  LABELS integration)
repute_add_script_test(integration.access_owner ${CMAKE_CURRENT_LIST_DIR}/test_access_owner.py
  LABELS integration)
repute_add_script_test(integration.core_dump ${CMAKE_CURRENT_LIST_DIR}/test_core_dump.py
  LABELS integration)
repute_add_script_test(integration.plain_is_told ${CMAKE_CURRENT_LIST_DIR}/test_plain_is_told.py
  LABELS integration)
repute_add_script_test(integration.remote_client
  ${CMAKE_CURRENT_LIST_DIR}/test_remote_client.py LABELS integration)
repute_add_script_test(integration.unit_file ${CMAKE_CURRENT_LIST_DIR}/test_unit_file.py
  LABELS integration)
if(NOT REPUTE_SANITIZE) # the unit is for what is installed; sanitizers do what it forbids
  repute_add_script_test(integration.unit_live ${CMAKE_CURRENT_LIST_DIR}/test_unit_live.py
    LABELS integration)
endif()
