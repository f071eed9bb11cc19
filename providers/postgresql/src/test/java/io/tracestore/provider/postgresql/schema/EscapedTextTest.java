package io.tracestore.provider.postgresql.schema;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Escaped texts are equal, and contain each other, exactly if the texts do. */
class EscapedTextTest {
  /** Mostly what is escaped and what codes are made of: that is where it could go wrong. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withCharRange('\0', '\5').withChars("ab").ofMaxLength(8);
  }

  @Property
  void noEscapedTextHasTheCharacterThatIsRefused(@ForAll("texts") String text) {
    assertThat(EscapedText.escape(text)).doesNotContain("\0");
  }

  @Property(tries = 5000)
  void textsThatDifferDifferEscaped(@ForAll("texts") String one, @ForAll("texts") String other) {
    assertThat(EscapedText.escape(one).equals(EscapedText.escape(other)))
        .isEqualTo(one.equals(other));
  }

  @Property(tries = 5000)
  void anEscapedTextContainsAnotherIfTheTextDoes(
      @ForAll("texts") String text, @ForAll("texts") String part) {
    String shortPart = part.substring(0, Math.min(2, part.length()));
    assertThat(EscapedText.escape(text).contains(EscapedText.escape(shortPart)))
        .isEqualTo(text.contains(shortPart));
  }

  @Property
  void anEscapedTextGivesBackTheText(@ForAll("texts") String text) {
    assertThat(EscapedText.unescape(EscapedText.escape(text))).isEqualTo(text);
  }

  @Property
  void textWithoutSuchCharactersStaysAsItIs(@ForAll String text) {
    String plain = text.replaceAll("[\0-\3]", "");
    assertThat(EscapedText.escape(plain)).isEqualTo(plain);
  }
}
