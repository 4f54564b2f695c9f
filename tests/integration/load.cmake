# The loader as its users start it.
foreach(what guards)
  repute_add_script_test(integration.load_${what}
    ${CMAKE_CURRENT_LIST_DIR}/test_load_${what}.py LABELS integration)
endforeach()
