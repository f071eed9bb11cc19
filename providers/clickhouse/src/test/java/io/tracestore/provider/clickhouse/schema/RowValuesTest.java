package io.tracestore.provider.clickhouse.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.JsonValue;
import java.time.Instant;
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
}
