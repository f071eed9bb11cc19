package io.tracestore.spi.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tracestore.spi.StoreConfigurationException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store's URI is parsed into its parts and never shows a password. */
class StoreUriTest {
  private static final String SHAPE =
      "a store's URI is scheme:body?option=value, such as sqlite:traces.db";
  private static final String NAMES =
      "an option's name is made of letters, digits, '.', '_' and '-'; in a password, '?' is"
          + " written %3F and '&' %26";

  static Stream<Arguments> valid() {
    return Stream.of(
        arguments("mem:", "mem", "", Map.of()),
        arguments("mem:name", "mem", "name", Map.of()),
        arguments("mem:?maxTraces=5", "mem", "", Map.of("maxTraces", "5")),
        arguments("sqlite:x?y=1", "sqlite", "x", Map.of("y", "1")),
        arguments("sqlite:x?", "sqlite", "x", Map.of()),
        arguments("sqlite:x?y=", "sqlite", "x", Map.of("y", "")),
        arguments("sqlite:x?&y=1&&z=2&", "sqlite", "x", Map.of("y", "1", "z", "2")),
        arguments("sqlite:x?y=a=b", "sqlite", "x", Map.of("y", "a=b")),
        arguments("sqlite:x?y=a?b", "sqlite", "x", Map.of("y", "a?b")),
        arguments("sqlite:x?a.b_c-D9=1", "sqlite", "x", Map.of("a.b_c-D9", "1")),
        arguments("sqlite::memory:", "sqlite", ":memory:", Map.of()),
        arguments("sqlite:C:\\dir\\x.db", "sqlite", "C:\\dir\\x.db", Map.of()),
        arguments("sqlite:/a b/x.db", "sqlite", "/a b/x.db", Map.of()),
        arguments("sqlite:/a%20b/x.db", "sqlite", "/a b/x.db", Map.of()),
        arguments("sqlite:a+b?c=d+e", "sqlite", "a+b", Map.of("c", "d+e")),
        arguments("sqlite:50%25.db", "sqlite", "50%.db", Map.of()),
        arguments("sqlite:%2541", "sqlite", "%41", Map.of()),
        arguments("sqlite:a%3Fb%26c?d=e%26f", "sqlite", "a?b&c", Map.of("d", "e&f")),
        arguments("sqlite:x#y", "sqlite", "x#y", Map.of()),
        arguments(
            "sqlite:\u00fc\ud83d\ude00?a=%C3%BC",
            "sqlite", "\u00fc\ud83d\ude00", Map.of("a", "\u00fc")),
        arguments("sqlite:%F0%9F%98%80", "sqlite", "\ud83d\ude00", Map.of()),
        arguments("jdbc:sqlite:x.db", "jdbc:sqlite", "x.db", Map.of()),
        arguments("jdbc:sqlite::memory:", "jdbc:sqlite", ":memory:", Map.of()),
        arguments("redis-sentinel://a:1,b:2/0", "redis-sentinel", "//a:1,b:2/0", Map.of()),
        arguments("a+b.c-1:", "a+b.c-1", "", Map.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("valid")
  void a_uri_has_a_scheme_a_body_and_options(
      String text, String scheme, String body, Map<String, String> options) {
    StoreUri uri = StoreUri.parse(text);

    assertThat(uri.scheme()).isEqualTo(scheme);
    assertThat(uri.body()).isEqualTo(body);
    assertThat(uri.options()).isEqualTo(options);
    assertThat(uri).hasToString(text);
  }

  static Stream<Arguments> invalid() {
    return Stream.of(
        arguments("", SHAPE + ": ''"),
        arguments("mem", SHAPE + ": 'mem'"),
        arguments(":x", SHAPE + ": ':x'"),
        arguments("jdbc:", SHAPE + ": 'jdbc:'"),
        arguments("jdbc:sqlite", SHAPE + ": 'jdbc:sqlite'"),
        arguments("1a:x", SHAPE + ": '1a:x'"),
        arguments("MEM:x", SHAPE + ": 'MEM:x'"),
        arguments(" mem:x", SHAPE + ": ' mem:x'"),
        arguments("sql ite:x", SHAPE + ": 'sql ite:x'"),
        arguments("C:\\x.db", SHAPE + ": 'C:\\x.db'"),
        arguments("sqlite?x:y=1", SHAPE + ": 'sqlite?x:y=***'"),
        arguments("mem:?a", "an option is written name=value: 'mem:?a'"),
        arguments("mem:?=a", "an option is written name=value: 'mem:?=***'"),
        arguments("mem:?a=1&a=2", "option 'a' is given twice: 'mem:?a=1&a=2'"),
        arguments("mem:?a b=1", NAMES + ": 'mem:?a b=***'"),
        arguments("mem:?%61=1", NAMES + ": 'mem:?%61=***'"),
        arguments(
            "mem:100%",
            "the part after 'mem:' has an invalid percent escape; write a percent sign as %25"),
        arguments(
            "mem:%zz",
            "the part after 'mem:' has an invalid percent escape; write a percent sign as %25"),
        arguments(
            "mem:%ff",
            "the part after 'mem:' has an invalid percent escape; write a percent sign as %25"),
        arguments(
            "mem:%+1",
            "the part after 'mem:' has an invalid percent escape; write a percent sign as %25"),
        arguments(
            "mem:?a=%4", "option 'a' has an invalid percent escape; write a percent sign as %25"),
        arguments(
            "mem:x\n", "a control character is written as a percent escape, such as %0A: 'mem:x?'"),
        arguments("mem:\ud83d", "a store's URI has an unpaired surrogate: 'mem:\ud83d'"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalid")
  void anything_else_is_refused_with_the_reason(String text, String message) {
    assertThatThrownBy(() -> StoreUri.parse(text))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(message);
  }

  @Test
  void the_raw_body_keeps_its_escapes() {
    assertThat(StoreUri.parse("pg://u%40v:p@h/d").rawBody()).isEqualTo("//u%40v:p@h/d");
  }

  @Test
  void options_come_in_the_order_of_the_uri() {
    assertThat(StoreUri.parse("mem:?c=1&a=2&b=3").options().keySet())
        .containsExactly("c", "a", "b");
  }

  @ParameterizedTest
  @CsvSource({
    "pg://u:secret@h/d, pg://u:***@h/d",
    "pg://u:@h/d, pg://u:@h/d",
    "pg://:secret@h/d, pg://:***@h/d",
    "pg://u:se@cr@et@h/d, pg://u:***@h/d",
    "pg://u:se:cr:et@h/d, pg://u:***@h/d",
    "pg://u:se/cr/et@h/d, pg://u:***@h/d",
    "pg://u:se?cr?et@h/d, pg://u:***@h/d",
    "pg://u:se?cr&et=1@h/d, pg://u:***@h/d",
    "pg://u:${env:PW}@h/d, pg://u:***@h/d",
    "pg://me@corp:secret@h/d, pg://me@corp:***@h/d",
    "pg://me/you:secret@h/d, pg://me/you:***@h/d",
    "pg:/u:secret@h/d, pg:/u:***@h/d",
    "pg:u:secret@h/d, pg:u:***@h/d",
    "PG://u:secret@h/d, PG://u:***@h/d",
    "//u:secret@h/d, //u:***@h/d",
    "1pg://u:secret@h/d, 1pg://u:***@h/d",
    "jdbc:pg://u:secret@h/d, jdbc:pg://u:***@h/d",
    "pg://h/d?password=secret, pg://h/d?password=***",
    "pg://h/d?a=1&password=secret&b=2, pg://h/d?a=1&password=***&b=2",
    "pg://h/d?PASSWORD=secret, pg://h/d?PASSWORD=***",
    "pg://h/d?p%61ssword=secret, pg://h/d?p%61ssword=***",
    "pg://h/d?sslPassword=se@cret, pg://h/d?sslPassword=***",
    "pg://h/d?password=se?cr=et, pg://h/d?password=***",
    "pg://u:secret@h/d?password=terces, pg://u:***@h/d?password=***",
    "pg://h:5/d?password=se@cret, pg://h:***",
    "redis://secret@h:1/2, redis://***@h:1/2",
    "rediss://sec%40ret@h, rediss://***@h",
    "redis-sentinel://secret@h/0, redis-sentinel://***@h/0",
    "redis://u:secret@h, redis://u:***@h",
    "pg://me@h/d, pg://me@h/d",
    "mem:?apiToken=secret, mem:?apiToken=***",
    "sqlite:C:\\a@b.db, sqlite:C:\\a@b.db",
    "jdbc:sqlite:C:/a@b.db, jdbc:sqlite:C:/a@b.db",
    "sqlite:a@b.db?x=1, sqlite:a@b.db?x=1"
  })
  void passwords_are_hidden_in_any_text(String text, String shown) {
    assertThat(StoreUri.redact(text)).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password", "PASSWORD", "dbPasswd", "pwd", "passphrase", "clientSecret", "token",
        "accessToken", "credentials", "apiKey", "api_key", "accessKey", "privateKey", "sslkey"
      })
  void an_option_with_such_a_name_is_secret(String name) {
    assertThat(StoreUri.isSecretName(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "keyPrefix", "synchronous", "maxTraces", "compass", "ssl"})
  void an_option_with_another_name_is_not(String name) {
    assertThat(StoreUri.isSecretName(name)).isFalse();
  }

  @Test
  void a_uri_from_its_parts_takes_values_as_they_are() {
    StoreUri uri = StoreUri.of("sqlite", "a%20b", Map.of("x", "50% & ${env:HOME}\n"));

    assertThat(uri.body()).isEqualTo("a b");
    assertThat(uri.options()).containsExactly(Map.entry("x", "50% & ${env:HOME}\n"));
    assertThat(uri).hasToString("sqlite:a%20b?x=50%25 %26 %24{env:HOME}%0A");
  }

  @ParameterizedTest
  @CsvSource({"mem, a?b=c", "mem:a, b", "jdbc, sqlite:x"})
  void parts_that_would_become_other_parts_are_refused(String scheme, String rawBody) {
    assertThatThrownBy(() -> StoreUri.of(scheme, rawBody, Map.of()))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(
            "a scheme has no ':' and a body no '?', which is written %3F: '"
                + scheme
                + ":"
                + rawBody
                + "'");
  }

  @Test
  void more_options_may_be_added_and_keep_their_placeholders() {
    StoreUri uri = StoreUri.parse("pg://h/d?a=1").withOptions(Map.of("b", "${env:HOME}"));

    assertThat(uri).hasToString("pg://h/d?a=1&b=${env:HOME}");
    assertThat(StoreUri.parse("pg://h/d").withOptions(Map.of("b", "2")))
        .hasToString("pg://h/d?b=2");
    assertThat(uri.withOptions(Map.of())).isEqualTo(uri);
  }

  @Test
  void options_may_be_taken_away() {
    StoreUri uri = StoreUri.parse("pg://h/d?a=1&password=x&b=2");

    assertThat(uri.withoutOptions(Set.of("a"))).hasToString("pg://h/d?password=***&b=2");
    assertThat(uri.withoutOptions(Set.of("a")).options())
        .isEqualTo(Map.of("password", "x", "b", "2"));
    assertThat(uri.withoutOptions(Set.of("a", "b", "password")))
        .isEqualTo(StoreUri.parse("pg://h/d"));
    assertThat(uri.withoutOptions(Set.of("c"))).isSameAs(uri);
  }

  @Test
  void an_option_that_is_there_already_is_refused() {
    assertThatThrownBy(
            () -> StoreUri.parse("pg://h?password=x1").withOptions(Map.of("password", "x2")))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("option 'password' is given twice: 'pg://h?password=***&password=***'");
  }

  @Test
  void a_filled_in_value_is_taken_as_it_is_and_not_shown() {
    StoreUri uri = StoreUri.parse("pg://u:X@h/d?flow=X&a=1");
    StoreUri filled = uri.fillIn(Pattern.compile("X"), match -> "%41&b=2?$1\\@");

    assertThat(filled.options()).isEqualTo(Map.of("flow", "%41&b=2?$1\\@", "a", "1"));
    assertThat(filled.body()).isEqualTo("//u:%41&b=2?$1\\@@h/d");
    assertThat(filled).hasToString("pg://u:***@h/d?flow=X&a=1");
  }

  @Test
  void a_uri_without_a_match_stays_the_same() {
    StoreUri uri = StoreUri.parse("mem:x");

    assertThat(uri.fillIn(Pattern.compile("y"), match -> "z")).isSameAs(uri);
  }

  @Test
  void uris_with_the_same_parts_are_equal() {
    assertThat(StoreUri.parse("mem:x?a=1&b=2"))
        .isEqualTo(StoreUri.parse("mem:x?b=2&&a=1"))
        .hasSameHashCodeAs(StoreUri.parse("mem:x?b=2&&a=1"))
        .isNotEqualTo(StoreUri.parse("mem:x?a=1"))
        .isNotEqualTo(StoreUri.parse("mem:y?a=1&b=2"))
        .isNotEqualTo(StoreUri.parse("men:x?a=1&b=2"));
  }

  @Property
  void any_text_is_parsed_or_refused_in_one_line(@ForAll("texts") String text) {
    Throwable thrown = catchThrowable(() -> StoreUri.parse(text).body());

    if (thrown != null) {
      assertThat(thrown).isExactlyInstanceOf(StoreConfigurationException.class);
      assertThat(String.valueOf(thrown.getMessage()).chars()).noneMatch(Character::isISOControl);
    }
  }

  @Property
  void a_password_before_an_at_sign_never_appears(
      @ForAll("texts") String before,
      @ForAll("passwords") String password,
      @ForAll("texts") String after) {
    assertHidden("pg://" + before.replaceAll("[:]", "") + ":" + password + "@" + after, password);
    assertHidden("jdbc:pg://u:" + password + "@h/d?" + after, password);
  }

  @Property
  void the_value_of_a_secret_option_never_appears(
      @ForAll("texts") String before,
      @ForAll("passwords") String password,
      @ForAll("texts") String after) {
    String escaped = password.replace("&", "%26");
    assertHidden("pg:" + before + "?password=" + escaped + "&" + after, escaped);
  }

  private static void assertHidden(String text, String password) {
    String shown;
    try {
      shown = StoreUri.parse(text).toString();
    } catch (StoreConfigurationException e) {
      shown = String.valueOf(e.getMessage());
    }
    assertThat(shown).doesNotContain(password);
  }

  @Property
  void parts_and_options_come_back(
      @ForAll("schemes") String scheme,
      @ForAll("values") String body,
      @ForAll("options") Map<String, String> options) {
    StoreUri uri = StoreUri.of(scheme, StoreUri.percentEncode(body), options);

    assertThat(uri.scheme()).isEqualTo(scheme);
    assertThat(uri.body()).isEqualTo(body);
    assertThat(uri.options()).isEqualTo(options);
  }

  @Property
  void added_options_come_back(
      @ForAll("options") Map<String, String> options, @ForAll("options") Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.putAll(more);
    Map<String, String> added = new LinkedHashMap<>(more);
    added.keySet().removeAll(options.keySet());
    all.putAll(options);

    assertThat(StoreUri.of("mem", "", options).withOptions(added).options()).isEqualTo(all);
  }

  @Property
  void escaped_text_comes_back(@ForAll("values") String text) {
    assertThat(StoreUri.percentDecode(StoreUri.percentEncode(text), "it")).isEqualTo(text);
    assertThat(StoreUri.percentEncode(text)).matches("([A-Za-z0-9]|%[0-9A-F]{2})*");
  }

  @Test
  void text_with_an_unpaired_surrogate_is_not_escaped_to_something_else() {
    assertThatThrownBy(() -> StoreUri.percentEncode("\ud83d"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("text for a URI has an unpaired surrogate");
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> syntax =
        Arbitraries.strings().withChars("abc:/?&=@%+${}\\.# \n2F").ofMaxLength(30);
    return Arbitraries.oneOf(syntax, Arbitraries.strings().ofMaxLength(30));
  }

  /** Long and odd enough not to appear elsewhere by chance. */
  @Provide
  Arbitrary<String> passwords() {
    return Arbitraries.strings()
        .withChars("xyz@:/?&=%+$\\#")
        .ofMaxLength(12)
        .map(odd -> "pw-\u00a7" + odd + "\u00a7");
  }

  @Provide
  Arbitrary<String> schemes() {
    return Combinators.combine(
            Arbitraries.of("", "jdbc:"),
            Arbitraries.strings().withCharRange('a', 'i').ofMinLength(1).ofMaxLength(5))
        .as((jdbc, name) -> jdbc + name);
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.strings()
        .ofMaxLength(30)
        .filter(text -> text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff));
  }

  @Provide
  Arbitrary<Map<String, String>> options() {
    Arbitrary<String> names =
        Arbitraries.strings().withChars("abcAB19._-").ofMinLength(1).ofMaxLength(6);
    return Arbitraries.maps(names, values()).ofMaxSize(4);
  }
}
