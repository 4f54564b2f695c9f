# Libraries with their headers and package file are component "dev", programs component "runtime".
include(CMakePackageConfigHelpers)

set(repute_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/repute)
foreach(library schema seal canon client)
  set_target_properties(repute_${library} PROPERTIES EXPORT_NAME ${library})
  # A consumer does not see repute_flags, but the headers need the language level.
  target_compile_features(repute_${library} PUBLIC cxx_std_20)
  add_library(repute::${library} ALIAS repute_${library})
endforeach()
install(TARGETS repute_schema repute_seal repute_canon repute_client
  EXPORT reputeTargets COMPONENT dev
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
foreach(room schema schema/seal schema/canon client-lib)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${room}/include/
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
endforeach()

# For C and what speaks it: pkg-config tells where.
install(TARGETS repute_c LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  COMPONENT runtime NAMELINK_COMPONENT dev)
# Relative, so that the prefix may be chosen when installing.
file(RELATIVE_PATH REPUTE_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${PROJECT_SOURCE_DIR}/client-lib/repute.pc.in ${PROJECT_BINARY_DIR}/repute.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/repute.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

install(EXPORT reputeTargets NAMESPACE repute:: DESTINATION ${repute_package_dir} COMPONENT dev)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/reputeConfig.cmake.in
  ${PROJECT_BINARY_DIR}/reputeConfig.cmake INSTALL_DESTINATION ${repute_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/reputeConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/reputeConfig.cmake
        ${PROJECT_BINARY_DIR}/reputeConfigVersion.cmake
  DESTINATION ${repute_package_dir} COMPONENT dev)

foreach(program repute reputed repute-milter)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
  endif()
endforeach()
