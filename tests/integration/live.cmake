# What is said at run time. The counts are small here; the same scripts take larger ones by hand.
repute_add_script_test(integration.live_commands
  ${CMAKE_CURRENT_LIST_DIR}/test_live_commands.py LABELS integration)
repute_add_script_test(integration.live_kill
  ${CMAKE_CURRENT_LIST_DIR}/test_live_kill.py ARGS 20 LABELS integration)
repute_add_script_test(integration.live_history
  ${CMAKE_CURRENT_LIST_DIR}/test_live_history.py ARGS 3 LABELS integration)
