# The loader as its users start it.
repute_add_script_test(integration.load_guards
  ${CMAKE_CURRENT_LIST_DIR}/test_load_guards.py LABELS integration)
