# What a DBA does with snapshots, without and with a running server.
foreach(what snapshots snapshots_served)
  repute_add_script_test(integration.${what}
    ${CMAKE_CURRENT_LIST_DIR}/test_${what}.py LABELS integration)
endforeach()
