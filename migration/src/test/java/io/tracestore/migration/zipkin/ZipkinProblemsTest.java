package io.tracestore.migration.zipkin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.migration.spans.Imported;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faulty spans are reported, and all that is sound in them is read. */
class ZipkinProblemsTest {
  private static final String GOOD = "{'traceId':'1','id':'2'}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'id':'1'}                                  | a.json:1:2: field 'traceId' is missing
          {'traceId':'1'}                             | a.json:1:2: field 'id' is missing
          {'traceId':7,'id':'1'}                      | a.json:1:13: field 'traceId' must be a text, not a number
          {'traceId':'xyz','id':'1'}                  | a.json:1:13: field 'traceId' must be 1 to 32 hexadecimal digits: 'xyz'
          {'traceId':'0','id':'1'}                    | a.json:1:13: field 'traceId' must not be zero
          {'traceId':'1','id':'12345678901234567'}    | a.json:1:22: field 'id' must be 1 to 16 hexadecimal digits: '12345678901234567'
          {'traceId':'1','id':'1','tags':[{'a':[]}]}  | a.json:1:33: field 'tags' must be an object, not a list
          {'traceId':'1','id':'1','annotations':[7]}  | a.json:1:40: field 'annotations[]' must be an object, not a number
          {'traceId':'1','id':'1','shared':'yes'}     | a.json:1:35: field 'shared' must be true or false, not a text
          7                                           | a.json:1:2: expected a span, found a number
          [[{}]]                                      | a.json:1:3: expected a span, found a list
          """)
  void aWrongSpanIsNamedByLineAndColumnAndTheOthersAreRead(String wrong, String message) {
    Imported imported = Imported.from("[" + wrong + "," + GOOD + "]");

    assertThat(imported.rejections()).containsExactly(message);
    assertThat(imported.traces()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ,{'traceId':'1              | a.json:1:40: the file ends in the middle of a value (truncated?)
          ,                           | a.json:1:27: the file ends in the middle of a value (truncated?)
          ,{'duration':NaN}]          | a.json:1:42: not valid JSON: unexpected text 'NaN'
          ,{'traceId' '1'}]           | a.json:1:38: not valid JSON: unexpected character '"'
          """)
  void textThatIsNoJsonEndsTheFileAndWhatStoodBeforeIsRead(String rest, String message) {
    Imported imported = Imported.from("[" + GOOD + rest);

    assertThat(imported.rejections()).containsExactly(message);
    assertThat(imported.traces()).hasSize(1);
  }

  @Test
  void theFileAfterABrokenOneIsRead() {
    Imported imported = Imported.from("[{'traceId':", "[" + GOOD + "]");

    assertThat(imported.rejections()).hasSize(1);
    assertThat(imported.traces()).hasSize(1);
  }

  @Test
  void aSpanThatIsLargerThanTheMemoryAllowsIsPassedOver() {
    String huge =
        "{'traceId':'1','id':'1','tags':{'a':'%s','b':'c'}}".formatted("x".repeat(50_000));

    Imported imported = Imported.from(300_000, huge + GOOD);

    assertThat(imported.rejections()).containsExactly("a.json:1:32: the span is too large");
    assertThat(imported.traces()).hasSize(1);
  }
}
