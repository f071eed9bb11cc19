package io.tracestore;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.config.StoreUri;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SecretsTest {
  private static final List<String> MESSAGE_WORDS =
      List.of("cannot", "reach", "the", "server", "at", "a", "I/O", "error", "27%", "end");

  /** The parts of a URI; the password may be any text. */
  record Parts(String user, String password, String host, String database) {
    StoreUri uri() {
      return StoreUri.parse(
          "pg://%s:%s@%s/%s".formatted(user, StoreUri.percentEncode(password), host, database));
    }
  }

  @Provide
  Arbitrary<Parts> parts() {
    Arbitrary<String> word =
        Arbitraries.strings().withCharRange('a', 'f').ofMinLength(1).ofMaxLength(8);
    Arbitrary<String> password =
        Arbitraries.oneOf(
            word,
            Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(12),
            Arbitraries.of("a", "e", "I", "or", "cannot", "27%", "pässwörd", "@", "a:b@c/d?e"));
    return Combinators.combine(word, password.filter(SecretsTest::hasWord), word, word)
        .as(Parts::new);
  }

  /**
   * A password without letters and digits cannot be distinguished from the punctuation of the
   * message.
   */
  private static boolean hasWord(String password) {
    return password.chars().anyMatch(Character::isLetterOrDigit)
        && password.chars().noneMatch(Character::isISOControl);
  }

  @Property
  void no_password_appears_and_every_other_word_does(@ForAll("parts") Parts parts) {
    StoreUri uri = parts.uri();
    String words =
        MESSAGE_WORDS.stream()
            .filter(word -> !word.contains(parts.password()))
            .collect(Collectors.joining(" "));
    String message =
        "%s pg://%s:%s@%s/%s; %s"
            .formatted(uri, parts.user(), parts.password(), parts.host(), parts.database(), words);

    String shown = hide(uri, message);

    assertThat(shown)
        .isEqualTo(
            "%s pg://%s:***@%s/%s; %s"
                .formatted(uri, parts.user(), parts.host(), parts.database(), words));
  }

  @Property
  void a_quoted_password_does_not_appear_unless_the_uri_shows_the_word_anyway(
      @ForAll("parts") Parts parts) {
    String publicWords = parts.uri().toString();
    if (Arrays.asList(publicWords.split("[^\\p{L}\\p{N}_-]+")).contains(parts.password())) {
      return;
    }

    assertThat(hide(parts.uri(), "tried '" + parts.password() + "'")).isEqualTo("tried '***'");
  }

  @Example
  void a_short_password_does_not_eat_the_message() {
    StoreUri uri = StoreUri.parse("pg://me:e@h/d");

    assertThat(hide(uri, "pg://me:***@h/d: the server refused 'e'"))
        .isEqualTo("pg://me:***@h/d: the server refused '***'");
  }

  @Example
  void a_user_who_is_the_own_password_stays_readable() {
    StoreUri uri = StoreUri.parse("postgresql://postgres:postgres@h/postgres");

    assertThat(hide(uri, "postgresql://postgres:postgres@h/postgres: no database \"postgres\""))
        .isEqualTo("postgresql://postgres:***@h/postgres: no database \"postgres\"");
  }

  @Example
  void a_redis_password_whose_colon_was_forgotten_is_hidden() {
    StoreUri uri = StoreUri.parse("redis://hunter2@h:1/0");

    assertThat(uri).hasToString("redis://***@h:1/0");
    assertThat(hide(uri, "redis://hunter2@h:1: the user hunter2 needs a password"))
        .isEqualTo("redis://***@h:1: the user *** needs a password");
  }

  @Example
  void a_user_of_another_server_is_shown() {
    StoreUri uri = StoreUri.parse("postgresql://me@h/d");

    assertThat(hide(uri, uri + ": no such user: me"))
        .isEqualTo("postgresql://me@h/d: no such user: me");
  }

  @Example
  void a_secret_option_is_hidden_in_each_spelling() {
    StoreUri uri = StoreUri.of("fake", "x", Map.of("apiToken", "a b&c"));

    assertThat(hide(uri, "?apiToken=a b&c, a+b%26c, a%20b%26c"))
        .isEqualTo("?apiToken=***, ***, ***");
  }

  private static String hide(StoreUri uri, String message) {
    Secrets secrets = new Secrets();
    secrets.addAllOf(uri);
    return String.valueOf(secrets.hideIn(new TraceStoreException(message, null)).getMessage());
  }
}
