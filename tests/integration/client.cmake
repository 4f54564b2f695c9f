# Programs as a reader of the headers would write them, and the command, against a real reputed.
set(examples ${CMAKE_CURRENT_LIST_DIR}/client_examples)
add_executable(client_example_blocking ${examples}/blocking.cpp)
add_executable(client_example_coroutine ${examples}/coroutine.cpp)
foreach(example blocking coroutine)
  target_link_libraries(client_example_${example}
    PRIVATE repute_flags repute_client repute_canon repute_seal)
endforeach()
foreach(what lookup ping stream examples)
  repute_add_script_test(integration.client_${what}
    ${CMAKE_CURRENT_LIST_DIR}/test_client_${what}.py LABELS integration)
endforeach()
