# A client written from the wire page alone, and the acceptance run on feeds small enough for ctest.
repute_add_script_test(integration.python_client
  ${CMAKE_CURRENT_LIST_DIR}/test_python_client.py LABELS integration)
repute_add_script_test(integration.acceptance
  ${PROJECT_SOURCE_DIR}/tests/acceptance/run_acceptance.py
  ARGS --bin ${PROJECT_BINARY_DIR}/bin ${PROJECT_SOURCE_DIR}/tests/acceptance/sample_feeds
  LABELS integration)
