# tokend_add_plugin(NAME SOURCE...): builds NAME.so, a plugin of tokend that exports its descriptor alone. Does what
# CMake does for a library otherwise, so target_link_libraries() and install() work as usual.
function(tokend_add_plugin name)
  set(exports ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/exports.map)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE tokend::plugin)
  # A unique symbol of a template would be shared with other plugins.
  target_compile_options(${name} PRIVATE -fvisibility=hidden $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE -Wl,--version-script=${exports})
  set_target_properties(${name} PROPERTIES PREFIX "" LINK_DEPENDS ${exports})
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(CXX IN_LIST languages)
    target_compile_features(${name} PRIVATE cxx_std_20)
  endif()
endfunction()
