# cmake -DTO=FILE.cpp -P embed.cmake -- FILE...: writes the contents of these text files into a source that defines
# page_files() of page_files.hpp. A compiler need not take a literal of more than 65,536 characters.
set(rows "")
set(is_file FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  set(file "${CMAKE_ARGV${i}}")
  if(is_file)
    get_filename_component(name "${file}" NAME)
    file(READ "${file}" text)
    string(LENGTH "${text}" length)
    string(FIND "${text}" ")page\"" end)
    if(length GREATER 65000 OR NOT end EQUAL -1)
      message(FATAL_ERROR "${file}: is longer than 65000 characters, or holds )page\", which ends a literal")
    endif()
    string(APPEND rows "    {\"${name}\", R\"page(${text})page\"sv},\n")
  elseif(file STREQUAL "--")
    set(is_file TRUE)
  endif()
endforeach()
file(WRITE "${TO}" "// Made by embed.cmake.
#include \"web/page/page_files.hpp\"

using namespace std::literals;

namespace tokend {
namespace {

constexpr page_file all[] = {
${rows}};

}  // namespace

std::span<page_file const> page_files() noexcept { return all; }

}  // namespace tokend
")
