package io.tracestore.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.spi.CorruptDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each error tells line, column, field, what was expected and what was found. */
class ReflowJsonErrorsTest {
  /** The file with {@code was} replaced by {@code is}. */
  private static String changed(String was, String is) {
    String file = ReflowFilesTest.fileOfTheFirstGeneration();
    assertThat(file).contains(was);
    return file.replaceFirst(
        java.util.regex.Pattern.quote(was), java.util.regex.Matcher.quoteReplacement(is));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"cpu_usage_percent\": 0.0|\"cpu_usage_percent\": true|line 33, column 32, events[0].data.performance_metrics.cpu_usage_percent: expected a number, found true",
        "\"cpu_usage_percent\": 0.0|\"cpu_usage_percent\": NaN|line 33, column 32, events[0].data.performance_metrics.cpu_usage_percent: expected a number, found NaN",
        "\"cpu_usage_percent\": 0.0|\"cpu_usage_percent\": 1e39|line 33, column 32, events[0].data.performance_metrics.cpu_usage_percent: expected a number that a 32-bit float holds, found 1e39",
        "\"throughput_msgs_per_sec\": 0.0|\"throughput_msgs_per_sec\": -1e999|line 35, column 38, events[0].data.performance_metrics.throughput_msgs_per_sec: expected a number that a 64-bit float holds, found -1e999",
        "9223372036854775807|9223372036854775808|line 60, column 25, events[1].data.message.size_bytes: expected a whole number from 0 to 9223372036854775807, found 9223372036854775808",
        "\"queue_depth\": 0|\"queue_depth\": -1|line 34, column 26, events[0].data.performance_metrics.queue_depth: expected a whole number from 0 to 9223372036854775807, found -1",
        "\"queue_depth\": 0|\"queue_depth\": -0|line 34, column 26, events[0].data.performance_metrics.queue_depth: expected a whole number from 0 to 9223372036854775807, found -0",
        "\"queue_depth\": 0|\"queue_depth\": 1.0|line 34, column 26, events[0].data.performance_metrics.queue_depth: expected a whole number from 0 to 9223372036854775807, found 1.0",
        "4294967295|4294967296|line 7, column 14, version.minor: expected a whole number from 0 to 4294967295, found 4294967296",
        "127|256|line 64, column 13, events[1].data.message.serialized_data[1]: expected a byte (0 to 255), found 256",
        "127|-1|line 64, column 13, events[1].data.message.serialized_data[1]: expected a byte (0 to 255), found -1",
        "127|\"7\"|line 64, column 13, events[1].data.message.serialized_data[1]: expected a byte (0 to 255), found \"7\"",
        "\"actor_id\": \"loader\"|\"actor_id\": 7|line 24, column 19, events[0].actor_id: expected a string, found 7",
        "\"flow_id\": \"etl|\"flow_id\": {}, \"x\": \"|line 3, column 14, flow_id: expected a string, found an object",
        "2025-02-01T12:34:56.789Z|2025-02-01T12:34:60Z|line 12, column 17, start_time: a leap second cannot be kept, found \"2025-02-01T12:34:60Z\"",
        "f47ac10b-58cc|f47ac10b58cc|line 4, column 19, execution_id: not a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx: 'f47ac10b58cc-4372-a567-0e02b2c3d479'",
        "\"ActorStarted\"|\"ActorVanished\"|line 23, column 21, events[0].event_type: expected an event type, found \"ActorVanished\"",
        "\"ActorStarted\"|\"DataFlow\"|line 23, column 21, events[0].event_type: expected an event type, found \"DataFlow\"",
        "\"Custom\": \"checkpoint\"|\"Magic\": \"checkpoint\"|line 112, column 18, events[2].event_type.Magic: unknown event type \"Magic\"",
        "\"Failed\"|\"Faded\"|line 15, column 14, status.Faded: unknown status \"Faded\"",
        "\"tenant\": |\"tenant\": 1, \"\": |line 150, column 17, metadata.tags.tenant: expected a string, found 1",
        "\"decimal\": 0.1|\"deci mal\": 1e1000000000|line 85, column 23, events[1].data.custom_attributes[\"deci mal\"]: a JSON number's exponent is beyond 999999999: '1e1000000000'",
        "\"flow_id\"|\"flow_id\": \"a\", \"flow_id\"|line 3, column 19, flow_id: duplicate field",
        "\"span_id\": \"\"|\"span\": \"\"|line 44, column 7, events[0].causality.span_id: missing field",
        "\"trace_id\"|\"trace\"|line 153, column 1, trace_id: missing field",
        "000000000002\"|000000000001\"|line 153, column 1: events has two with id 00000000-0000-0000-0000-000000000001",
        "İstanbul|a\\uD800b|line 150, column 17, metadata.tags.tenant: unpaired surrogate \\ud800 in a string",
        "\"region\"|\"\\udc00\"|line 149, column 14, metadata.tags: not JSON: Unexpected low surrogate in property name: 0xdc00",
        "\"end_time\": null,|\"end_time\": null|line 14, column 3, end_time: not JSON: Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
      })
  void anErrorTellsPlaceFieldAndReason(String was, String is, String message) {
    assertThatThrownBy(() -> ReflowJson.readTrace(changed(was, is)))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("JSON, " + message);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 2000, 4000})
  void aTextThatWasCutOffSaysSo(int length) {
    String cut = ReflowFilesTest.fileOfTheFirstGeneration().substring(0, length);

    assertThatThrownBy(() -> ReflowJson.readTrace(cut))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageMatching(".*(the text ends in the middle of a value|found the end)");
  }

  @Test
  void aSecondValueAfterTheFirstIsRefused() {
    assertThatThrownBy(
            () -> ReflowJson.readTrace(ReflowFilesTest.fileOfTheFirstGeneration() + "{}"))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("JSON, line 154, column 1: expected the end, found another value");
  }

  @Test
  void aMissingOptionalFieldIsAbsent() {
    String text = changed("\"end_time\": null,", "").replaceFirst("\"session_id\": \"\",", "");

    FlowTrace trace = ReflowJson.readTrace(text);

    assertThat(trace.endTime()).isNull();
    assertThat(trace.metadata().sessionId()).isNull();
  }

  @Test
  void unknownFieldsArePassedOver() {
    String text =
        changed("\"flow_id\"", "\"new\": {\"a\": [1, {\"b\": \"\\ud800\"}]}, \"flow_id\"");

    assertThat(ReflowJson.readTrace(text)).isEqualTo(ReflowFilesTest.firstGeneration());
  }

  @Test
  void theLastOfADoubledNameInAMapWins() {
    FlowTrace trace =
        ReflowJson.readTrace(changed("\"tenant\": ", "\"tenant\": \"x\", \"tenant\": "));

    assertThat(trace).isEqualTo(ReflowFilesTest.firstGeneration());
  }

  @Test
  void aPlainKindMayBeWrittenWithNull() {
    String text = changed("\"ActorStarted\"", "{\"ActorStarted\": null}");

    assertThat(ReflowJson.readTrace(text)).isEqualTo(ReflowFilesTest.firstGeneration());
  }

  @Test
  void valuesNestedAsDeepAsTheModelAllowsAreRead() {
    String text = "[".repeat(JsonValue.MAX_DEPTH) + "]".repeat(JsonValue.MAX_DEPTH);

    assertThat(ReflowJson.write(ReflowJson.readValue(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {JsonValue.MAX_DEPTH + 1, 5 * JsonValue.MAX_DEPTH, 1_000_000})
  void deeperValuesAreRefused(int depth) {
    assertThatThrownBy(() -> ReflowJson.readValue("[".repeat(depth) + "]".repeat(depth)))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(": nested deeper than ");
  }

  @Test
  void aNumberLongerThanTheModelAllowsIsRefused() {
    assertThatThrownBy(() -> ReflowJson.readValue("[" + "1".repeat(1001) + "]"))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("JSON, line 1, column 2, [0]: a number is longer than 1000 characters");
  }

  @Test
  void aStringAsLongAsTheModelAllowsIsRead() {
    String text = '"' + "x".repeat(FlowTrace.MAX_TEXT_LENGTH) + '"';

    assertThat(ReflowJson.write(ReflowJson.readValue(text))).hasSameSizeAs(text);
  }

  @Test
  void aLongerStringIsRefused() {
    String text = '"' + "x".repeat(FlowTrace.MAX_TEXT_LENGTH + 1) + '"';

    assertThatThrownBy(() -> ReflowJson.readValue(text))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageEndingWith("a string, name or number is longer than 16777216 characters");
  }

  @Test
  void aMessageIsOneBoundedLineForEveryText() {
    String hostile = "\\u001b[31m\\n\\u2028\\u202e" + "y".repeat(100_000);
    String text = "{\"status\": {\"" + hostile + "\": {\"" + hostile + "\": 1}}}";

    Throwable error = catchThrowable(() -> ReflowJson.readTrace(text));

    assertThat(error).isInstanceOf(CorruptDataException.class);
    assertThat(error.getMessage())
        .hasSizeLessThan(1000)
        .doesNotContain("\u001b", "\n", "\u2028", "\u202e");
  }
}
