package io.tracestore.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.view.Durations;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
  @Test
  void controlCharactersAreShownNotObeyed() {
    assertThat(Text.harmless("a\u001b[31mb\nc\td\u0000\u007f\u009b\u202e\u2028"))
        .isEqualTo("a␛[31mb␊c␉d␀␡\ufffd\ufffd\ufffd");
  }

  @Test
  void otherTextStaysAsItIs() {
    assertThat(Text.harmless("naïve 漢字 👩‍👧 é")).isEqualTo("naïve 漢字 👩‍👧 é");
  }

  @Test
  void wideCharactersTakeTwoColumns() {
    assertThat(Text.width("漢字a")).isEqualTo(5);
    assertThat(Text.width("e\u0301")).isEqualTo(1);
  }

  @Test
  void textIsCutBetweenCharacters() {
    assertThat(Text.fit("漢字漢字", 6)).isEqualTo("漢字…");
    assertThat(Text.fit("abcdef", 4)).isEqualTo("abc…");
    assertThat(Text.fit("abcd", 4)).isEqualTo("abcd");
  }

  @Test
  void paddingFillsTheColumnsExactly() {
    assertThat(Text.pad("漢", 4)).isEqualTo("漢  ");
    assertThat(Text.padLeft("abc", 5)).isEqualTo("  abc");
    assertThat(Text.width(Text.pad("漢字漢字", 6))).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0ns",
    "PT0.000000026S, 26ns",
    "PT0.000866S, 866us",
    "PT0.0012345S, 1.23ms",
    "PT0.0123S, 12.3ms",
    "PT1.5S, 1.50s",
    "PT42S, 42s",
    "PT2M5S, 2m05s",
    "PT3H7M, 3h07m",
    "PT49H, 2d01h",
    "PT-1S, -1s"
  })
  void durationsHaveThreeDigitsAndAUnit(Duration duration, String expected) {
    assertThat(Durations.format(duration)).isEqualTo(expected);
  }

  @Test
  void columnsOfATableAreAligned() {
    assertThat(new Table("A", "B").row("漢字", "1").row("x", "2\n").lines())
        .containsExactly("A     B", "漢字  1", "x     2␊");
  }

  @Test
  void aTableThatIsTooWideLosesItInItsFlexibleColumn() {
    assertThat(new Table().row("a-very-long-name-indeed", "12345").lines(20, 0))
        .containsExactly("a-very-long-…  12345");
  }
}
