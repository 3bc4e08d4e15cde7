#include "web/message/json_reader.hpp"

#include "base/text_buffer.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace tokend {
namespace {

namespace json = boost::json;

constexpr std::array identifier_members{member::authentication_code, member::identifier, member::pass_code};

bool is_in_identifier(member m) noexcept
{
    return std::find(identifier_members.begin(), identifier_members.end(), m) != identifier_members.end();
}

}  // namespace

// Takes the events of Boost.JSON's parser. Returning false stops the parser.
class json_reader::events
{
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    explicit events(std::size_t max_body_bytes) : text_{max_body_bytes} {}

    void begin(json_limits const& limits, members& body)
    {
        forget();
        limits_ = limits;
        body_ = &body;
        keys_.reserve(limits.total_members);
        levels_.reserve(limits.depth);
    }
    void forget() noexcept
    {
        text_.wipe();
        keys_.clear();
        levels_.clear();
        piece_ = members_ = 0;
        coming_ = member::none;
    }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }

    bool on_object_begin(json::error_code& ec)
    {
        bool const known = coming_ == member::access_token_identifier;
        found({.type = known ? member_value::kind::object : member_value::kind::other});
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
        found({.type = member_value::kind::other});
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
        if (object.where == place::body && coming_ == member::none)
            body_->note_unknown(key);
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
            found({.type = member_value::kind::string, .text = text});
        coming_ = member::none;
        return true;
    }

    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, json::error_code& ec)
    {
        return scalar({.type = member_value::kind::integer, .number = number}, ec);
    }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code& ec) { return other(ec); }
    bool on_double(double, json::string_view, json::error_code& ec) { return other(ec); }
    bool on_bool(bool truth, json::error_code& ec)
    {
        return scalar({.type = member_value::kind::boolean, .truth = truth}, ec);
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
        auto const m = member_named(key);
        return is_in_identifier(m) ? member::none : m;
    }
    static member in_identifier(std::string_view key) noexcept
    {
        for (auto const m : identifier_members)
            if (name_of(m).substr(name_of(member::access_token_identifier).size() + 1) == key)
                return m;
        return member::none;
    }

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
    bool other(json::error_code& ec) { return scalar({.type = member_value::kind::other}, ec); }
    bool scalar(member_value const& value, json::error_code& ec)
    {
        if (levels_.empty())
            return fail(ec);
        found(value);
        coming_ = member::none;
        return true;
    }
    void found(member_value const& value) noexcept
    {
        if (coming_ != member::none)
            body_->set(coming_, value);
    }
    bool append(json::string_view s)
    {
        text_.append(std::string_view{s.data(), s.size()});
        return true;
    }
    // Returns the string or key whose parts were appended.
    std::string_view take_piece() noexcept
    {
        auto const piece = text_.view().substr(piece_);
        piece_ = text_.size();
        return piece;
    }

    json_limits limits_;
    members* body_ = nullptr;
    text_buffer text_;  // all keys and strings, decoded: never longer than the body, so the buffer does not move
    std::vector<std::string_view> keys_;  // of the objects that are open
    std::vector<level> levels_;           // objects and arrays that are open
    std::size_t piece_ = 0;               // where the current text begins in text_
    std::size_t members_ = 0;
    member coming_ = member::none;  // the member whose value comes next
};

struct json_reader::parser : json::basic_parser<events>
{
    using json::basic_parser<events>::basic_parser;
};

json_reader::json_reader(std::size_t max_body_bytes)
{
    json::parse_options options;
    options.max_depth = std::numeric_limits<std::size_t>::max();  // events::open() holds the limit
    parser_ = std::make_unique<parser>(options, max_body_bytes);
}

json_reader::~json_reader() { forget(); }

void json_reader::forget() noexcept { parser_->handler().forget(); }

result<void> json_reader::read(std::string_view text, json_limits const& limits, members& body)
{
    body.clear();
    parser_->reset();
    parser_->handler().begin(limits, body);
    json::error_code ec;
    auto const used = parser_->write_some(false, text.data(), text.size(), ec);
    if (ec || text.find_first_not_of(" \t\r\n", used) != text.npos)
    {
        body.clear();
        forget();
        return refusal{code::malformed_request, {}, ec ? ec.message() : "text behind the JSON object"};
    }
    return {};
}

}  // namespace tokend
