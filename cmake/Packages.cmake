# What the four packages for Debian hold, and what is said of them; `./dev package` makes them of the release build.
include_guard(GLOBAL)
set(debian ${CMAKE_SOURCE_DIR}/deploy/debian)
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "Starling's maintainers <maintainers@starling.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)

# starling_package(TARGET SECTION SUMMARY TEXT): the program with its documents; its Debian name is the target's. deploy/debian/TARGET holds
# maintainer scripts, where it has any.
function(starling_package target section summary text)
  if(NOT TARGET ${target})
    return()
  endif()
  install(TARGETS ${target} RUNTIME DESTINATION bin COMPONENT ${target})
  set(docs ${CMAKE_BINARY_DIR}/packages/${target})
  configure_file(${debian}/copyright.in ${docs}/copyright @ONLY)
  configure_file(${debian}/changelog.in ${docs}/changelog.Debian @ONLY)
  # Without the time of day, so that the same tree makes the same package.
  execute_process(COMMAND gzip -9nf ${docs}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
  install(FILES ${docs}/copyright ${docs}/changelog.Debian.gz DESTINATION share/doc/${target} COMPONENT ${target})
  string(TOUPPER ${target} TARGET)
  set(CPACK_COMPONENTS_ALL ${CPACK_COMPONENTS_ALL} ${target} PARENT_SCOPE)
  set(CPACK_DEBIAN_${TARGET}_PACKAGE_NAME ${target} PARENT_SCOPE)
  set(CPACK_DEBIAN_${TARGET}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_COMPONENT_${TARGET}_DESCRIPTION "${summary}\n${text}" PARENT_SCOPE)
  file(GLOB scripts ${debian}/${target}/*)
  set(CPACK_DEBIAN_${TARGET}_PACKAGE_CONTROL_EXTRA "${scripts}" PARENT_SCOPE)
endfunction()

starling_package(starlingd net "chat server that never loses an acknowledged message"
  "A message that was acknowledged is in a database, once and in order. One
process is a server; several are a cluster over PostgreSQL, behind HAProxy.")
starling_package(starlingctl net "command line of the Starling chat server"
  "Accounts, keys, backups, exports and the state of a server, for its
operator.")
starling_package(starling-loadsim net "load simulator of the Starling chat server"
  "Virtual users, real or simulated, and a verdict: was a message lost,
doubled or shown out of order?")
starling_package(starling net "desktop client of the Starling chat server"
  "Shows what it has without a server, and sends what was written without one
when it is back.")

set(deploy ${CMAKE_SOURCE_DIR}/deploy)
if(TARGET starlingd)
  set(CPACK_DEBIAN_STARLINGD_PACKAGE_DEPENDS systemd)
  set(CPACK_DEBIAN_STARLINGD_PACKAGE_RECOMMENDS "starlingctl")
  set(CPACK_DEBIAN_STARLINGD_PACKAGE_SUGGESTS "haproxy, postgresql, redis-server")
  file(GLOB units ${deploy}/systemd/*.service)
  install(FILES ${units} DESTINATION /lib/systemd/system COMPONENT starlingd)
  install(FILES ${deploy}/sysusers.d/starling.conf DESTINATION lib/sysusers.d COMPONENT starlingd)
  install(FILES ${deploy}/tmpfiles.d/starling.conf DESTINATION lib/tmpfiles.d COMPONENT starlingd)
  install(FILES ${deploy}/config/starling.toml DESTINATION /etc/starling COMPONENT starlingd)
  install(FILES ${deploy}/sysctl.d/60-starling.conf ${deploy}/haproxy/haproxy.cfg DESTINATION share/doc/starlingd/examples
    COMPONENT starlingd)
endif()
if(TARGET starling)
  install(FILES ${deploy}/desktop/starling.desktop DESTINATION share/applications COMPONENT starling)
  install(FILES ${CMAKE_SOURCE_DIR}/client-qt/ui/art/starling.svg DESTINATION share/icons/hicolor/scalable/apps COMPONENT starling)
endif()
# The modules that the pages import; dpkg-shlibdeps sees libraries alone.
set(CPACK_DEBIAN_STARLING_PACKAGE_DEPENDS
  "qml6-module-qtqml, qml6-module-qtqml-workerscript, qml6-module-qtquick, qml6-module-qtquick-templates")
set(CPACK_DEBIAN_STARLING_PACKAGE_RECOMMENDS "fonts-inter, fonts-noto-core, fonts-noto-color-emoji")
include(CPack)
