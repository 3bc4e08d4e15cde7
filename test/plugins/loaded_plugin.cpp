#include "plugins/loaded_plugin.hpp"

#include <dlfcn.h>

#include <array>
#include <chrono>
#include <stdexcept>

namespace tokend::test {
namespace {

std::string copy(tokend_string s) { return std::string(s.size != 0 ? s.data : "", s.size); }

std::vector<std::string> copy(tokend_string const* first, std::size_t count)
{
    std::vector<std::string> copies;
    for (std::size_t i = 0; i < count; ++i)
        copies.push_back(copy(first[i]));
    return copies;
}

tokend_plugin_descriptor const* load(char const* file)
{
    void* const library = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);  // kept for the life of the process, as tokend does
    if (library == nullptr)
        throw std::runtime_error{::dlerror()};
    return static_cast<tokend_plugin_descriptor const*>(::dlsym(library, "tokend_plugin"));
}

tokend_string view(std::string_view s) { return {s.data(), s.size()}; }

}  // namespace

loaded_plugin::loaded_plugin(char const* file, settings const& given, std::uint32_t host_flags)
    : descriptor_{load(file)}, host_{sizeof(tokend_host), TOKEND_ABI_MAJOR, TOKEND_ABI_MINOR, this, done, log, changed,
                                     host_flags}
{
    std::vector<tokend_option_value> values;
    for (std::size_t i = 0; i < descriptor_->option_count; ++i)
    {
        auto const* name = descriptor_->options[i].name;
        auto const set = given.find(name);
        values.push_back(set == given.end() ? tokend_option_value{name, 0, {nullptr, 0}, 0}
                                            : tokend_option_value{name, 1, view(set->second.text), set->second.number});
    }
    std::array<char, 512> error{};
    instance_ = descriptor_->create(values.data(), values.size(), &host_, error.data(), error.size());
    if (instance_ == nullptr || descriptor_->start(instance_, error.data(), error.size()) != 0)
        throw std::runtime_error{error.data()};
}

loaded_plugin::~loaded_plugin()
{
    descriptor_->stop(instance_);
    descriptor_->destroy(instance_);
}

answer loaded_plugin::ask(tokend_kind kind, std::string_view name, std::string_view secret)
{
    auto const ticket = next_++;
    tokend_question const question{sizeof question,
                                   static_cast<std::uint32_t>(kind),
                                   view(name),
                                   view(secret),
                                   view("ORG"),
                                   view(""),
                                   view("unix"),
                                   view("r1"),
                                   0};
    descriptor_->authenticate(instance_, &question, ticket);
    return answer_to(ticket);
}

answer loaded_plugin::recheck(std::string_view username, std::string_view subject_id)
{
    auto const ticket = next_++;
    tokend_subject const subject{sizeof subject, view(username), view(subject_id), view("ORG"), view("r1"), 0};
    descriptor_->recheck(instance_, &subject, ticket);
    return answer_to(ticket);
}

answer loaded_plugin::answer_to(tokend_ticket ticket) const
{
    std::lock_guard const guard{mutex_};
    return answers_.at(ticket);
}

std::string loaded_plugin::health()
{
    std::array<char, 512> text{};
    return descriptor_->health(instance_, text.data(), text.size()) == 1 ? std::string{} : text.data();
}

std::string loaded_plugin::reload()
{
    std::array<char, 512> error{};
    return descriptor_->reload(instance_, error.data(), error.size()) == 0 ? std::string{} : error.data();
}

std::string loaded_plugin::wait_for_log(std::size_t lines)
{
    std::unique_lock lock{mutex_};
    if (!logged_.wait_for(lock, std::chrono::minutes{1}, [&] { return log_.size() >= lines; }))
        throw std::runtime_error{"the plugin is silent"};
    return log_[lines - 1];
}

std::size_t loaded_plugin::log_lines() const
{
    std::lock_guard const guard{mutex_};
    return log_.size();
}

void loaded_plugin::wait_for_changes(std::size_t count)
{
    std::unique_lock lock{mutex_};
    if (!logged_.wait_for(lock, std::chrono::minutes{1}, [&] { return changes_ >= count; }))
        throw std::runtime_error{"the plugin does not say that its file has changed"};
}

std::size_t loaded_plugin::changes() const
{
    std::lock_guard const guard{mutex_};
    return changes_;
}

void loaded_plugin::changed(void* self)
{
    auto& me = *static_cast<loaded_plugin*>(self);
    std::lock_guard const guard{me.mutex_};
    ++me.changes_;
    me.logged_.notify_all();
}

void loaded_plugin::done(void* self, tokend_ticket ticket, tokend_answer const* what)
{
    auto& me = *static_cast<loaded_plugin*>(self);
    std::lock_guard const guard{me.mutex_};
    me.answers_[ticket] = {what->verdict,
                           what->flags,
                           copy(what->reason),
                           copy(what->username),
                           copy(what->subject_id),
                           copy(what->units, what->unit_count),
                           copy(what->default_unit),
                           copy(what->groups, what->group_count),
                           what->not_after};
}

void loaded_plugin::log(void* self, std::uint32_t, tokend_string text)
{
    auto& me = *static_cast<loaded_plugin*>(self);
    std::lock_guard const guard{me.mutex_};
    me.log_.push_back(copy(text));
    me.logged_.notify_all();
}

}  // namespace tokend::test
