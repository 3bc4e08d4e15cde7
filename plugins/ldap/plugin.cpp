#include "ldap/configuration.hpp"
#include "ldap/directory.hpp"
#include "ldap/engine.hpp"
#include "ldap/lateness.hpp"
#include "ldap/loop.hpp"

#include "tokend/plugin.hpp"

#include <exception>
#include <string>

namespace tokend::plugin {
namespace {

using namespace std::chrono;

// Converts a deadline to the plugin's clock. A question without a deadline gets a minute.
ldap::time_point deadline_of(std::int64_t deadline_ns)
{
    return ldap::now() + (deadline_ns == 0 ? nanoseconds{minutes{1}} : time_left(deadline_ns));
}

// Users and passwords in an LDAP directory. The host's threads post questions to the loop and never wait for it.
class ldap_backend
{
public:
    ldap_backend(options const& given, host to)
        : host_{to}, settings_{read(given)}, directory_{loop_.get_executor(), settings_, make_log(to)}
    {
        for (auto const& line : ldap::doubts(settings_))
            to.log(TOKEND_LOG_WARNING, line);
    }

    void start()
    {
        loop_.start();
        boost::asio::post(loop_.get_executor(), [this] { directory_.start(); });
    }
    void stop()
    {
        loop_.stop([this] {
            questions_.cancel_all();
            directory_.stop();
        });
    }

    void authenticate(question const& asked, tokend_ticket ticket)
    {
        ask(ticket, directory_.log_in(std::string{asked.name}, ldap::make_secret(asked.secret),
                                      deadline_of(asked.deadline_ns)));
    }
    void recheck(subject const& who, tokend_ticket ticket)
    {
        ask(ticket, directory_.check_again(std::string{who.username}, std::string{who.subject_id},
                                           deadline_of(who.deadline_ns)));
    }
    void explain(question const& asked, tokend_ticket ticket)
    {
        ask(ticket, directory_.explain(std::string{asked.name}, ldap::make_secret(asked.secret),
                                       deadline_of(asked.deadline_ns)));
    }
    void cancel(tokend_ticket ticket)
    {
        boost::asio::post(loop_.get_executor(), [this, ticket] { questions_.cancel(ticket); });
    }

    std::string health() { return directory_.trouble(); }

private:
    static ldap::settings read(options const& given)
    {
        ldap::prepare_libldap();
        return ldap::read_settings(given);
    }
    static ldap::log_sink make_log(host to)
    {
        return [to](ldap::severity s, std::string_view text) {
            to.log(s == ldap::severity::info ? TOKEND_LOG_INFO : TOKEND_LOG_WARNING, text);
        };
    }

    void ask(tokend_ticket ticket, ldap::task<ldap::finding> question)
    {
        boost::asio::post(loop_.get_executor(), [this, ticket, question = std::move(question)]() mutable {
            questions_.spawn(ticket, answer(ticket, std::move(question)));
            lateness_.watch();
        });
    }
    ldap::task<void> answer(tokend_ticket ticket, ldap::task<ldap::finding> question)
    {
        ldap::finding found;
        try
        {
            found = co_await std::move(question);
        }
        catch (std::exception const& e)  // cancelled, or out of memory
        {
            found.reason = e.what();
        }
        if (found.verdict == TOKEND_ACCEPT)
            host_.accept(ticket, found.who, found.told);
        else
            host_.refuse(ticket, found.verdict, found.reason, found.told);
    }

    host const host_;
    ldap::settings const settings_;
    ldap::loop loop_{"ldap:" + settings_.server.endpoints.front().host};
    ldap::directory directory_;
    ldap::task_group questions_{loop_.get_executor()};
    ldap::lateness lateness_{loop_.get_executor(), questions_, [to = host_](milliseconds late) {
                                 to.log(TOKEND_LOG_WARNING, "something held the plugin's loop for " +
                                                                std::to_string(late.count()) +
                                                                " ms, or the machine was too busy to run it");
                             }};
};

}  // namespace
}  // namespace tokend::plugin

TOKEND_PLUGIN(tokend::plugin::ldap_backend, {.name = "ldap",
                                             .version = TOKEND_VERSION,
                                             .kinds = tokend::plugin::kind::password,
                                             .options = tokend::plugin::ldap::option_table()})
