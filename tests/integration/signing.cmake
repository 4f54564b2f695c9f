# Signatures: keys and signed snapshots, bundles, the list of servers.
foreach(what signatures bundles server_list)
  repute_add_script_test(integration.${what}
    ${CMAKE_CURRENT_LIST_DIR}/test_${what}.py LABELS integration)
endforeach()
