// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Json.h"
#include "support/ShowString.h"

#include <QTest>

#include <limits>

using namespace millrace;

namespace
{

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

std::string errorOf(std::string_view text)
{
    const auto json = parseJson(text, "f");
    return json ? "no error" : json.error().message;
}

template <class T>
std::string errorOf(const Result<T>& result)
{
    return result ? "no error" : result.error().message;
}

} // namespace

class TestJson : public QObject
{
    Q_OBJECT
private slots:
    void accepts_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* text :
             {"null", "true", " [1, -2, 3.5, 1e10] ", "{}", R"({"a": {"a": [{"a": 1}]}, "b": []})",
              R"("\u00e9\ud83d\ude00")", "{\"\": \"\"}", "18446744073709551615", "-0"})
            QTest::newRow(text) << QByteArray(text);
    }
    void accepts()
    {
        QFETCH(QByteArray, text);
        const auto json = parseJson(text.toStdString(), "f");
        QCOMPARE(errorOf(json), std::string("no error"));
        QVERIFY(*json == Json::parse(text.toStdString()));
    }

    void keepsTheOrderOfKeys()
    {
        QCOMPARE(parseJson(R"({"z": 1, "a": 2, "m": 3})", "f").value().dump(),
                 std::string(R"({"z":1,"a":2,"m":3})"));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* name, const QByteArray& text, const char* message) {
            QTest::newRow(name) << text << QByteArray(message);
        };
        row("trailing garbage", "{} x",
            "f:1:4: not valid JSON: syntax error while parsing value - invalid literal; last read: "
            "'{} x'; expected end of input");
        row("trailing comma", "[1,]",
            "f:1:4: not valid JSON: syntax error while parsing value - unexpected ']'; expected "
            "'[', '{', or a literal");
        row("comment", "// hi\n1",
            "f:1:1: not valid JSON: syntax error while parsing value - invalid literal; last read: "
            "'/'");
        row("single quotes", "{'a': 1}",
            "f:1:2: not valid JSON: syntax error while parsing object key - invalid literal; last "
            "read: '{''; expected string literal");
        row("NaN", "[\n\n  NaN]",
            "f:3:3: not valid JSON: syntax error while parsing value - invalid literal; last read: "
            "'[<U+000A><U+000A>  N'");
        row("Infinity", "[Infinity]",
            "f:1:2: not valid JSON: syntax error while parsing value - invalid literal; last read: "
            "'[I'");
        row("out of range", "[-1e999]", "f:1:8: not valid JSON: number overflow parsing '-1e999'");
        row("not UTF-8", "\"\xff\"",
            "f:1:2: not valid JSON: syntax error while parsing value - invalid string: ill-formed "
            "UTF-8 byte; last read: '\"\xff'");
        row("duplicate key", "{\"a\": 1,\n  \"b\": {\"a\": 2, \"a\": 3}}",
            "f:2:19: the key \"a\" stands twice in one object");
        row("duplicate key with an escape", R"({"a": 1, "\u0061": 2})",
            "f:1:17: the key \"a\" stands twice in one object");
        row("duplicate key with a line break", R"({"a\nb": 1, "a\nb": 2})",
            "f:1:18: the key \"a\\nb\" stands twice in one object");
        row("65 lists", QByteArray(65, '['), "f:1:65: nested deeper than 64 levels");
        row("65 objects", QByteArray("{\"a\":").repeated(65),
            "f:1:321: nested deeper than 64 levels");
        row("a zero byte", QByteArray("[1\0]", 4), "f:1:3: not valid JSON: a zero byte");
        row("more behind a zero byte", QByteArray("{}\n\0{}", 6),
            "f:2:1: not valid JSON: a zero byte");
    }
    void refuses()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        QCOMPARE(errorOf({text.constData(), static_cast<std::size_t>(text.size())}),
                 message.toStdString());
    }

    void acceptsDepth64()
    {
        QCOMPARE(errorOf(std::string(64, '[') + std::string(64, ']')), std::string("no error"));
    }

    /// The same key may stand in every object of its own.
    void sameKeyInOtherObjects()
    {
        QCOMPARE(errorOf(R"([{"a": 1}, {"a": 2}, {"b": {"a": 1}, "a": 2}])"),
                 std::string("no error"));
    }

    void neverQuotesALongTokenWhole()
    {
        const std::string message = errorOf("\"" + std::string(1000000, 'x'));
        QVERIFY2(message.size() < 400, std::to_string(message.size()).c_str());
    }

    /// With a search for each key this would take minutes.
    void manyKeys()
    {
        std::string text = "{";
        for (int i = 0; i < 200000; ++i)
            text += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", i, i);
        text += "}";
        const auto json = parseJson(text, "f");
        QCOMPARE(errorOf(json), std::string("no error"));
        QCOMPARE(json->size(), std::size_t{200000});
    }

    void readerNamesItsPosition()
    {
        const Json json = Json::parse(R"({"layers": [{"name": "a"}, {"name": 3}], "n": 1.5})");
        const JsonReader root(json, "f.json");
        QCOMPARE(errorOf(root.required("stages")), std::string("f.json: \"stages\" is missing"));
        QVERIFY(!root.optional("stages"));
        const auto layers = root.required("layers").value().elements().value();
        QCOMPARE(layers[1].path(), std::string("f.json: layers[1]"));
        QCOMPARE(errorOf(layers[1].required("name").value().string()),
                 std::string("f.json: layers[1].name: a text is needed, not 3"));
        QCOMPARE(errorOf(layers[0].required("op")),
                 std::string("f.json: layers[0]: \"op\" is missing"));
        QCOMPARE(errorOf(layers[0].allowOnly({"op", "type"})),
                 std::string("f.json: layers[0]: unknown key \"name\"; allowed are: op, type"));
        QCOMPARE(errorOf(layers[0].allowOnly({"op", "name"})), std::string("no error"));
        QCOMPARE(errorOf(root.required("n").value().elements()),
                 std::string("f.json: n: a list is needed, not 1.5"));
        QCOMPARE(errorOf(root.required("n").value().required("x")),
                 std::string("f.json: n: an object is needed, not 1.5"));
        QCOMPARE(errorOf(root.required("n").value().boolean()),
                 std::string("f.json: n: true or false is needed, not 1.5"));
    }

    void integers_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("good");
        const auto row = [](const char* text, bool good) {
            QTest::newRow(text) << QByteArray(text) << good;
        };
        row("0", true);
        row("-5", true);
        row("3.0", true);
        row("1e3", true);
        row("9223372036854775807", true);
        row("9223372036854775808", false);
        row("18446744073709551615", false);
        row("-6", false);
        row("3.5", false);
        row("1e300", false);
        row("9007199254740994.0", false); // where a double skips whole numbers
        row("true", false);
        row("null", false);
        row("\"3\"", false);
        row("[3]", false);
    }
    void integers()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, good);
        const Json json = Json::parse(text.toStdString());
        QCOMPARE(JsonReader(json, "f").integer(-5, kMax).has_value(), good);
    }
    void integersSayTheirRange()
    {
        const Json json = Json::parse("[7, {\"a\": 1}]");
        QCOMPARE(errorOf(JsonReader(json[0], "f").integer(0, 6)),
                 std::string("f: a whole number from 0 to 6 is needed, not 7"));
        QCOMPARE(errorOf(JsonReader(json[0], "f").integer(8, kMax)),
                 std::string("f: a whole number >= 8 is needed, not 7"));
        QCOMPARE(errorOf(JsonReader(json[1], "f").integer(0, 6)),
                 std::string("f: a whole number from 0 to 6 is needed, not an object"));
    }

    void numbers()
    {
        QCOMPARE(JsonReader(Json(2.5), "f").number(0).value(), 2.5);
        QCOMPARE(JsonReader(Json(2), "f").number(0).value(), 2.0);
        QCOMPARE(errorOf(JsonReader(Json(-0.5), "f").number(0)),
                 std::string("f: a number >= 0 is needed, not -0.5"));
        QVERIFY(!JsonReader(Json("1"), "f").number(0));
        QVERIFY(!JsonReader(Json(std::numeric_limits<double>::infinity()), "f").number(0));
        QVERIFY(!JsonReader(Json(std::numeric_limits<double>::quiet_NaN()), "f").number(0));
    }

    void errorsAreOneShortLine()
    {
        const Json json = Json(std::string(5000, 'x') + "\nsecond line");
        const std::string message = errorOf(JsonReader(json, "f").integer(0, 1));
        QCOMPARE(message,
                 "f: a whole number from 0 to 1 is needed, not \"" + std::string(56, 'x') + "...");
        const std::string named =
            JsonReader(json, "f: a\nb\x01 " + std::string(5000, 'y')).error("no").value().message;
        QVERIFY(named.starts_with("f: a b  yyy"));
        QVERIFY(named.ends_with("yyy: no"));
        QVERIFY(named.size() < 1100);
        QVERIFY(std::none_of(named.begin(), named.end(), [](char c) { return c < ' '; }));
    }

    /// Cut between characters, not inside one.
    void longErrorsStayUtf8()
    {
        for (std::size_t blanks = 0; blanks < 4; ++blanks) {
            std::string text(blanks, 'a');
            for (int i = 0; i < 800; ++i)
                text += "\xe2\x82\xac";
            const std::string message = oneLine(text);
            QVERIFY(message.size() < text.size());
            QCOMPARE(QString::fromStdString(message).toStdString(), message);
            QVERIFY(!QString::fromStdString(message).contains(QChar::ReplacementCharacter));
        }
    }
};

QTEST_APPLESS_MAIN(TestJson)
#include "tst_json.moc"
