# Programs as a reader of the headers would write them, and the command, against a real reputed.
foreach(example blocking coroutine)
  add_executable(client_example_${example} ${CMAKE_CURRENT_LIST_DIR}/client_examples/${example}.cpp)
  target_link_libraries(client_example_${example}
    PRIVATE repute_flags repute_client repute_canon repute_seal)
endforeach()
foreach(what lookup ping stream examples)
  repute_add_script_test(integration.client_${what}
    ${CMAKE_CURRENT_LIST_DIR}/test_client_${what}.py LABELS integration)
endforeach()
