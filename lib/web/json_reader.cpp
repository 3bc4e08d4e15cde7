#include "web/json_reader.hpp"

#include "web/text_buffer.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace tokend {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, member_count> names{
    "token",
    "username",
    "password",
    "access_token_identifier",
    "access_token_identifier.authentication_code",
    "access_token_identifier.identifier",
    "access_token_identifier.pass_code",
    "organisation",
    "unit",
    "touch",
    "accessor",
    "all_others",
    "limit",
    "cursor",
};

constexpr std::array identifier_members{member::authentication_code, member::identifier, member::pass_code};

bool is_in_identifier(member m) noexcept
{
    return std::find(identifier_members.begin(), identifier_members.end(), m) != identifier_members.end();
}

member find(std::string_view name) noexcept
{
    return static_cast<member>(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace

std::string_view name_of(member m) noexcept
{
    return m == member::none ? std::string_view{} : names[static_cast<std::size_t>(m)];
}

// Events of Boost.JSON's parser. A false return stops it.
class json_reader::events
{
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    explicit events(std::size_t max_body_bytes) : text_{max_body_bytes} {}

    void begin(json_limits const& limits)
    {
        limits_ = limits;
        keys_.reserve(limits.total_members);
        levels_.reserve(limits.depth);
    }

    void reset() noexcept
    {
        text_.wipe();
        keys_.clear();
        levels_.clear();
        piece_ = members_ = 0;
        coming_ = member::none;
        present_ = 0;
    }
    json_value const& value(member m) const noexcept
    {
        static constexpr json_value absent;
        return (present_ & bit(m)) != 0 ? values_[static_cast<std::size_t>(m)] : absent;
    }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }

    bool on_object_begin(json::error_code& ec)
    {
        bool const known = coming_ == member::access_token_identifier;
        found({.type = known ? json_value::kind::object : json_value::kind::other});
        return open(levels_.empty() ? place::body : known ? place::identifier : place::elsewhere, ec);
    }
    bool on_object_end(std::size_t, json::error_code&)
    {
        keys_.resize(levels_.back().first_key);
        levels_.pop_back();
        return true;
    }
    bool on_array_begin(json::error_code& ec)
    {
        if (levels_.empty())
            return fail(ec);
        found({.type = json_value::kind::other});
        return open(place::elsewhere, ec);
    }
    bool on_array_end(std::size_t, json::error_code&)
    {
        levels_.pop_back();
        return true;
    }

    bool on_key_part(json::string_view s, std::size_t, json::error_code&) { return append(s); }
    bool on_key(json::string_view s, std::size_t, json::error_code& ec)
    {
        append(s);
        auto const key = take_piece();
        auto const& object = levels_.back();
        auto const first = keys_.begin() + static_cast<std::ptrdiff_t>(object.first_key);
        if (++members_ > limits_.total_members || static_cast<std::size_t>(keys_.end() - first) >= limits_.members ||
            std::find(first, keys_.end(), key) != keys_.end())
            return fail(ec);
        keys_.push_back(key);
        coming_ = object.where == place::body         ? top_level(key)
                  : object.where == place::identifier ? in_identifier(key)
                                                      : member::none;
        return true;
    }

    bool on_string_part(json::string_view s, std::size_t, json::error_code&) { return append(s); }
    bool on_string(json::string_view s, std::size_t, json::error_code& ec)
    {
        append(s);
        auto const text = take_piece();
        if (levels_.empty())
            return fail(ec);
        if (!text.empty())
            found({.type = json_value::kind::string, .text = text});
        coming_ = member::none;
        return true;
    }

    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, json::error_code& ec)
    {
        return scalar({.type = json_value::kind::integer, .number = number}, ec);
    }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code& ec) { return other(ec); }
    bool on_double(double, json::string_view, json::error_code& ec) { return other(ec); }
    bool on_bool(bool truth, json::error_code& ec)
    {
        return scalar({.type = json_value::kind::boolean, .truth = truth}, ec);
    }
    bool on_null(json::error_code& ec)
    {
        coming_ = member::none;
        return !levels_.empty() || fail(ec);
    }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

private:
    enum class place
    {
        body,
        identifier,
        elsewhere
    };
    struct level
    {
        place where;
        std::size_t first_key;
    };

    static member top_level(std::string_view key) noexcept
    {
        auto const m = find(key);
        return is_in_identifier(m) ? member::none : m;
    }
    static member in_identifier(std::string_view key) noexcept
    {
        for (auto const m : identifier_members)
            if (name_of(m).substr(name_of(member::access_token_identifier).size() + 1) == key)
                return m;
        return member::none;
    }

    static constexpr unsigned bit(member m) noexcept { return 1U << static_cast<unsigned>(m); }
    static bool fail(json::error_code& ec)
    {
        ec = json::error::syntax;
        return false;
    }
    bool open(place where, json::error_code& ec)
    {
        coming_ = member::none;
        if (levels_.size() >= limits_.depth)
            return fail(ec);
        levels_.push_back({where, keys_.size()});
        return true;
    }
    bool other(json::error_code& ec) { return scalar({.type = json_value::kind::other}, ec); }
    bool scalar(json_value const& value, json::error_code& ec)
    {
        if (levels_.empty())
            return fail(ec);
        found(value);
        coming_ = member::none;
        return true;
    }
    void found(json_value const& value) noexcept
    {
        if (coming_ == member::none)
            return;
        values_[static_cast<std::size_t>(coming_)] = value;
        present_ |= bit(coming_);
    }
    bool append(json::string_view s)
    {
        text_.append(std::string_view{s.data(), s.size()});
        return true;
    }
    // The string or key whose parts have been appended.
    std::string_view take_piece() noexcept
    {
        auto const piece = text_.view().substr(piece_);
        piece_ = text_.size();
        return piece;
    }

    json_limits limits_;  // of the current body
    text_buffer text_;    // all keys and strings, unescaped: never longer than the body, so it stays in its place
    std::vector<std::string_view> keys_;  // of the objects that are open
    std::vector<level> levels_;           // objects and arrays that are open
    std::size_t piece_ = 0;               // where the current one begins in text_
    std::size_t members_ = 0;
    member coming_ = member::none;  // whose value comes next
    std::array<json_value, member_count> values_{};
    unsigned present_ = 0;  // which of them are of this body, by bit()
};

struct json_reader::parser : json::basic_parser<events>
{
    using json::basic_parser<events>::basic_parser;
};

json_reader::json_reader(std::size_t max_body_bytes)
{
    json::parse_options options;
    options.max_depth = std::numeric_limits<std::size_t>::max();  // ours is exact, and that of each body
    parser_ = std::make_unique<parser>(options, max_body_bytes);
}

json_reader::~json_reader() { forget(); }

void json_reader::forget() noexcept { parser_->handler().reset(); }

void json_reader::read_nothing() { forget(); }

json_value const& json_reader::operator[](member m) const noexcept { return parser_->handler().value(m); }

result<void> json_reader::read(std::string_view body, json_limits const& limits)
{
    forget();
    parser_->handler().begin(limits);
    parser_->reset();
    json::error_code ec;
    auto const used = parser_->write_some(false, body.data(), body.size(), ec);
    if (ec || body.find_first_not_of(" \t\r\n", used) != body.npos)
    {
        forget();
        return refusal{code::malformed_request, {}, ec ? ec.message() : "text behind the JSON object"};
    }
    return {};
}

}  // namespace tokend
