package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreUri;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every part of a body is decoded once, in every backend. */
class ServerAddressTest {
  static Stream<Arguments> bodies() {
    return Stream.of(
        arguments("//", null, null, List.of("localhost"), null),
        arguments("//h", null, null, List.of("h"), null),
        arguments("//h/", null, null, List.of("h"), null),
        arguments("//h:1,i:2/d", null, null, List.of("h:1", "i:2"), "d"),
        arguments("//u@h/d", "u", null, List.of("h"), "d"),
        arguments("//:p@h/d", null, "p", List.of("h"), "d"),
        arguments("//u%40v:p%3A%2F@h/a%2Fb", "u@v", "p:/", List.of("h"), "a/b"),
        arguments("//u:p%2541@h/%2541", "u", "p%41", List.of("h"), "%41"),
        arguments("//127%2E0%2e0.1/d", null, null, List.of("127.0.0.1"), "d"),
        arguments("//h%3A1%2Ci%3A2/d", null, null, List.of("h:1", "i:2"), "d"),
        arguments("//[::1]:5/d", null, null, List.of("[::1]:5"), "d"),
        arguments("//[fe80::1%25eth0]/d", null, null, List.of("[fe80::1%eth0]"), "d"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bodies")
  void every_part_of_a_body_is_decoded_once(
      String body,
      @Nullable String user,
      @Nullable String password,
      List<String> hosts,
      @Nullable String database) {
    assertThat(parse("pg:" + body)).isEqualTo(new ServerAddress(user, password, hosts, database));
  }

  @Test
  void a_placeholder_may_stand_for_a_host_or_for_several_with_their_ports() {
    StoreUri uri =
        StoreUri.parse("pg://HOSTS/d")
            .fillIn(Pattern.compile("HOSTS"), match -> "127.0.0.1:7391,my-host_2:7392");

    assertThat(ServerAddress.parse(uri, "").hosts())
        .containsExactly("127.0.0.1:7391", "my-host_2:7392");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/h", "//a@b/c/d", "//a/b@c/d/e"})
  void anything_else_is_refused_with_the_syntax(String body) {
    assertThatThrownBy(() -> parse("pg:" + body))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageEndingWith(": write pg://HOST/DATABASE");
  }

  @Property
  void an_address_comes_back_from_the_body_that_it_writes(@ForAll("addresses") ServerAddress a) {
    assertThat(parse("pg:" + a.rawBody())).isEqualTo(a);
  }

  @ParameterizedTest
  @CsvSource({
    "h, h:9",
    "h:1, h:1",
    "[::1], [::1]:9",
    "[fe80::1%eth0]:65535, [fe80::1%eth0]:65535",
  })
  void a_host_without_a_port_gets_the_default(String host, String withPort) {
    assertThat(ServerAddress.withPort(host, 9)).isEqualTo(withPort);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ":1", "h:", "h:0", "h:65536", "::1", "a b", "a/b", "a?b", "a#b", "a%b", "u@h", "a,b",
        "a\nb", "[::1]x"
      })
  void a_host_that_is_none_is_refused(String host) {
    assertThatThrownBy(() -> ServerAddress.withPort(host, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a host is NAME or NAME:PORT");
  }

  private static ServerAddress parse(String uri) {
    return ServerAddress.parse(StoreUri.parse(uri), "pg://HOST/DATABASE");
  }

  @Provide
  Arbitrary<ServerAddress> addresses() {
    Arbitrary<String> texts =
        Arbitraries.strings().withChars("ab1%:@/?#[]${}, \u00fc\n").ofMinLength(1).ofMaxLength(8);
    Arbitrary<List<String>> hosts =
        Arbitraries.of("h", "127.0.0.1:7", "my-host_2", "[::1]:5", "[fe80::1%eth0]", "h\u00fc")
            .list()
            .ofMinSize(1)
            .ofMaxSize(3);
    return Combinators.combine(
            texts.injectNull(0.3), texts.injectNull(0.3), hosts, texts.injectNull(0.3))
        .as(ServerAddress::new);
  }
}
