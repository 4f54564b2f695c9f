# Messages: the commands that read them, and the filter within a real Postfix.
repute_add_script_test(integration.mail_commands
  ${CMAKE_CURRENT_LIST_DIR}/mail/test_mail_commands.py LABELS integration)
repute_add_script_test(integration.report
  ${CMAKE_CURRENT_LIST_DIR}/mail/test_report.py LABELS integration)
repute_add_script_test(integration.common_phrases
  ${CMAKE_CURRENT_LIST_DIR}/mail/test_common_phrases.py LABELS integration)
# What fuzzing adds to this folder is no mail that two readers would have to agree on.
set(whole_messages alternative broken charsets nested plain report)
list(TRANSFORM whole_messages PREPEND ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/mail/)
repute_add_script_test(integration.mail_extraction
  ${PROJECT_SOURCE_DIR}/tests/acceptance/compare_extraction.py
  ARGS --repute ${PROJECT_BINARY_DIR}/bin/repute ${whole_messages}
  LABELS integration)
foreach(what statuses spoofed actions reload server_down server_slow parallel)
  repute_add_script_test(integration.postfix_${what}
    ${CMAKE_CURRENT_LIST_DIR}/mail/test_postfix.py ARGS ${what} LABELS integration)
endforeach()
repute_add_script_test(integration.exim
  ${CMAKE_CURRENT_LIST_DIR}/mail/test_exim.py LABELS integration)
# Fifty senders at once take both cores of a small machine; other tests measure time meanwhile.
set_tests_properties(integration.postfix_parallel PROPERTIES RUN_SERIAL TRUE)
