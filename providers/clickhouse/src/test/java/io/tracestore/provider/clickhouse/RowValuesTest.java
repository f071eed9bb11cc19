package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.JsonValue;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single values have the documented form in rows. */
class RowValuesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "any text",
        "0123456789abcdef",
        "0123456789ABCDEF",
        "0123456789abcdef0123456789abcdef",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "01890A5D-ac96-774b-bcce-b302099a8057",
        "+123456789abcdef",
        "01890a5d+ac96-774b-bcce-b302099a8057"
      })
  void aSpanIdIsKeptAsWritten(String span) {
    int form = SpanId.formOf(span);
    String text = form == SpanId.TEXT ? span : "";
    assertThat(SpanId.toText(form, SpanId.toId(form, span), text)).isEqualTo(span);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\"plain \u00e9\"", "\"a\\\"b\\\\\"", "1.0", "-0", "null", "[1]"})
  void anAttributeIsReadBackAsWritten(String json) {
    JsonValue value = JsonText.read(json);
    assertThat(JsonText.read(JsonText.write(value))).isEqualTo(value);
  }

  @Test
  void aTextThatLooksLikeJsonStaysAText() {
    for (String text : new String[] {"\"", "\"x\"", "\\", "1", "null", "\u0000"}) {
      assertThat(JsonText.read(JsonText.write(JsonValue.of(text)))).isEqualTo(JsonValue.of(text));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z,10956",
    "1999-12-31T23:59:59Z,10956",
    "2000-01-01T00:00:00Z,10957",
    "2026-03-01T23:59:59.999999999Z,20513",
    "2026-03-02T00:00:00Z,20514",
    "2099-12-31T23:59:59Z,47481",
    "2100-01-01T00:00:00Z,47482",
    "2262-04-11T23:47:16Z,47482"
  })
  void aTraceBelongsToTheDayOfItsStart(Instant start, int day) {
    assertThat(Day.of(EpochNanos.of(start))).isEqualTo(day);
  }

  @Test
  void revisionsGrowAlsoWhenTheClockDoesNot() {
    Revisions revisions = new Revisions(InstantSource.fixed(Instant.ofEpochSecond(1)));
    long first = revisions.next();
    assertThat(first / 1_024).isEqualTo(1_000_000_000L / 1_024);
    assertThat(revisions.next()).isEqualTo(first + 1_024);
  }

  @Test
  void aTraceThatAClockAheadWroteIsSurpassedAndTheOthersStayOnTime() {
    Revisions revisions = new Revisions(InstantSource.fixed(Instant.ofEpochSecond(1)));
    long now = revisions.next();
    assertThat(revisions.after(5_000_000_000L, now)).isBetween(5_000_000_001L, 5_000_001_024L);
    assertThat(revisions.after(0, now)).isEqualTo(now);
    assertThat(revisions.next()).isEqualTo(now + 1_024);
  }

  @Test
  void aFinishedHeaderSurpassesEveryOther() {
    long finished = Revisions.ofHeader(1, true);
    long running = Revisions.ofHeader(Long.MAX_VALUE, false);
    assertThat(Long.compareUnsigned(finished, running)).isPositive();
  }
}
