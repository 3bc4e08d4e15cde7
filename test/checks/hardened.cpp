// A program with a piece of code for each flag that test/checks/hardened looks for. Nothing runs it.
#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

// A buffer on the stack, larger than the guard page below it, and a copy whose length the compiler does not know.
std::size_t copy_to_the_stack(std::string_view text)
{
    char room[100'000];
    std::memcpy(room, text.data(), text.size());
    return static_cast<std::size_t>(room[text.size() / 2]);
}

}  // namespace

int main(int count, char** arguments)
{
    std::vector<std::string_view> const words{arguments, arguments + count};
    return static_cast<int>(copy_to_the_stack(words[static_cast<std::size_t>(count) / 2]));
}
