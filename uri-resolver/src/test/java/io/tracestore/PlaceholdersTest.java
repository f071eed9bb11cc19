package io.tracestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreUri;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Placeholders are filled in once, with values that are taken as they are. */
class PlaceholdersTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("USER", "ann", "PW", "a%41&b=c", "EMPTY", "", "NESTED", "${env:USER}");

  @TempDir Path dir;

  @Test
  void variables_are_filled_in_wherever_they_stand() {
    StoreUri uri = fill("pg://${env:USER}:${env:PW}@h/d?flow=${env:USER}-${env:EMPTY}");

    assertThat(uri.body()).isEqualTo("//ann:a%41&b=c@h/d");
    assertThat(uri.options()).isEqualTo(Map.of("flow", "ann-"));
  }

  @Test
  void a_value_is_not_filled_in_again() {
    assertThat(fill("mem:${env:NESTED}").body()).isEqualTo("${env:USER}");
  }

  @Test
  void a_missing_variable_is_named() {
    assertThatThrownBy(() -> fill("pg://u:${env:NOPE}@h"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("environment variable NOPE is not set; the store's URI asks for it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pw", "pw\n", "pw\r\n", "pw\r"})
  void one_line_end_behind_a_files_text_is_left_out(String content) throws Exception {
    Path file = Files.writeString(dir.resolve("pw"), content);

    assertThat(fill("mem:${file:" + file + "}").body()).isEqualTo("pw");
  }

  @Test
  void only_one_line_end_is_left_out() throws Exception {
    Path file = Files.writeString(dir.resolve("pw"), " a\nb \n\n");

    assertThat(fill("mem:${file:" + file + "}").body()).isEqualTo(" a\nb \n");
  }

  @Test
  void a_files_name_may_be_any_that_options_can_give() throws Exception {
    Path file = Files.writeString(dir.resolve("a&b %41"), "pw");
    StoreUri uri = StoreUri.parse("mem:").withOptions(Map.of("password", "${file:" + file + "}"));

    assertThat(Placeholders.fillIn(uri, new Secrets(), ENVIRONMENT::get).options())
        .isEqualTo(Map.of("password", "pw"));
  }

  @Test
  void a_file_that_is_no_text_is_refused_by_name() throws Exception {
    Path file = Files.write(dir.resolve("pw"), new byte[] {(byte) 0xff});

    assertThatThrownBy(() -> fill("mem:${file:" + file + "}"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(
            "cannot read file '"
                + file
                + "', which the store's URI asks for: MalformedInputException");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"${PW}", "${}", "${ENV:PW}", "${vault:x}", "${env}", "${env:PW", "${", "x${ y"})
  void a_placeholder_of_no_known_kind_is_refused(String placeholder) {
    assertThatThrownBy(() -> fill("pg://u:" + placeholder + "@h/d"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(
            "unknown placeholder in 'pg://u:***@h/d'; known: ${env:NAME}, ${file:PATH}; a '$' as"
                + " such is written %24");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$", "$x", "{x}", "$$", "%24{env:USER}"})
  void other_dollar_signs_stay(String text) {
    StoreUri uri = StoreUri.parse("mem:" + text);

    assertThat(fill("mem:" + text)).isEqualTo(uri);
  }

  @Property
  void any_value_arrives_as_it_is(@ForAll String value) {
    if (value.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff)) {
      StoreUri uri = StoreUri.parse("pg://u:${env:X}@h?a=${env:X}&b=1");
      StoreUri filled = Placeholders.fillIn(uri, new Secrets(), name -> value);

      assertThat(filled.body()).isEqualTo("//u:" + value + "@h");
      assertThat(filled.options()).isEqualTo(Map.of("a", value, "b", "1"));
      assertThat(filled).hasToString("pg://u:***@h?a=${env:X}&b=1");
    }
  }

  private static StoreUri fill(String uri) {
    return Placeholders.fillIn(StoreUri.parse(uri), new Secrets(), ENVIRONMENT::get);
  }
}
